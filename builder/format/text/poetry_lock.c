/* SPDX-License-Identifier: Apache-2.0 */
/* Poetry 2 notes for each package which groups need it, and on what: nothing has to be followed. */

#include "format/text/poetry_lock.h"

#include "format/text/requirements.h"

#define POETRY_MAIN "main"

static bool poetry_check_version(const struct python_lock_reading *r, const struct toml_node *root,
				 struct error *e)
{
	const struct toml_node *version = toml_node_get(toml_node_get(root, "metadata"),
							"lock-version");
	const char *text = version ? version->text : "(none)";

	if (strncmp(text, "2.", 2) == 0 && strcmp(text, "2.0") != 0)
		return true;
	err_set(e, ERR_INPUT,
		"lock-version %s of poetry.lock does not say which packages only development needs: "
		"%s of Poetry 2 writes 2.1, which does",
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
	err_set(e, ERR_INPUT,
		"%s comes from %s (%s), of which no hash of a file is known: put a wheel of it on a "
		"server that is an index, or take a release, and run %s",
		toml_node_text(n, "name"), at, type, r->out->again);
	return python_lock_fail(r, source->line, e);
}

static bool poetry_add_files(const struct python_lock_reading *r, const struct toml_node *n,
			     const char *url, struct python_lock_package *p, struct error *e)
{
	const struct toml_node *files = toml_node_get(n, "files");

	for (size_t i = 0; files && i < files->children.n; i++) {
		if (!python_lock_add_file(r, &files->children.v[i], url, p, e))
			return false;
	}
	if (p->files.n)
		return true;
	err_set(e, ERR_INPUT, "%s %s has no files with hashes; %s writes them", p->name, p->version,
		r->out->again);
	return python_lock_fail(r, p->line, e);
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

static bool poetry_add(const struct python_lock_reading *r, const struct toml_node *n,
		       struct error *e)
{
	const char *folder = poetry_own_folder(n), *url, *index;
	struct python_lock_package p;
	unsigned machines;

	if (!poetry_is_main(n))
		return true;
	if (!python_lock_holds(r, poetry_marker(n), &machines, e))
		return false;
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
	if (!poetry_read_source(r, n, &index, &url, e) || !poetry_add_files(r, n, url, &p, e))
		return false;
	p.machines = machines;
	p.index = index;
	*list_push(r->a, &r->out->v) = p;
	return true;
}

bool poetry_lock_read(struct python_lock_reading *r, struct str text, struct error *e)
{
	const struct toml_node *packages;
	struct toml_node root;

	r->out->again = "poetry lock";
	r->out->machines = python_lock_all(r);
	if (!toml_tree_read(r->a, text, r->file, &root, e) || !poetry_check_version(r, &root, e) ||
	    !python_lock_check_python(r, "the lock",
				      toml_node_get(toml_node_get(&root, "metadata"),
						    "python-versions"),
				      e))
		return false;
	packages = toml_node_get(&root, "package");
	for (size_t i = 0; packages && i < packages->children.n; i++) {
		if (!poetry_add(r, &packages->children.v[i], e))
			return false;
	}
	return true;
}
