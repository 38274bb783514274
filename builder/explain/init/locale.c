/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks for a locale. */

#include "explain/init/locale.h"

#include "base/path.h"

/* Run-time environments, without the version of their names, and the terminal's library of wide
 * characters. */
static const char *const locale_programs[] = { "beam.smp", "guile", "java", "perl",
					       "python",   "R",	    "ruby", "tclsh" };
#define LOCALE_LIBRARY "libncursesw.so"

/* "python" of "python3.13". */
static struct str locale_program_name(const char *name)
{
	struct str s = str_of(name);

	while (s.n && strchr("0123456789.", s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool reads_by_locale(const struct node *n)
{
	struct str name = locale_program_name(path_base(n->path));

	if (n->type == NODE_DIR)
		return false;
	for (size_t i = 0; strstr(n->path, "bin/") && i < ARRAY_SIZE(locale_programs); i++) {
		if (str_eq(name, str_of(locale_programs[i])))
			return true;
	}
	return str_eq(name, STR(LOCALE_LIBRARY));
}

/* Does a program call nl_langinfo(3), which tells the character set? *asks is not changed
 * otherwise. */
static bool program_asks(const struct node *n, bool *asks, struct error *e)
{
	static const char symbol[] = "\0nl_langinfo";
	AUTO_MAPPING map = { 0 };

	if (!n || n->type != NODE_FILE || n->content.size < sizeof(symbol))
		return true;
	if (!node_map(n, &map, e))
		return false;
	*asks = *asks || (str_starts(map.bytes, STR("\177ELF")) &&
			  memmem(map.bytes.p, map.bytes.n, symbol, sizeof(symbol)));
	return true;
}

static void locale_choose(struct collecting *c, const char *path)
{
	const char *from = arena_printf(c->a, "/%s reads and writes text by the locale", path);

	c->d->locale = LOCALE_CHOSEN;
	draft_chose(c->d, "effects.locales", LOCALE_CHOSEN, "%s", from);
	if (!draft_env(c->d, "LANG") && !draft_env(c->d, "LC_ALL"))
		draft_set_env(c->d, "LANG", LOCALE_CHOSEN, from);
}

bool collect_locale(struct collecting *c, struct error *e)
{
	const struct strings *start = &c->d->entrypoint;
	const struct tree *t = &c->chain->tree;
	const struct node *program = start->n ? tree_resolve(t, start->v[0]) : NULL;
	bool asks = false;

	if (c->d->locale)
		return true;
	if (!program_asks(program, &asks, e))
		return false;
	if (asks)
		locale_choose(c, program->path);
	for (size_t i = 0; !c->d->locale && i < t->n; i++) {
		if (reads_by_locale(t->v[i]))
			locale_choose(c, t->v[i]->path);
	}
	return true;
}
