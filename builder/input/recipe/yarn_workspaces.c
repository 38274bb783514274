/* SPDX-License-Identifier: Apache-2.0 */
/* "workspaces": ["packages/STAR"], or { "packages": [...] }. */

#include "input/recipe/yarn_workspaces.h"

#include <glob.h>

#include "base/buf.h"
#include "base/path.h"
#include "format/json/jsonx.h"
#include "input/recipe/package_json.h"

/* 1, 0: it has no package.json, -1. */
static int yarn_add_workspace(struct arena *a, const struct dependencies *l, const char *folder,
			      struct strings *inputs, struct yarn_workspaces *out, struct error *e)
{
	struct yarn_workspace *x = list_push(a, out);
	int got = package_json_load(a, l, folder, inputs, &x->doc, e);
	struct json_node root;

	if (got <= 0) {
		json_drop(&x->doc);
		out->n--;
		return got;
	}
	root = json_root(&x->doc);
	x->folder = folder;
	x->name = jsonx_text(a, &root, "name");
	x->version = jsonx_text(a, &root, "version");
	return 1;
}

static bool yarn_has_folder(const struct yarn_workspaces *l, const char *folder)
{
	list_each(x, l) {
		if (strcmp(x->folder, folder) == 0)
			return true;
	}
	return false;
}

/* The folder of the lock file means itself, whatever its name. */
static const char *yarn_pattern_at(struct arena *a, const char *dir, const char *pattern)
{
	struct buf out = { .a = a };

	for (const char *c = dir; *c; c++) {
		if (strchr("\\*?[", *c))
			buf_putc(&out, '\\');
		buf_putc(&out, *c);
	}
	buf_printf(&out, "%s%s/", dir[0] ? "/" : "", pattern);
	return buf_cstr(&out);
}

/* Folders that match, by name. */
static bool yarn_add_matches(struct arena *a, const struct dependencies *l, const char *pattern,
			     struct strings *inputs, struct yarn_workspaces *out, struct error *e)
{
	const char *dir = path_dir(a, l->file);
	glob_t found;
	bool ok = true;

	if (glob(yarn_pattern_at(a, dir, pattern), GLOB_ONLYDIR, NULL, &found) != 0)
		return true;
	for (size_t i = 0; ok && i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i] + strlen(dir) + (dir[0] ? 1 : 0);
		const char *folder = arena_strndup(a, path, strlen(path) - 1);

		if (!strstr(folder, "node_modules") && !yarn_has_folder(out, folder))
			ok = yarn_add_workspace(a, l, folder, inputs, out, e) >= 0;
	}
	globfree(&found);
	return ok;
}

static bool yarn_read_patterns(struct arena *a, const struct json_node *root, struct strings *out,
			       struct error *e)
{
	struct json_node n;

	if (!jsonx_get(root, "workspaces", &n))
		return true;
	return json_node_is_object(&n) ? jsonx_strings(a, &n, "packages", out, e)
				       : jsonx_strings(a, root, "workspaces", out, e);
}

bool yarn_workspaces_load(struct arena *a, const struct dependencies *l, struct strings *inputs,
			  struct yarn_workspaces *out, struct error *e)
{
	struct strings patterns = { NULL, 0, 0 };
	struct json_node root;
	int got = yarn_add_workspace(a, l, "", inputs, out, e);

	if (got < 0)
		return false;
	if (got == 0) {
		err_set(e, ERR_INPUT,
			"there is no package.json beside it, which says what of it "
			"is needed");
		return err_at(e, l->file, 1, 1);
	}
	root = json_root(&out->v[0].doc);
	if (!yarn_read_patterns(a, &root, &patterns, e))
		return false;
	list_each(pattern, &patterns) {
		const char *path = path_in_folder(a, "", str_of(*pattern));

		root = json_root(&out->v[0].doc); /* the list moves */
		if (!path || !path[0])
			return json_fail_key(&root, "workspaces", e,
					     "\"%s\" does not name folders of the project",
					     *pattern);
		if (!yarn_add_matches(a, l, path, inputs, out, e))
			return false;
	}
	return true;
}

void yarn_workspaces_drop(struct yarn_workspaces *l)
{
	list_each(x, l)
		json_drop(&x->doc);
}
