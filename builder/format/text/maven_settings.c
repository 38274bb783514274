/* SPDX-License-Identifier: Apache-2.0 */
/* settings/mirrors/mirror: url and mirrorOf, in any order. */

#include "format/text/maven_settings.h"

#include "format/text/xml_values.h"

struct mirror_reading {
	struct arena *a;
	const char *file;
	struct maven_mirrors *out;
	unsigned parent; /* of the mirror that is read; 0: none */
	unsigned line;	 /* of its url */
	struct maven_mirror now;
};

/* "*,!central". What else is left out of it has a name that no lock file has. */
static void mirror_take_pattern(struct str list, struct maven_mirror *m)
{
	bool all = false, named = false, left_out = false;
	struct str one;

	m->by_name = str_eq(str_trim(list), STR("central"));
	while (str_next(&list, ',', &one)) {
		one = str_trim(one);
		all |= str_eq(one, STR("*")) || str_eq(one, STR("external:*"));
		named |= str_eq(one, STR("central"));
		left_out |= str_eq(one, STR("!central"));
	}
	m->all = all;
	m->central = (all || named) && !left_out;
}

static bool mirror_is_address(struct str url)
{
	struct str rest = str_starts(url, STR("https://"))  ? str_from(url, 8)
			  : str_starts(url, STR("http://")) ? str_from(url, 7)
							    : (struct str){ "", 0 };
	struct str host, path;

	str_cut(rest, '/', &host, &path);
	return host.n && !memchr(host.p, '@', host.n);
}

/* Takes what was read of a mirror, if it stands for a repository that lock files name. */
static bool mirror_end(struct mirror_reading *r, struct error *e)
{
	struct maven_mirror m = r->now;
	struct str url = str_of(m.url ? m.url : "");

	r->now = (struct maven_mirror){ .url = NULL };
	if (!m.url || !(m.all || m.central))
		return true;
	if (!mirror_is_address(url)) {
		err_set(e, ERR_INPUT,
			"the mirror \"%s\" is not an http or https address without credentials",
			m.url);
		return err_at(e, r->file, r->line, 1);
	}
	while (str_ends(url, STR("/")))
		url.n--;
	m.url = str_dup(r->a, url);
	*list_push(r->a, r->out) = m;
	return true;
}

bool maven_settings_read(struct arena *a, struct str text, const char *file,
			 struct maven_mirrors *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct mirror_reading r = { .a = a, .file = file, .out = out };
	struct xml_values values = { NULL, 0, 0 };

	if (!xml_values_read(&scratch, text, file, &values, e))
		return false;
	list_each(x, &values) {
		bool is_url = strcmp(x->path, "settings/mirrors/mirror/url") == 0;

		if (!is_url && strcmp(x->path, "settings/mirrors/mirror/mirrorOf") != 0)
			continue;
		if (x->parent != r.parent && !mirror_end(&r, e))
			return false;
		r.parent = x->parent;
		if (is_url) {
			r.now.url = x->text;
			r.line = x->line;
		} else {
			mirror_take_pattern(str_of(x->text), &r.now);
		}
	}
	return mirror_end(&r, e);
}
