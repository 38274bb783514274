/* SPDX-License-Identifier: Apache-2.0 */
/* From the first line of a script to the package that has its interpreter. */

#include "explain/init/interpreters.h"

#include "base/path.h"
#include "explain/init/service.h"
#include "explain/init/shebang.h"
#include "format/debian/relations.h"

static const char *const interpreter_shells[] = { "sh", "bash", "dash" };

bool interpreter_lacking(struct collecting *c, const struct node *n, const char **interpreter,
			 struct error *e)
{
	AUTO_MAPPING map = { 0 };
	struct shebang line;
	struct str program;

	*interpreter = NULL;
	if (n->type != NODE_FILE || n->content.size < 4)
		return true;
	if (!node_map(n, &map, e))
		return false;
	if (!shebang_read(map.bytes, &line))
		return true;
	program = line.program;
	if (program.n && program.p[0] != '/')
		program = str_of(arena_printf(c->a, "/usr/bin/" STR_FMT, STR_ARG(program)));
	*interpreter = str_dup(c->a, program);
	if (tree_resolve(&c->chain->tree, *interpreter))
		*interpreter = NULL;
	return true;
}

bool interpreter_loads(const char *path)
{
	static const char *const ends[] = { ".py", ".pm", ".rb", ".lua", ".tcl", ".js", ".php" };
	struct str name = str_of(path);

	if (strstr(path, "/bin/") || strstr(path, "/sbin/"))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (str_ends(name, str_of(ends[i])))
			return true;
	}
	return false;
}

static bool interpreter_is_of(const struct placed *p, const char *path)
{
	for (size_t i = 0; p->open && i < p->deb.entries.n; i++) {
		const struct deb_entry *x = &p->deb.entries.v[i];

		if (x->type != NODE_DIR && strcmp(x->path, path) == 0)
			return true;
	}
	return false;
}

/* The program of the package to which an alternative of that name leads: php8.4 for php, lua5.4 for
 * lua. NULL: it has none. */
static const char *interpreter_version(struct arena *a, const struct placed *p, const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; p->open && i < p->deb.entries.n; i++) {
		const struct deb_entry *x = &p->deb.entries.v[i];
		const char *end = x->path + n;

		if (x->type != NODE_DIR && strncmp(x->path, path, n) == 0 && *end &&
		    strspn(end, "0123456789.") == strlen(end))
			return arena_printf(a, "/%s", x->path);
	}
	return NULL;
}

/* Do the Depends of a package that was asked for name it? */
static bool interpreter_is_asked_for(const struct collecting *c, const char *name)
{
	for (size_t i = 0; i < c->d->packages.n; i++) {
		const struct placed *p = collect_placed(c, str_of(c->d->packages.v[i]));
		struct str rest = str_of(p ? p->locked->depends : ""), group;
		struct error ignored = { 0 };
		struct relation r;

		while (relation_group(&rest, &group)) {
			if (relation_next(&group, &r, &ignored) > 0 && str_eq(r.name, str_of(name)))
				return true;
		}
	}
	return false;
}

/* With it comes what of its source the image's packages depend on: perl, its modules, and those in
 * C of libperl. Where nothing could run them they were judged to be of no use. */
static void interpreter_take(struct collecting *c, const struct placed *p, const char *from,
			     bool *added)
{
	size_t before;

	*added = draft_add_package(c->d, p->locked->name, from) || *added;
	do {
		before = c->d->packages.n;
		for (size_t i = 0; i < c->top->packages.n; i++) {
			const struct locked_package *q = c->top->packages.v[i].locked;

			if (strcmp(q->source, p->locked->source) == 0 &&
			    interpreter_is_asked_for(c, q->name))
				*added = draft_add_package(c->d, q->name, from) || *added;
		}
	} while (c->d->packages.n > before);
}

/* The package is there, and its scripts told no alternative. */
static void interpreter_link(struct collecting *c, const char *wanted, const char *program,
			     const char *script, bool *added)
{
	for (size_t i = 0; i < c->d->alternatives.n; i++) {
		if (strcmp(c->d->alternatives.v[i].name, wanted) == 0)
			return;
	}
	if (draft_has_link(c->d, wanted))
		return;
	*list_push(c->a, &c->d->links) = (struct draft_pair){ .name = wanted, .text = program };
	draft_chose(c->d, "links", wanted, "%s is a script for it", script);
	*added = true;
}

/* No package has a file of that name: maintainer scripts make it an alternative. The first package
 * that the others depend on is taken, and the name leads to its program. */
static void interpreter_take_version(struct collecting *c, const char *wanted, const char *script,
				     bool *added)
{
	for (size_t i = 0; i < c->top->packages.n; i++) {
		const struct placed *p = &c->top->packages.v[i];
		const char *program = interpreter_version(c->a, p, wanted + 1);

		if (!program)
			continue;
		if (strings_has(&c->d->packages, p->locked->name))
			interpreter_link(c, wanted, program, script, added);
		else
			interpreter_take(c, p,
					 arena_printf(c->a,
						      "%s is a script for %s, which leads to %s",
						      script, wanted, program),
					 added);
		return;
	}
}

bool interpreters_add(struct collecting *c, bool *added, struct error *e)
{
	const char *script, *wanted;
	const struct node *n;
	bool found = false;

	if (!service_started(c, &script, e))
		return false;
	n = script ? tree_resolve(&c->chain->tree, script) : NULL;
	if (!n)
		return true;
	if (!interpreter_lacking(c, n, &wanted, e))
		return false;
	if (!wanted || !wanted[0] ||
	    name_among(path_base(wanted), interpreter_shells, ARRAY_SIZE(interpreter_shells)))
		return true;
	for (size_t i = 0; i < c->top->packages.n; i++) {
		const struct placed *p = &c->top->packages.v[i];

		if (!interpreter_is_of(p, wanted + 1))
			continue;
		interpreter_take(c, p, arena_printf(c->a, "%s is a script for %s", script, wanted),
				 added);
		found = true;
	}
	if (!found)
		interpreter_take_version(c, wanted, script, added);
	return true;
}
