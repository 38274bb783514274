/* SPDX-License-Identifier: Apache-2.0 */
/* The ini form of Python's configparser: a line that begins with a blank goes on with the value. */

#include "format/text/pip_settings.h"

#include <ctype.h>
#include <stdlib.h>

#include "format/text/requirements.h"

struct pip_reading {
	struct arena *a;
	const char *file;
	unsigned line;
	struct pip_settings *out;
	struct pip_section *section; /* NULL: one that does not count */
	struct pip_value *now;	     /* that the line goes on with; NULL: something else */
};

/* A value may hold several addresses. */
static void pip_take_words(struct arena *a, struct pip_value *v, struct str text)
{
	struct str word;

	while (str_next(&text, ' ', &word)) {
		word = str_trim(word);
		if (word.n)
			*list_push(a, &v->words) = str_dup(a, word);
	}
}

/* "--Extra_Index_URL" is "extra-index-url". */
static struct pip_value *pip_find_value(struct arena *a, struct pip_section *s, const char *key)
{
	char *name = arena_strdup(a, key);

	for (char *p = name; *p; p++)
		*p = *p == '_' ? '-' : (char)tolower((unsigned char)*p);
	if (strncmp(name, "--", 2) == 0)
		name += 2;
	return strcmp(name, "index-url") == 0	      ? &s->index
	       : strcmp(name, "extra-index-url") == 0 ? &s->extra
						      : NULL;
}

static void pip_begin_section(struct pip_reading *r, struct str head)
{
	r->section = str_eq(head, STR("[global]"))    ? &r->out->global
		     : str_eq(head, STR("[install]")) ? &r->out->install
						      : NULL;
}

static bool pip_begin_value(struct pip_reading *r, struct str text, struct error *e)
{
	struct str name, value;
	const char *key;

	if (!r->section ||
	    (!str_cut(text, '=', &name, &value) && !str_cut(text, ':', &name, &value)))
		return true;
	key = str_dup(r->a, str_trim(name));
	r->now = pip_find_value(r->a, r->section, key);
	if (!r->now)
		return true;
	if (r->now->key && r->now->file == r->file && strcasecmp(r->now->key, key) == 0)
		return err_set(e, ERR_INPUT,
			       "%s is there twice in one section, and pip refuses such a file; "
			       "remove one",
			       key);
	*r->now = (struct pip_value){ .key = key, .file = r->file, .line = r->line };
	pip_take_words(r->a, r->now, value);
	return true;
}

static bool pip_take_line(struct pip_reading *r, struct str line, struct error *e)
{
	struct str text = str_trim(line);

	if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';')
		return true;
	if (line.p[0] == ' ' || line.p[0] == '\t') {
		if (r->now)
			pip_take_words(r->a, r->now, text);
		return true;
	}
	r->now = NULL;
	if (text.p[0] != '[')
		return pip_begin_value(r, text, e);
	pip_begin_section(r, text);
	return true;
}

/* What says nothing leaves what was said before. */
static void pip_keep_said(struct pip_value *now, const struct pip_value *before)
{
	if (now->words.n == 0)
		*now = *before;
}

bool pip_settings_read(struct arena *a, struct str text, const char *file, struct pip_settings *out,
		       struct error *e)
{
	struct pip_settings before = *out;
	struct pip_reading r = { .a = a, .file = file, .out = out };
	struct str line;

	while (str_next(&text, '\n', &line)) {
		r.line++;
		if (!pip_take_line(&r, line, e))
			return err_at(e, file, r.line, 1);
	}
	pip_keep_said(&out->global.index, &before.global.index);
	pip_keep_said(&out->global.extra, &before.global.extra);
	pip_keep_said(&out->install.index, &before.install.index);
	pip_keep_said(&out->install.extra, &before.install.extra);
	return true;
}

static void pip_ask_variable(struct arena *a, const char *name, struct pip_value *out)
{
	const char *value = getenv(name);

	*out = (struct pip_value){ .key = name };
	pip_take_words(a, out, str_of(value ? value : ""));
}

void pip_settings_ask_environment(struct arena *a, struct pip_settings *out)
{
	pip_ask_variable(a, "PIP_INDEX_URL", &out->environment.index);
	pip_ask_variable(a, "PIP_EXTRA_INDEX_URL", &out->environment.extra);
}

static bool pip_add_value(struct arena *a, const struct pip_value *v, struct strings *out,
			  struct error *e)
{
	list_each(word, &v->words) {
		if (requirement_index(a, str_of(*word), v->key, out, e))
			continue;
		return v->file ? err_at(e, v->file, v->line, 1) : false;
	}
	return true;
}

bool pip_settings_indexes(struct arena *a, const struct pip_settings *s, struct strings *out,
			  struct error *e)
{
	const struct pip_section *const order[] = { &s->environment, &s->install, &s->global };
	const struct pip_value *index = &s->global.index, *extra = &s->global.extra;

	for (size_t i = ARRAY_SIZE(order); i-- > 0;) {
		index = order[i]->index.words.n ? &order[i]->index : index;
		extra = order[i]->extra.words.n ? &order[i]->extra : extra;
	}
	return pip_add_value(a, index, out, e) && pip_add_value(a, extra, out, e);
}
