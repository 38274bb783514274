/* SPDX-License-Identifier: Apache-2.0 */
/* Only what cannot be otherwise is refused. Versions as Poetry writes them ("^3") are its own to
 * know. */

#include "input/recipe/python_in_sync.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "base/strmap.h"
#include "format/text/python_marker.h"
#include "format/text/requirements.h"
#include "format/text/toml_tree.h"
#include "format/version/pep440_specifiers.h"

#define PYPROJECT "pyproject.toml"
#define PYPROJECT_MAX ((size_t)4 << 20)

struct python_asking {
	struct arena *a;
	const struct dependencies *l;
	struct strmap own; /* packages of the project itself */
	const char *file;  /* the pyproject.toml */
};

/* Whether a marker holds on any platform that the lock is for. */
static bool asking_holds(const struct python_asking *k, struct str marker)
{
	struct error ignored = { .kind = ERR_NONE };
	struct platforms all = { NULL, 0, 0 };

	if (!marker.n)
		return true;
	platforms_all(k->a, &all);
	for (size_t i = 0; i < all.n; i++) {
		int holds = python_marker_holds(marker, all.v[i]->machine->uname[0], &ignored);

		err_clear(&ignored);
		if (holds == 1)
			return true;
	}
	return false;
}

static int compare_asked(const void *key, const void *dependency)
{
	return strncmp(key, ((const struct dependency *)dependency)->path, strlen(key));
}

/* The first of a name, whose paths begin with it; NULL: the lock file has none. */
static const struct dependency *asking_find(const struct python_asking *k, const char *name)
{
	const char *key = arena_printf(k->a, "%s/", name);
	const struct dependency *d = k->l->v.n ? bsearch(key, k->l->v.v, k->l->v.n, sizeof(*d),
							 compare_asked)
					       : NULL;

	while (d && d > k->l->v.v && strcmp(d[-1].name, name) == 0)
		d--;
	return d;
}

static bool asking_check(const struct python_asking *k, const struct requirement *r, unsigned line,
			 struct error *e)
{
	const char *lock = path_base(k->l->file), *has = NULL;
	const struct dependency *d;

	if (!asking_holds(k, r->marker) || strmap_get(&k->own, str_of(r->name)))
		return true;
	d = asking_find(k, r->name);
	for (; d && d < k->l->v.v + k->l->v.n && strcmp(d->name, r->name) == 0; d++) {
		has = d->version;
		if (pep440_fits(str_of(d->version), r->specifiers))
			return true;
	}
	if (has)
		err_set(e, ERR_INPUT,
			"%s has %s %s, which \"" STR_FMT "\" does not take: %s writes it anew",
			lock, r->name, has, STR_ARG(r->specifiers), k->l->again);
	else
		err_set(e, ERR_INPUT, "%s is not in %s: %s adds it", r->name, lock, k->l->again);
	return err_at(e, k->file, line, 1);
}

/* "dependencies" of [project]. */
static bool asking_check_project(const struct python_asking *k, const struct toml_node *project,
				 struct error *e)
{
	const struct toml_node *list = toml_node_get(project, "dependencies");

	for (size_t i = 0; list && i < list->children.n; i++) {
		const struct toml_node *n = &list->children.v[i];
		struct str text = str_of(n->text), address, marker;
		struct requirement r = { .name = NULL };

		if (str_cut(text, '@', &text, &address)) /* "name @ https://a.test ; marker" */
			str_cut(address, ';', &address, &marker);
		else
			marker = (struct str){ NULL, 0 };
		if (!requirement_split(k->a, text, &r, e))
			return err_at(e, k->file, n->line, 1);
		r.marker = marker.n ? marker : r.marker;
		if (!asking_check(k, &r, n->line, e))
			return false;
	}
	return true;
}

/* Whether it is for another Python or platform, or Poetry alone can tell. */
static bool asking_is_elsewhere(const struct toml_node *n)
{
	const char *python = toml_node_text(n, "python"), *platform = toml_node_text(n, "platform");
	const char *optional = toml_node_text(n, "optional");

	return (optional && strcmp(optional, "true") == 0) ||
	       (platform && strcmp(platform, "linux") != 0) ||
	       (python && (strpbrk(python, "^|~") || !python_release_fits(str_of(python))));
}

/* "name = VERSION", "name = { version = VERSION, markers = ..., python = VERSION }" */
static bool asking_check_poetry_one(const struct python_asking *k, const char *name,
				    const struct toml_node *n, struct error *e)
{
	const char *version = n->kind == TOML_NODE_STRING ? n->text : toml_node_text(n, "version");
	const char *markers = toml_node_text(n, "markers");
	const struct requirement r = { .name = requirement_name(k->a, str_of(name)),
				       .specifiers = str_of(version ? version : ""),
				       .marker = str_of(markers ? markers : "") };

	return asking_is_elsewhere(n) || asking_check(k, &r, n->line, e);
}

static bool asking_check_poetry(const struct python_asking *k, const struct toml_node *poetry,
				struct error *e)
{
	const struct toml_node *table = toml_node_get(poetry, "dependencies");

	for (size_t i = 0; table && i < table->children.n; i++) {
		const struct toml_node *n = &table->children.v[i];

		if (strcmp(n->key, "python") == 0)
			continue;
		if (n->kind != TOML_NODE_LIST) {
			if (!asking_check_poetry_one(k, n->key, n, e))
				return false;
			continue;
		}
		list_each(one, &n->children) {
			if (!asking_check_poetry_one(k, n->key, one, e))
				return false;
		}
	}
	return true;
}

static bool asking_check_file(struct python_asking *k, struct strings *inputs, struct error *e)
{
	struct toml_node root;
	struct str text;

	if (access(k->file, F_OK) != 0)
		return true;
	*list_push(k->a, inputs) = k->file;
	return io_read_file(k->a, AT_FDCWD, k->file, PYPROJECT_MAX, &text, e) &&
	       toml_tree_read(k->a, text, k->file, &root, e) &&
	       asking_check_project(k, toml_node_get(&root, "project"), e) &&
	       asking_check_poetry(k, toml_node_get(toml_node_get(&root, "tool"), "poetry"), e);
}

bool python_check_in_sync(struct arena *a, const struct dependencies *l, const struct strings *own,
			  const struct strings *folders, struct strings *inputs, struct error *e)
{
	struct python_asking k = { .a = a, .l = l };
	const char *dir = path_dir(a, l->file), *slash = dir[0] ? "/" : "";

	list_each(name, own)
		*strmap_slot(a, &k.own, str_of(*name)) = (void *)*name;
	k.file = arena_printf(a, "%s%s" PYPROJECT, dir, slash);
	if (!asking_check_file(&k, inputs, e))
		return false;
	list_each(folder, folders) {
		const char *below = path_in_folder(a, "", str_of(*folder));

		k.file = arena_printf(a, "%s%s%s/" PYPROJECT, dir, slash, below ? below : "");
		if (below && below[0] && !asking_check_file(&k, inputs, e))
			return false;
	}
	return true;
}
