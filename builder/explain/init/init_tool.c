/* SPDX-License-Identifier: Apache-2.0 */
/* Which program a package is for. */

#include "explain/init/init_tool.h"

#include "base/path.h"
#include "format/debian/relations.h"

#define PROGRAMS_TOLD 200 /* bytes of names */

static const char *const tool_folders[] = { "/usr/bin/", "/usr/sbin/", "/usr/games/" };

static bool tool_is_program(const struct collecting *c, const char *path)
{
	const struct node *n = tree_resolve(&c->chain->tree, path);

	return n && n->type == NODE_FILE && (n->mode & 0111);
}

/* In a folder of programs, or NULL. */
static const char *tool_named(const struct collecting *c, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(tool_folders); i++) {
		const char *path = arena_printf(c->a, "%s%s", tool_folders[i], name);

		if (tool_is_program(c, path))
			return path;
	}
	return NULL;
}

/* "php8.4-cli" -> "php8.4". */
static const char *tool_shorter(const struct collecting *c, const char *package)
{
	static const char *const ends[] = { "-cli",	"-bin",	  "-client",
					    "-clients", "-tools", "-utils" };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		if (str_ends(str_of(package), str_of(ends[i])))
			return tool_named(c, arena_strndup(c->a, package,
							   strlen(package) - strlen(ends[i])));
	}
	return NULL;
}

/* "tesseract-ocr" -> "tesseract", if it is the package's own: python3-x is not for python3. */
static const char *tool_before_dash(const struct collecting *c, const struct deb *deb)
{
	const char *package = deb->package->name;

	for (size_t n = strlen(package); n > 0; n--) {
		const char *path = package[n] == '-'
					   ? tool_named(c, arena_strndup(c->a, package, n))
					   : NULL;

		if (path && deb_find(deb, path + 1))
			return path;
	}
	return NULL;
}

/* The file of that name in a folder "bin", wherever a package has it. */
static const char *tool_in_bin(const struct collecting *c, const struct deb *deb, struct str name)
{
	const char *end = arena_printf(c->a, "/bin/" STR_FMT, STR_ARG(name));

	for (size_t i = 0; i < deb->entries.n; i++) {
		const char *path = arena_printf(c->a, "/%s", deb->entries.v[i].path);

		if (str_ends(str_of(path), str_of(end)) && tool_is_program(c, path))
			return path;
	}
	return NULL;
}

/* "Provides: java-runtime-headless": java. */
static const char *tool_provided(const struct collecting *c, const struct deb *deb)
{
	const struct placed *p = collect_placed(c, str_of(deb->package->name));
	struct str rest = str_of(p && p->locked->provides ? p->locked->provides : ""), group;

	while (relation_group(&rest, &group)) {
		const char *at = memmem(group.p, group.n, "-runtime", 8);
		const char *path = at ? tool_in_bin(c, deb,
						    (struct str){ group.p, (size_t)(at - group.p) })
				      : NULL;

		if (path)
			return path;
	}
	return NULL;
}

/* Are they more than two names of one file? */
static bool tool_differ(const struct collecting *c, const char *one, const char *other)
{
	return tree_resolve(&c->chain->tree, one) != tree_resolve(&c->chain->tree, other);
}

/* The only program among those of a package, or NULL. */
static const char *tool_only(const struct collecting *c, const struct deb *deb)
{
	const char *found = NULL;

	for (size_t i = 0; i < deb->entries.n; i++) {
		const char *path = arena_printf(c->a, "/%s", deb->entries.v[i].path);

		for (size_t k = 0; k < ARRAY_SIZE(tool_folders); k++) {
			if (strncmp(path, tool_folders[k], strlen(tool_folders[k])) != 0 ||
			    deb->entries.v[i].type == NODE_DIR || !tool_is_program(c, path))
				continue;
			if (found && tool_differ(c, found, path))
				return NULL;
			found = found ? found : path;
		}
	}
	return found;
}

/* "node-marked" -> "marked", if it is the package's own. */
static const char *tool_of_language(const struct collecting *c, const struct deb *deb)
{
	static const char *const languages[] = { "node-", "ruby-",   "lua-",
						 "php-",  "golang-", "python3-" };

	for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
		const char *package = deb->package->name;
		const char *path = str_starts(str_of(package), str_of(languages[i]))
					   ? tool_named(c, package + strlen(languages[i]))
					   : NULL;

		if (path && deb_find(deb, path + 1))
			return path;
	}
	return NULL;
}

static struct tool_choice tool_of(struct collecting *c, const char *package)
{
	const struct deb *deb = collect_own(c, str_of(package));
	struct tool_choice t = { tool_named(c, package),
				 "no package has a unit file; it is the program of that name" };

	if (!t.path)
		t.path = tool_shorter(c, package);
	if (!t.path && deb)
		t.path = tool_before_dash(c, deb);
	if (!t.path && deb)
		t.path = tool_of_language(c, deb);
	if (!t.path && deb)
		t = (struct tool_choice){ tool_provided(c, deb),
					  "no package has a unit file; it provides this runtime" };
	if (!t.path && deb)
		t = (struct tool_choice){ tool_only(c, deb),
					  "no package has a unit file; it is its only program" };
	return t;
}

struct tool_choice tool_find(struct collecting *c)
{
	struct tool_choice t = { NULL, NULL };

	for (size_t i = 0; !t.path && i < c->d->packages.n; i++)
		t = tool_of(c, c->d->packages.v[i]);
	return t;
}

const char *tool_unknown(struct collecting *c)
{
	struct buf found = { .a = c->a };

	if (c->d->packages.n == 0)
		return "neither a package nor a program was named";
	for (size_t i = 0; i < c->own.n; i++) {
		const struct deb *deb = c->own.v[i];

		for (size_t k = 0; k < deb->entries.n && found.n < PROGRAMS_TOLD; k++) {
			const char *path = arena_printf(c->a, "/%s", deb->entries.v[k].path);
			bool program = false;

			for (size_t n = 0; n < ARRAY_SIZE(tool_folders); n++)
				program = program ||
					  str_starts(str_of(path), str_of(tool_folders[n]));
			if (program && strings_has(&c->d->packages, deb->package->name) &&
			    tool_is_program(c, path))
				buf_printf(&found, "%s%s", found.n ? ", " : "", path);
		}
	}
	return found.n ? arena_printf(c->a,
				      "no unit file and no program of its name says what to start; "
				      "its programs are %s%s",
				      buf_cstr(&found), found.n < PROGRAMS_TOLD ? "" : " ...")
		       : "no package has a unit file or a program of its name";
}

const char *tool_portable(struct collecting *c, const char *path)
{
	const struct machine *m = c->d->machine;
	const char *link = arena_printf(c->a, "/usr/bin/%s", path_base(path));
	const struct node *there = tree_resolve(&c->chain->tree, link);

	if (!m || !strstr(path, arena_printf(c->a, "-%s/", m->debian)) ||
	    (there && there != tree_resolve(&c->chain->tree, path)))
		return path;
	if (!there && !draft_has_link(c->d, link)) {
		*list_push(c->a, &c->d->links) = (struct draft_pair){ .name = link, .text = path };
		draft_chose(c->d, "links", link, "%s has another name on other machines", path);
	}
	return link;
}
