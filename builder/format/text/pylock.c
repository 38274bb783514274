/* SPDX-License-Identifier: Apache-2.0 */
#include "format/text/pylock.h"

#include "format/text/simple_index.h"

/* An archive need not name its version: it says itself what it is. */
#define PYLOCK_NO_VERSION "0"

/* How the tool that wrote the file writes it again. */
static const char *pylock_again(struct arena *a, const struct toml_node *root, const char *file)
{
	static const struct {
		const char *tool, *command;
	} tools[] = {
		{ "pip", "pip lock" },
		{ "uv", "uv export --format pylock.toml" },
		{ "pdm", "pdm export -f pylock" },
		{ "poetry-plugin-export", "poetry export -f pylock.toml" },
	};
	const char *by = toml_node_text(root, "created-by"), *slash = strrchr(file, '/');

	for (size_t i = 0; by && i < ARRAY_SIZE(tools); i++) {
		if (strcmp(by, tools[i].tool) == 0)
			return arena_printf(a, "%s -o %s", tools[i].command,
					    slash ? slash + 1 : file);
	}
	return by ? by : "the tool that wrote it";
}

static bool pylock_check_version(const struct python_lock_reading *r, const struct toml_node *root,
				 struct error *e)
{
	const struct toml_node *version = toml_node_get(root, "lock-version");

	if (version && strncmp(version->text, "1.", 2) == 0)
		return true;
	if (!version)
		err_set(e, ERR_INPUT,
			"it has no lock-version, as pylock.toml has (PEP 751); pip lock and uv "
			"export --format pylock.toml write such a file");
	else
		err_set(e, ERR_INPUT,
			"lock-version \"%s\" of pylock.toml is not known; 1.0 is: %s of an older "
			"release may write that",
			version->text, r->out->again);
	return python_lock_fail(r, version ? version->line : 1, e);
}

/* What has no file with a hash. */
static bool pylock_check_origin(const struct python_lock_reading *r, const struct toml_node *n,
				bool *own, struct error *e)
{
	const struct toml_node *vcs = toml_node_get(n, "vcs");
	const struct toml_node *directory = toml_node_get(n, "directory");
	const char *name = toml_node_text(n, "name"), *path = toml_node_text(directory, "path");

	name = name ? name : "it";
	path = path ? path : "";
	*own = directory && (strcmp(path, ".") == 0 || strcmp(path, "./") == 0);
	if (vcs)
		err_set(e, ERR_INPUT,
			"%s comes from version control (vcs), of which no hash of a file is known: "
			"put a wheel of it on a server, or take a release, and lock again with %s",
			name, r->out->again);
	else if (directory && !*own)
		err_set(e, ERR_INPUT,
			"%s is the folder %s, which has no hash: leave it out of the lock (uv export "
			"--no-emit-workspace does), and install it by a step of the source",
			name, path);
	else
		return true;
	return python_lock_fail(r, vcs ? vcs->line : directory->line, e);
}

/* "archive" is a wheel, or sources under a name that nobody chose for an index. */
static bool pylock_add_archive(const struct python_lock_reading *r, const struct toml_node *n,
			       struct python_lock_package *p, struct error *e)
{
	struct simple_wheel w;

	if (toml_node_get(n, "subdirectory")) {
		err_set(e, ERR_INPUT,
			"%s is a folder in an archive (subdirectory), which is not known: put a "
			"wheel or a source distribution of it on a server, and lock again with %s",
			p->name, r->out->again);
		return python_lock_fail(r, n->line, e);
	}
	if (!python_lock_add_file(r, n, NULL, p, e))
		return false;
	python_lock_rename_source(r, p);
	if (strcmp(p->version, PYLOCK_NO_VERSION) == 0 &&
	    simple_split_wheel(p->files.v[0].name, &w))
		p->version = str_dup(r->a, w.version);
	return true;
}

static bool pylock_add_files(const struct python_lock_reading *r, const struct toml_node *n,
			     struct python_lock_package *p, struct error *e)
{
	const struct toml_node *wheels = toml_node_get(n, "wheels");
	const struct toml_node *sdist = toml_node_get(n, "sdist");
	const struct toml_node *archive = toml_node_get(n, "archive");

	for (size_t i = 0; wheels && i < wheels->children.n; i++) {
		if (!python_lock_add_file(r, &wheels->children.v[i], NULL, p, e))
			return false;
	}
	if ((sdist && !python_lock_add_file(r, sdist, NULL, p, e)) ||
	    (archive && !pylock_add_archive(r, archive, p, e)))
		return false;
	if (p->files.n)
		return true;
	err_set(e, ERR_INPUT,
		"%s %s has neither wheels nor an sdist nor an archive; %s writes them", p->name,
		p->version, r->out->again);
	return python_lock_fail(r, p->line, e);
}

static bool pylock_add(const struct python_lock_reading *r, const struct toml_node *n,
		       struct error *e)
{
	const struct toml_node *archive = toml_node_get(n, "archive");
	struct python_lock_package p;
	unsigned machines;
	bool own;

	if (!python_lock_holds(r, toml_node_get(n, "marker"), &machines, e))
		return false;
	machines &= r->out->machines;
	if (!machines)
		return true;
	if (!pylock_check_origin(r, n, &own, e))
		return false;
	if (own)
		return true;
	if (!python_lock_begin(r, n, archive ? PYLOCK_NO_VERSION : NULL, &p, e) ||
	    !python_lock_check_python(r, p.name, toml_node_get(n, "requires-python"), e) ||
	    !pylock_add_files(r, n, &p, e))
		return false;
	p.machines = machines;
	*list_push(r->a, &r->out->v) = p;
	return true;
}

bool pylock_read(struct python_lock_reading *r, struct str text, struct error *e)
{
	const struct toml_node *packages, *groups;
	struct toml_node root;

	if (!toml_tree_read(r->a, text, r->file, &root, e))
		return false;
	r->paths = true;
	r->out->again = pylock_again(r->a, &root, r->file);
	groups = toml_node_get(&root, "default-groups");
	for (size_t i = 0; groups && i < groups->children.n; i++)
		*list_push(r->a, &r->groups) = groups->children.v[i].text;
	if (!pylock_check_version(r, &root, e) ||
	    !python_lock_check_python(r, "the lock", toml_node_get(&root, "requires-python"), e) ||
	    !python_lock_read_machines(r, toml_node_get(&root, "environments"), e))
		return false;
	packages = toml_node_get(&root, "packages");
	for (size_t i = 0; packages && i < packages->children.n; i++) {
		if (!pylock_add(r, &packages->children.v[i], e))
			return false;
	}
	return true;
}
