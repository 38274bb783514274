/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/node_workspaces.h"

#include "base/path.h"
#include "explain/code/node_start.h"
#include "format/json/jsonx.h"
#include "format/json/yaml.h"

#define NODE_WORKSPACES "pnpm-workspace.yaml"

/* Patterns with "!" take away wherever they stand. */
static bool workspaces_of_pnpm(struct own_project *p, const struct json_node *root,
			       struct strings *out, struct error *e)
{
	struct strings list = { NULL, 0, 0 };

	if (!jsonx_strings(p->a, root, "packages", &list, e))
		return false;
	for (unsigned away = 0; away < 2; away++) {
		list_each(x, &list) {
			if ((*x)[0] == '!' ? away : !away)
				*list_push(p->a, out) = *x;
		}
	}
	return true;
}

/* "packages/STAR": package.json has a list, or an object with one; of pnpm a file of its own has
 * it. */
static bool workspaces_patterns(struct own_project *p, const struct json_node *root,
				struct strings *out, struct error *e)
{
	struct json_node list;
	AUTO_JSON doc = { 0 };
	struct str text;

	if (jsonx_get(root, "workspaces", &list) && json_node_is_array(&list) &&
	    !jsonx_strings(p->a, root, "workspaces", out, e))
		return false;
	if (jsonx_get(root, "workspaces", &list) && json_node_is_object(&list) &&
	    !jsonx_strings(p->a, &list, "packages", out, e))
		return false;
	if (!own_has(p, NODE_WORKSPACES))
		return true;
	if (!own_text(p, NODE_WORKSPACES, &text, e) ||
	    !yaml_parse(p->a, own_path(p, NODE_WORKSPACES), text, &doc, e))
		return false;
	list = json_root(&doc);
	return !json_node_is_object(&list) || workspaces_of_pnpm(p, &list, out, e);
}

static void workspaces_take_away(const struct strings *folders, struct strings *out)
{
	size_t left = 0;

	for (size_t i = 0; i < out->n; i++) {
		if (!strings_has(folders, out->v[i]))
			out->v[left++] = out->v[i];
	}
	out->n = left;
}

/* Folders of the workspaces. A pattern with "!" takes away what those before it have found, as with
 * npm. */
static bool workspaces_find(struct own_project *p, const struct json_node *root,
			    struct strings *out, struct error *e)
{
	struct strings patterns = { NULL, 0, 0 };

	if (!workspaces_patterns(p, root, &patterns, e))
		return false;
	list_each(text, &patterns) {
		struct strings folders = { NULL, 0, 0 };
		bool away = (*text)[0] == '!';
		const char *path;

		if (!path_normalise(p->a, str_of(*text + away), &path, e))
			return err_wrap(e, "workspaces of %s", own_path(p, NODE_PACKAGE));
		if (!own_find_folders(p, path, NODE_PACKAGE, away ? &folders : out, e))
			return false;
		workspaces_take_away(&folders, out);
	}
	return true;
}

static bool workspace_take(struct own_project *p, const char *folder, struct node_workspaces *out,
			   struct error *e)
{
	static const char *const sections[] = { "dependencies", "devDependencies",
						"optionalDependencies" };
	const char *file = arena_printf(p->a, "%s/" NODE_PACKAGE, folder);
	struct node_workspace w = { .folder = folder };
	AUTO_JSON doc = { 0 };
	struct json_node root, n;

	if (!own_json(p, file, &doc, &root, e))
		return false;
	w.name = jsonx_text(p->a, &root, "name");
	w.builds = jsonx_get(&root, "scripts", &n) && json_node_is_object(&n) &&
		   jsonx_text(p->a, &n, "build");
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		if (jsonx_get(&root, sections[i], &n) && json_node_is_object(&n) &&
		    !jsonx_keys(&root, sections[i], p->a, &w.needs, e))
			return false;
	}
	*list_push(p->a, &out->v) = w;
	return true;
}

bool node_workspaces_take(struct own_project *p, struct node_workspaces *out, struct error *e)
{
	struct strings folders = { NULL, 0, 0 };
	AUTO_JSON doc = { 0 };
	struct json_node root;

	*out = (struct node_workspaces){ .v = { NULL, 0, 0 } };
	if (!own_json(p, NODE_PACKAGE, &doc, &root, e) || !workspaces_find(p, &root, &folders, e))
		return false;
	list_each(folder, &folders) {
		if (!workspace_take(p, *folder, out, e))
			return false;
	}
	return true;
}

static void workspace_order(struct arena *a, struct node_workspaces *all, struct node_workspace *w,
			    struct strings *out)
{
	if (w->taken)
		return;
	w->taken = true;
	list_each(other, &all->v) {
		if (other->name && strings_has(&w->needs, other->name))
			workspace_order(a, all, other, out);
	}
	if (w->builds)
		*list_push(a, out) = w->folder;
}

void node_workspaces_order(struct arena *a, struct node_workspaces *w, const char *folder,
			   struct strings *out)
{
	list_each(x, &w->v) {
		if (strcmp(x->folder, folder) == 0)
			workspace_order(a, w, x, out);
	}
}

bool node_is_pnpm(const struct own_project *p)
{
	return p->lock && strcmp(p->lock, "pnpm-lock.yaml") == 0;
}
