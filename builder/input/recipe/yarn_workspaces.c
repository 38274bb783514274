/* SPDX-License-Identifier: Apache-2.0 */
/* "workspaces": ["packages/STAR"], or { "packages": [...] }. */

#include "input/recipe/yarn_workspaces.h"

#include <dirent.h>
#include <fnmatch.h>

#include "base/buf.h"
#include "base/path.h"
#include "format/json/jsonx.h"
#include "input/recipe/package_json.h"

/* Names that patterns match, of folders and of what stands beside them. */
#define YARN_FOLDERS_MAX 10000u

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

struct yarn_walk {
	struct arena *a;
	const char *dir; /* of the lock file */
	struct strings found;
	unsigned seen;
};

/* Names in a folder that match; a bound is needed, for symlinks can make circles. */
static bool yarn_list(struct yarn_walk *w, const char *folder, const char *pattern,
		      struct strings *out)
{
	const char *path = arena_printf(w->a, "%s%s%s", w->dir, w->dir[0] ? "/" : "", folder);
	DIR *dir = opendir(path[0] ? path : ".");
	const struct dirent *one;

	while (dir && w->seen <= YARN_FOLDERS_MAX && (one = readdir(dir))) {
		if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0 ||
		    fnmatch(pattern, one->d_name, FNM_PERIOD) != 0)
			continue;
		*list_push(w->a, out) = arena_strdup(w->a, one->d_name);
		w->seen++;
	}
	if (dir)
		closedir(dir);
	return w->seen <= YARN_FOLDERS_MAX;
}

/* Folders that match, word by word. false: they are too many. */
static bool yarn_walk(struct yarn_walk *w, const char *folder, struct str rest)
{
	struct strings names = { NULL, 0, 0 };
	const char *slash = folder[0] ? "/" : "";
	struct str word;

	while (str_next(&rest, '/', &word)) {
		const char *pattern = str_dup(w->a, word);

		if (!strpbrk(pattern, "*?[\\")) {
			folder = arena_printf(w->a, "%s%s%s", folder, slash, pattern);
			slash = "/";
			continue;
		}
		if (!yarn_list(w, folder, pattern, &names))
			return false;
		list_each(name, &names) {
			if (!yarn_walk(w, arena_printf(w->a, "%s%s%s", folder, slash, *name), rest))
				return false;
		}
		return true;
	}
	*list_push(w->a, &w->found) = folder;
	return true;
}

static bool yarn_add_found(const struct yarn_walk *w, const struct dependencies *l,
			   struct strings *inputs, struct yarn_workspaces *out, struct error *e)
{
	list_each(folder, &w->found) {
		if (!strstr(*folder, "node_modules") && !yarn_has_folder(out, *folder) &&
		    yarn_add_workspace(w->a, l, *folder, inputs, out, e) < 0)
			return false;
	}
	return true;
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
		struct yarn_walk w = { .a = a, .dir = path_dir(a, l->file) };
		const char *path = path_in_folder(a, "", str_of(*pattern));

		root = json_root(&out->v[0].doc); /* the list moves */
		if (!path || !path[0])
			return json_fail_key(&root, "workspaces", e,
					     "\"%s\" does not name folders of the project",
					     *pattern);
		if (!yarn_walk(&w, "", str_of(path)))
			return json_fail_key(&root, "workspaces", e,
					     "\"%s\" matches more than %u names: write patterns "
					     "that match workspaces alone",
					     *pattern, YARN_FOLDERS_MAX);
		strings_sort(&w.found);
		if (!yarn_add_found(&w, l, inputs, out, e))
			return false;
	}
	return true;
}

void yarn_workspaces_drop(struct yarn_workspaces *l)
{
	list_each(x, l)
		json_drop(&x->doc);
}
