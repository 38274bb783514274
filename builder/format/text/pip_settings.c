/* SPDX-License-Identifier: Apache-2.0 */
/* The ini form of Python's configparser: a line that begins with a blank goes on with the value. */

#include "format/text/pip_settings.h"

#include "format/text/requirements.h"

struct pip_reading {
	struct arena *a;
	struct strings first, others; /* index-url; extra-index-url */
	struct strings *now;	      /* that the value is of; NULL: of something else */
	bool section;		      /* one that counts */
};

/* A value may hold several addresses. */
static bool pip_take_value(struct pip_reading *r, struct str value, struct error *e)
{
	struct str word;

	while (r->now && str_next(&value, ' ', &word)) {
		word = str_trim(word);
		if (word.n && !requirement_index(r->a, word, "index-url", r->now, e))
			return false;
	}
	return true;
}

static bool pip_take_line(struct pip_reading *r, struct str line, struct error *e)
{
	struct str text = str_trim(line), key, value;

	if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';')
		return true;
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return pip_take_value(r, text, e);
	r->now = NULL;
	if (text.p[0] == '[') {
		r->section = str_eq(text, STR("[global]")) || str_eq(text, STR("[install]"));
		return true;
	}
	if (!r->section || (!str_cut(text, '=', &key, &value) && !str_cut(text, ':', &key, &value)))
		return true;
	key = str_trim(key);
	r->now = str_eq(key, STR("index-url"))	       ? &r->first
		 : str_eq(key, STR("extra-index-url")) ? &r->others
						       : NULL;
	return pip_take_value(r, value, e);
}

bool pip_settings_read(struct arena *a, struct str text, const char *file, struct strings *out,
		       struct error *e)
{
	struct pip_reading r = { .a = a };
	struct str line;

	for (unsigned n = 1; str_next(&text, '\n', &line); n++) {
		if (!pip_take_line(&r, line, e))
			return err_at(e, file, n, 1);
	}
	for (size_t i = 0; i < r.first.n; i++)
		*list_push(a, out) = r.first.v[i];
	for (size_t i = 0; i < r.others.n; i++)
		*list_push(a, out) = r.others.v[i];
	return true;
}
