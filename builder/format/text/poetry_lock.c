/* SPDX-License-Identifier: Apache-2.0 */
/* Poetry 2 notes for each package which groups need it, and on what: nothing has to be followed. Of
 * Poetry 1 the project's needs are (poetry_needs.c). */

#include "format/text/poetry_lock.h"

#include "base/strmap.h"
#include "format/text/poetry_needs.h"
#include "format/text/requirements.h"

#define POETRY_MAIN "main"

/* *old: of Poetry 1. */
static bool poetry_check_version(const struct python_lock_reading *r, const struct toml_node *root,
				 bool *old, struct error *e)
{
	const struct toml_node *version = toml_node_get(toml_node_get(root, "metadata"),
							"lock-version");
	const char *text = version ? version->text : "(none)";
	bool known;

	*old = strncmp(text, "1.", 2) == 0 || strcmp(text, "2.0") == 0;
	if (!*old && strncmp(text, "2.", 2) == 0)
		return true;
	if (*old && !poetry_needs_known(r, &known, e))
		return false;
	if (*old && known)
		return true;
	if (*old)
		err_set(e, ERR_INPUT,
			"lock-version %s of poetry.lock does not say which packages only "
			"development needs, and no pyproject.toml beside it has "
			"[tool.poetry.dependencies] alone: %s of Poetry 2 writes 2.1, which does",
			text, r->out->again);
	else
		err_set(e, ERR_INPUT,
			"lock-version %s of poetry.lock is not known; 1.1, 2.0 and 2.1 are: take a "
			"Poetry that writes one of these, and run %s",
			text, r->out->again);
	return python_lock_fail(r, version ? version->line : 1, e);
}

static bool poetry_is_main(const struct toml_node *n)
{
	const struct toml_node *groups = toml_node_get(n, "groups");

	for (size_t i = 0; groups && i < groups->children.n; i++) {
		if (strcmp(groups->children.v[i].text, POETRY_MAIN) == 0)
			return true;
	}
	return false;
}

/* One marker of all groups, or one for each. */
static const struct toml_node *poetry_marker(const struct toml_node *n)
{
	const struct toml_node *markers = toml_node_get(n, "markers");

	return markers && markers->kind == TOML_NODE_TABLE ? toml_node_get(markers, POETRY_MAIN)
							   : markers;
}

/* *index: of a source of the project's own; *url: of what has an address. */
static bool poetry_read_source(const struct python_lock_reading *r, const struct toml_node *n,
			       const char **index, const char **url, struct error *e)
{
	const struct toml_node *source = toml_node_get(n, "source");
	const char *type = toml_node_text(source, "type"), *at = toml_node_text(source, "url");
	struct strings indexes = { NULL, 0, 0 };

	*index = *url = NULL;
	if (!type || !at)
		return true;
	if (strcmp(type, "legacy") == 0) {
		if (!requirement_index(r->a, str_of(at), "source", &indexes, e))
			return python_lock_fail(r, source->line, e);
		*index = indexes.v[0];
		return true;
	}
	*url = at;
	if (strcmp(type, "url") == 0)
		return true;
	return python_lock_fail_origin(r, n, source, at, type, e);
}

/* Before lock-version 2.0 one table has the files of all: "Name = [ ... ]". */
static void poetry_map_files(struct arena *a, const struct toml_node *root, struct strmap *out)
{
	const struct toml_node *all = toml_node_get(toml_node_get(root, "metadata"), "files");

	for (size_t i = 0; all && i < all->children.n; i++) {
		const struct toml_node *n = &all->children.v[i];

		*strmap_slot(a, out, str_of(requirement_name(a, str_of(n->key)))) = (void *)n;
	}
}

static bool poetry_add_files(const struct python_lock_reading *r, const struct toml_node *n,
			     const struct strmap *all, const char *url,
			     struct python_lock_package *p, struct error *e)
{
	const struct toml_node *files = toml_node_get(n, "files");

	files = files ? files : strmap_get(all, str_of(p->name));
	for (size_t i = 0; files && i < files->children.n; i++) {
		if (!python_lock_add_file(r, &files->children.v[i], url, p, e))
			return false;
	}
	return p->files.n || python_lock_fail_files(r, p, e);
}

/* A folder of the project itself: "lib", but not "../lib"; NULL: it is none. */
static const char *poetry_own_folder(const struct toml_node *n)
{
	const struct toml_node *source = toml_node_get(n, "source");
	const char *type = toml_node_text(source, "type"), *at = toml_node_text(source, "url");

	return type && at && strcmp(type, "directory") == 0 && at[0] != '/' && !strstr(at, "..")
		       ? at
		       : NULL;
}

/* Of Poetry 2. */
static bool poetry_machines(const struct python_lock_reading *r, const struct toml_node *n,
			    unsigned *machines, struct error *e)
{
	*machines = 0;
	return !poetry_is_main(n) || python_lock_holds(r, poetry_marker(n), machines, e);
}

/* `all` are the files of all packages, by name. */
static bool poetry_add(const struct python_lock_reading *r, const struct toml_node *n,
		       const struct strmap *all, unsigned machines, struct error *e)
{
	const char *folder = poetry_own_folder(n), *url, *index;
	struct python_lock_package p;

	if (!machines)
		return true;
	if (!python_lock_begin(r, n, NULL, &p, e))
		return false;
	if (folder) {
		*list_push(r->a, &r->out->own) = p.name;
		*list_push(r->a, &r->out->folders) = folder;
		*list_push(r->a, &r->out->installed) = folder;
		return true;
	}
	if (!poetry_read_source(r, n, &index, &url, e) || !poetry_add_files(r, n, all, url, &p, e))
		return false;
	p.machines = machines;
	p.index = index;
	*list_push(r->a, &r->out->v) = p;
	return true;
}

static bool poetry_add_packages(const struct python_lock_reading *r, const struct toml_node *root,
				bool old, struct error *e)
{
	const struct toml_node *packages = toml_node_get(root, "package");
	struct strmap files = { 0 };
	unsigned *needed = NULL, machines;

	poetry_map_files(r->a, root, &files);
	if (old && !poetry_needs_find(r, packages, &needed, e))
		return false;
	for (size_t i = 0; packages && i < packages->children.n; i++) {
		const struct toml_node *n = &packages->children.v[i];

		if (old)
			machines = needed[i];
		else if (!poetry_machines(r, n, &machines, e))
			return false;
		if (!poetry_add(r, n, &files, machines, e))
			return false;
	}
	return true;
}

bool poetry_lock_read(struct python_lock_reading *r, struct str text, struct error *e)
{
	struct toml_node root;
	bool old;

	r->out->again = "poetry lock";
	r->out->machines = python_lock_all(r);
	if (!toml_tree_read(r->a, text, r->file, &root, e) ||
	    !poetry_check_version(r, &root, &old, e))
		return false;
	r->out->reads_project = old;
	return python_lock_check_python(r, "the lock",
					toml_node_get(toml_node_get(&root, "metadata"),
						      "python-versions"),
					e) &&
	       poetry_add_packages(r, &root, old, e);
}
