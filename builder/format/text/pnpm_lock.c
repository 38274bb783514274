/* SPDX-License-Identifier: Apache-2.0 */
/* "packages" has what a file is, "snapshots" what it needs where it stands; version 6.0 has both in
 * one. Keys are NAME@VERSION, and behind it, in brackets, which peers it was given. */

#include "format/text/pnpm_lock.h"

#include "base/path.h"
#include "base/strmap.h"
#include "format/json/jsonx.h"
#include "format/json/yaml.h"
#include "format/text/npm_words.h"

#define PNPM_WRITES "pnpm install --lockfile-only"

struct pnpm_reading {
	struct arena *a;
	struct npm_graph *g;
	struct pnpm_asking *asking;
	struct strmap files; /* keys of "packages": what stands there */
	struct strmap keys;  /* of the graph's packages: the number, plus one */
	bool old;	     /* version 6.0 */
};

/* Version 6.0 has a slash in front of keys and of what leads to them. */
static const char *pnpm_key(const struct pnpm_reading *r, const char *text)
{
	return text + (r->old && text[0] == '/');
}

/* "1.2.3(c@1.0.0)" of "b" is b@1.2.3(c@1.0.0), and "d@1.0.0" is another package's (pnpm:
 * dependency-path, refToRelative). */
static const char *pnpm_key_of(const struct pnpm_reading *r, const char *name, const char *version)
{
	const char *at = strchr(version, '@'), *colon = strchr(version, ':');
	const char *bracket = strchr(version, '(');

	if (version[0] == '/' && r->old)
		return version + 1;
	if (version[0] == '@' || (at && (!colon || at < colon) && (!bracket || at < bracket)))
		return version;
	return arena_printf(r->a, "%s@%s", name, version);
}

/* "link:../b" in the folder "packages/a" is packages/b. */
static bool pnpm_read_link(const struct pnpm_reading *r, const struct json_node *n,
			   const char *folder, const char *path, struct npm_edge *x,
			   struct error *e)
{
	x->to = NPM_OF_PROJECT;
	x->link = path_in_folder(r->a, folder, str_of(path));
	return (x->link && x->link[0] && !strstr(x->link, NPM_MODULES)) ||
	       json_fail(n, e, "%s leads to \"%s\", which is not a folder of the project", x->name,
			 path);
}

static bool pnpm_read_edge(const struct pnpm_reading *r, const struct json_node *n,
			   const char *folder, const char *version, struct npm_edge *x,
			   struct error *e)
{
	const char *key;
	uintptr_t found;

	if (!npm_is_name(x->name))
		return json_fail(n, e, "\"%s\" is not the name of a package", x->name);
	if (strncmp(version, "link:", 5) == 0)
		return pnpm_read_link(r, n, folder, version + 5, x, e);
	key = pnpm_key_of(r, x->name, version);
	found = (uintptr_t)strmap_get(&r->keys, str_of(key));
	x->to = found - 1;
	return found || json_fail(n, e,
				  "%s is not among the packages of the lock file; " PNPM_WRITES
				  " writes it anew",
				  key);
}

/* { "NAME": "VERSION" } of a package. */
static bool pnpm_read_edges(const struct pnpm_reading *r, const struct json_node *package,
			    const char *section, struct npm_edges *out, struct error *e)
{
	struct json_node list, one;

	if (!jsonx_get(package, section, &list))
		return true;
	if (!json_want_object(&list, e))
		return false;
	for (size_t i = 0; json_member(&list, i, &one); i++) {
		struct npm_edge x = { .name = str_dup(r->a, str_of(one.key)),
				      .optional = strcmp(section, "dependencies") != 0 };
		const char *version;

		if (!json_as_string(r->a, &one, &version, e) ||
		    !pnpm_read_edge(r, &one, "", version, &x, e))
			return false;
		*list_push(r->a, out) = x;
	}
	return true;
}

/* { "NAME": { "specifier": "^1.0.0", "version": "1.2.3" } } of the project or a workspace. */
static bool pnpm_read_asked(const struct pnpm_reading *r, const struct json_node *importer,
			    const char *section, struct npm_importer *out, struct error *e)
{
	struct json_node list, one;

	if (!jsonx_get(importer, section, &list))
		return true;
	if (!json_want_object(&list, e))
		return false;
	for (size_t i = 0; json_member(&list, i, &one); i++) {
		struct npm_edge x = { .name = str_dup(r->a, str_of(one.key)),
				      .optional = strcmp(section, "optionalDependencies") == 0,
				      .dev = strcmp(section, "devDependencies") == 0 };
		struct pnpm_asked asked = { out->folder, section, x.name, "", 0 };
		const char *version = NULL;
		unsigned col;

		if (!json_want_object(&one, e) ||
		    !jsonx_string(r->a, &one, "specifier", &asked.range, e) ||
		    !jsonx_string(r->a, &one, "version", &version, e))
			return false;
		if (!version)
			return json_fail(&one, e, "there is no \"version\"");
		if (!pnpm_read_edge(r, &one, out->folder, version, &x, e))
			return false;
		json_place(&one, &asked.line, &col);
		*list_push(r->a, &out->edges) = x;
		*list_push(r->a, &r->asking->v) = asked;
	}
	return true;
}

static bool pnpm_read_importer(const struct pnpm_reading *r, const struct json_node *n,
			       const char *folder, struct error *e)
{
	struct npm_importer x = { .folder = path_in_folder(r->a, "", str_of(folder)) };
	unsigned col;

	if (!x.folder || strstr(x.folder, NPM_MODULES))
		return json_fail(n, e, "\"%s\" is not a folder of the project", folder);
	json_place(n, &x.line, &col);
	if (!json_want_object(n, e) || !pnpm_read_asked(r, n, "dependencies", &x, e) ||
	    !pnpm_read_asked(r, n, "optionalDependencies", &x, e) ||
	    !pnpm_read_asked(r, n, "devDependencies", &x, e))
		return false;
	*list_push(r->a, &r->g->importers) = x;
	return true;
}

/* Without workspaces version 6.0 has what the project asks for at the top. */
static bool pnpm_read_importers(const struct pnpm_reading *r, const struct json_node *root,
				struct error *e)
{
	struct json_node all, one;

	if (!jsonx_get(root, "importers", &all))
		return r->old ? pnpm_read_importer(r, root, ".", e)
			      : json_need(root, "importers", &all, e);
	if (!json_want_object(&all, e))
		return false;
	for (size_t i = 0; json_member(&all, i, &one); i++) {
		if (!pnpm_read_importer(r, &one, one.key, e))
			return false;
	}
	return true;
}

static bool pnpm_refuse_source(const struct json_node *n, const struct npm_entry *x,
			       const char *from, struct error *e)
{
	return json_fail(n, e,
			 "%s comes from %s, of which no SHA-512 of a registry is known; take it "
			 "into the folder as a workspace (\"workspace:*\"), or from a registry",
			 x->name, from);
}

/* { "integrity": "sha512-...", "tarball": "https://..." }, or what has none. */
static bool pnpm_read_resolution(const struct pnpm_reading *r, const struct json_node *package,
				 struct npm_entry *x, struct error *e)
{
	struct json_node n;
	const char *type, *tarball, *hosted, *integrity = NULL, *wrong;

	if (!json_need(package, "resolution", &n, e) || !json_want_object(&n, e) ||
	    !jsonx_string(r->a, &n, "integrity", &integrity, e))
		return false;
	type = jsonx_text(r->a, &n, "type");
	tarball = jsonx_text(r->a, &n, "tarball");
	hosted = jsonx_text(r->a, &n, "gitHosted");
	if (type && strcmp(type, "directory") == 0)
		return pnpm_refuse_source(&n, x, "a folder that pnpm copies", e);
	if ((type && strcmp(type, "git") == 0) || (hosted && strcmp(hosted, "true") == 0) ||
	    (tarball && !integrity && strncmp(tarball, "http", 4) == 0))
		return pnpm_refuse_source(&n, x,
					  integrity ? "git, whose packages are built when installed"
						    : "git",
					  e);
	if (tarball && strncmp(tarball, "https://", 8) != 0 && strncmp(tarball, "http://", 7) != 0)
		return pnpm_refuse_source(&n, x, arena_printf(r->a, "\"%s\"", tarball), e);
	if (type)
		return json_fail(&n, e, "%s: what \"type: %s\" means is not known", x->name, type);
	x->resolved = tarball;
	x->by_name = true; /* an address is noted where it is another one */
	wrong = npm_sha512_of(r->a, integrity, "let pnpm", &x->sha512);
	return !wrong || json_fail(&n, e, "%s %s%s", x->name, x->version, wrong);
}

/* "@a/b@1.2.3(c@1.0.0)"; of a tarball "b@https://...", and the version stands below. */
static bool pnpm_split_key(const struct pnpm_reading *r, const struct json_node *n, const char *key,
			   struct npm_entry *x, struct error *e)
{
	const char *at = key[0] ? strchr(key + 1, '@') : NULL;

	if (!at)
		return json_fail(n, e, "\"%s\" is not NAME@VERSION", key);
	x->name = arena_strndup(r->a, key, (size_t)(at - key));
	x->version = arena_strndup(r->a, at + 1, strcspn(at + 1, "("));
	if (!npm_is_name(x->name))
		return json_fail(n, e, "\"%s\" is not the name of a package", x->name);
	if (!npm_is_version(x->version)) {
		const char *version = jsonx_text(r->a, n, "version");

		x->version = version ? version : x->version;
	}
	return true;
}

static bool pnpm_read_package(struct pnpm_reading *r, const struct json_node *n, const char *key,
			      struct npm_entry *x, struct error *e)
{
	struct json_node engines;
	unsigned col;

	if (!json_want_object(n, e) || !pnpm_split_key(r, n, key, x, e) ||
	    !pnpm_read_resolution(r, n, x, e))
		return false;
	if (!npm_is_version(x->version))
		return json_fail(n, e, "%s: \"%s\" is not a version", x->name, x->version);
	json_place(n, &x->line, &col);
	x->file = npm_file_name(r->a, x->name, x->version);
	if (jsonx_get(n, "engines", &engines) && json_node_is_object(&engines))
		x->engine = jsonx_text(r->a, &engines, "node");
	if (x->engine && !x->engine[0])
		x->engine = NULL;
	/* pnpm 8 says so of every optional package, as it has not seen the file */
	x->scripts = jsonx_text(r->a, n, "requiresBuild") && !jsonx_text(r->a, n, "optional");
	return jsonx_strings(r->a, n, "os", &x->os, e) &&
	       jsonx_strings(r->a, n, "cpu", &x->cpu, e) &&
	       jsonx_strings(r->a, n, "libc", &x->libc, e);
}

static void pnpm_add_package(struct pnpm_reading *r, const char *key, const struct npm_entry *x)
{
	*list_push(r->a, &r->g->packages) = (struct npm_package){ .key = key, .entry = *x };
	*strmap_slot(r->a, &r->keys, str_of(key)) = (void *)r->g->packages.n;
}

/* "packages": in version 6.0 these are those of the graph. */
static bool pnpm_read_packages(struct pnpm_reading *r, const struct json_node *root,
			       struct error *e)
{
	struct json_node all, one;

	if (!jsonx_get(root, "packages", &all))
		return true;
	if (!json_want_object(&all, e))
		return false;
	for (size_t i = 0; json_member(&all, i, &one); i++) {
		struct npm_entry *x = arena_alloc(r->a, sizeof(*x));
		const char *key = str_dup(r->a, str_of(pnpm_key(r, one.key)));

		*x = (struct npm_entry){ .place = NULL };
		if (!pnpm_read_package(r, &one, key, x, e))
			return false;
		*strmap_slot(r->a, &r->files, str_of(key)) = x;
		if (r->old)
			pnpm_add_package(r, key, x);
	}
	return true;
}

/* "snapshots": each is a package of the graph. */
static bool pnpm_read_snapshots(struct pnpm_reading *r, const struct json_node *root,
				struct error *e)
{
	struct json_node all, one;

	if (r->old || !jsonx_get(root, "snapshots", &all))
		return true;
	if (!json_want_object(&all, e))
		return false;
	for (size_t i = 0; json_member(&all, i, &one); i++) {
		const char *key = str_dup(r->a, str_of(one.key));
		const struct npm_entry *x = strmap_get(&r->files,
						       (struct str){ key, strcspn(key, "(") });

		if (!x)
			return json_fail(&one, e,
					 "%s is not among \"packages\"; " PNPM_WRITES
					 " writes the lock file anew",
					 key);
		pnpm_add_package(r, key, x);
	}
	return true;
}

static bool pnpm_connect(struct pnpm_reading *r, const struct json_node *root, struct error *e)
{
	struct json_node all, one;

	if (!jsonx_get(root, r->old ? "packages" : "snapshots", &all))
		return true;
	for (size_t i = 0; json_member(&all, i, &one); i++) {
		struct npm_edges *edges = &r->g->packages.v[i].edges;

		if (!json_want_object(&one, e) ||
		    !pnpm_read_edges(r, &one, "dependencies", edges, e) ||
		    !pnpm_read_edges(r, &one, "optionalDependencies", edges, e))
			return false;
	}
	return true;
}

static bool pnpm_check_version(struct pnpm_reading *r, const struct json_node *root,
			       struct error *e)
{
	struct json_node version;
	const char *text;

	if (!json_need(root, "lockfileVersion", &version, e) ||
	    !json_as_string(r->a, &version, &text, e))
		return false;
	r->old = strcmp(text, "6.0") == 0;
	return r->old || strcmp(text, "9.0") == 0 ||
	       json_fail(
		       &version, e,
		       "version %s of the format is not known; known are 6.0 and 9.0: " PNPM_WRITES
		       " of pnpm 8, 9 or 10 writes one",
		       text);
}

/* "name", "name@1", "parent>name": the last word without its version. */
static const char *pnpm_overridden_name(struct arena *a, const char *key)
{
	const char *name = strrchr(key, '>'), *at;

	name = name ? name + 1 : key;
	at = name[0] ? strchr(name + 1, '@') : NULL;
	return at ? arena_strndup(a, name, (size_t)(at - name)) : str_dup(a, str_of(name));
}

static bool pnpm_read_changes(struct pnpm_reading *r, const struct json_node *root, struct error *e)
{
	struct strings names = { NULL, 0, 0 }, patched = { NULL, 0, 0 };
	struct json_node list;

	r->asking->hooks = jsonx_text(r->a, root, "pnpmfileChecksum") != NULL;
	if (!jsonx_keys(root, "overrides", r->a, &names, e) ||
	    !jsonx_keys(root, "patchedDependencies", r->a, &patched, e))
		return false;
	list_each(name, &names)
		*list_push(r->a, &r->asking->overridden) = pnpm_overridden_name(r->a, *name);
	return !patched.n || !jsonx_get(root, "patchedDependencies", &list) ||
	       json_fail_key(&list, patched.v[0], e,
			     "packages are taken as their authors made them, and this one is "
			     "patched; take the patched package into the folder as a workspace, "
			     "and remove the patch (pnpm patch-remove %s)",
			     patched.v[0]);
}

bool pnpm_lock_read(struct arena *a, struct str text, const char *file, struct npm_graph *out,
		    struct pnpm_asking *asking, struct error *e)
{
	struct pnpm_reading r = { .a = a, .g = out, .asking = asking };
	struct json_node root;
	AUTO_JSON doc = { 0 };

	if (!yaml_parse(a, file, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !pnpm_check_version(&r, &root, e) ||
	    !pnpm_read_changes(&r, &root, e) || !pnpm_read_packages(&r, &root, e) ||
	    !pnpm_read_snapshots(&r, &root, e) || !pnpm_connect(&r, &root, e) ||
	    !pnpm_read_importers(&r, &root, e))
		return false;
	npm_graph_mark(out);
	return true;
}
