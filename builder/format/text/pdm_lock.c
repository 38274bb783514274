/* SPDX-License-Identifier: Apache-2.0 */
/* PDM notes for each package which groups need it, and on what: nothing has to be followed. */

#include "format/text/pdm_lock.h"

#include "base/path.h"

#define PDM_MAIN "default"
#define PDM_STRATEGY "inherit_metadata"

static bool pdm_lists(const struct toml_node *list, const char *word)
{
	for (size_t i = 0; list && i < list->children.n; i++) {
		if (list->children.v[i].text && strcmp(list->children.v[i].text, word) == 0)
			return true;
	}
	return false;
}

static bool pdm_check_version(const struct python_lock_reading *r, const struct toml_node *metadata,
			      struct error *e)
{
	const struct toml_node *version = toml_node_get(metadata, "lock_version");
	const char *text = version && version->text ? version->text : "(none)";

	if (strncmp(text, "4.", 2) != 0)
		err_set(e, ERR_INPUT,
			"lock_version %s of pdm.lock is not known; 4.4 and 4.5 are: take a PDM that "
			"writes one of these, and run %s",
			text, r->out->again);
	else if (!pdm_lists(toml_node_get(metadata, "strategy"), PDM_STRATEGY))
		err_set(e, ERR_INPUT,
			"pdm.lock does not say which packages only development needs: pdm lock "
			"--strategy " PDM_STRATEGY " writes it with that");
	else
		return true;
	return python_lock_fail(r, version ? version->line : 1, e);
}

/* The machines of a target: "linux" is x86_64, "manylinux_2_17_aarch64" says it; none: all. */
static unsigned pdm_machines(const struct python_lock_reading *r, const struct toml_node *target)
{
	const char *platform = toml_node_text(target, "platform");
	unsigned machines = 0;

	if (!platform)
		return python_lock_all(r);
	if (strcmp(platform, "linux") == 0)
		platform = "manylinux_x86_64";
	for (size_t i = 0; i < r->machines->n; i++) {
		if (strstr(platform, "linux") &&
		    str_ends(str_of(platform), str_of(r->machines->v[i])))
			machines |= 1u << i;
	}
	return machines;
}

/* What the lock is for; without targets, all. */
static bool pdm_read_targets(const struct python_lock_reading *r, const struct toml_node *metadata,
			     struct error *e)
{
	const struct toml_node *targets = toml_node_get(metadata, "targets");

	r->out->machines = python_lock_all(r);
	if (!targets || !targets->children.n)
		return true;
	r->out->machines = 0;
	r->out->machines_line = targets->children.v[0].line;
	list_each(target, &targets->children) {
		unsigned machines = pdm_machines(r, target);

		if (machines &&
		    !python_lock_check_python(r, "the lock",
					      toml_node_get(target, "requires_python"), e))
			return false;
		r->out->machines |= machines;
	}
	return true;
}

/* From where no index knows it; NULL: from one, or it has an address. */
static const char *pdm_origin(const struct toml_node *n, const char **kind)
{
	static const char *const kinds[] = { "git", "hg", "svn", "bzr", "path" };
	const char *at = NULL;

	for (size_t i = 0; !at && i < ARRAY_SIZE(kinds); i++) {
		at = toml_node_text(n, kinds[i]);
		*kind = kinds[i];
	}
	return at;
}

/* A folder of the project itself: "lib" of "./lib", but not "../lib"; NULL: it is none. */
static const char *pdm_own_folder(const struct python_lock_reading *r, const char *origin)
{
	return origin[0] == '/' || str_ends(str_of(origin), STR(".whl")) ||
			       str_ends(str_of(origin), STR(".gz"))
		       ? NULL
		       : path_in_folder(r->a, "", str_of(origin));
}

static bool pdm_add_own(const struct python_lock_reading *r, const struct toml_node *n,
			const struct python_lock_package *p, const char *origin, const char *kind,
			struct error *e)
{
	const char *folder = strcmp(kind, "path") == 0 ? pdm_own_folder(r, origin) : NULL;

	if (!folder)
		return python_lock_fail_origin(r, n, toml_node_get(n, kind), origin, kind, e);
	*list_push(r->a, &r->out->own) = p->name;
	*list_push(r->a, &r->out->folders) = folder;
	*list_push(r->a, &r->out->installed) = folder;
	return true;
}

/* An extra of a package stands there as the package once more, which it needs itself. */
static bool pdm_add(const struct python_lock_reading *r, const struct toml_node *n, struct error *e)
{
	const struct toml_node *files = toml_node_get(n, "files");
	const char *origin, *kind;
	struct python_lock_package p;
	unsigned machines;

	if (!pdm_lists(toml_node_get(n, "groups"), PDM_MAIN) || toml_node_get(n, "extras"))
		return true;
	if (!python_lock_holds(r, toml_node_get(n, "marker"), &machines, e))
		return false;
	if (!machines)
		return true;
	if (!python_lock_begin(r, n, NULL, &p, e))
		return false;
	origin = pdm_origin(n, &kind);
	if (origin)
		return pdm_add_own(r, n, &p, origin, kind, e);
	for (size_t i = 0; files && i < files->children.n; i++) {
		if (!python_lock_add_file(r, &files->children.v[i], toml_node_text(n, "url"), &p,
					  e))
			return false;
	}
	if (!p.files.n)
		return python_lock_fail_files(r, &p, e);
	p.machines = machines;
	*list_push(r->a, &r->out->v) = p;
	return true;
}

bool pdm_lock_read(struct python_lock_reading *r, struct str text, struct error *e)
{
	const struct toml_node *metadata, *packages;
	struct toml_node root;

	r->out->again = "pdm lock";
	if (!toml_tree_read(r->a, text, r->file, &root, e))
		return false;
	metadata = toml_node_get(&root, "metadata");
	packages = toml_node_get(&root, "package");
	if (!pdm_check_version(r, metadata, e) || !pdm_read_targets(r, metadata, e))
		return false;
	for (size_t i = 0; packages && i < packages->children.n; i++) {
		if (!pdm_add(r, &packages->children.v[i], e))
			return false;
	}
	return true;
}
