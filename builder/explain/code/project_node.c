/* SPDX-License-Identifier: Apache-2.0 */
/* A package.json with the lock file that npm writes beside it. */

#include "explain/code/node_lock.h"
#include "explain/code/node_build.h"
#include "explain/code/node_start.h"

#include <fnmatch.h>

#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/json/yaml.h"

#define NODE_WORKSPACES "pnpm-workspace.yaml"

/* "packages/STAR": package.json has a list, or an object with one; of pnpm a file of its own has
 * it. */
static bool node_read_workspaces(struct own_project *p, const struct json_node *root,
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
	return !json_node_is_object(&list) || jsonx_strings(p->a, &list, "packages", out, e);
}

/* Folders of the workspaces. What a pattern with "!" takes away is a test or an example, which has
 * nothing to start. */
static bool node_find_workspaces(struct own_project *p, const struct json_node *root,
				 struct strings *out, struct error *e)
{
	struct strings patterns = { NULL, 0, 0 };

	if (!node_read_workspaces(p, root, &patterns, e))
		return false;
	list_each(text, &patterns) {
		struct strings names = { NULL, 0, 0 };
		const char *dir, *path;

		if (!path_normalise(p->a, str_of(*text), &path, e))
			return err_wrap(e, "%s: workspaces", p->folder);
		dir = path_dir(p->a, path);
		if (!own_names(p, dir, &names, e))
			return false;
		list_each(x, &names) {
			const char *folder = dir[0] ? arena_printf(p->a, "%s/%s", dir, *x) : *x;

			if (fnmatch(path, folder, FNM_PATHNAME) == 0 && !strings_has(out, folder) &&
			    own_has(p, arena_printf(p->a, "%s/" NODE_PACKAGE, folder)))
				*list_push(p->a, out) = folder;
		}
	}
	return true;
}

/* Where the package itself has nothing that starts, a workspace of it may. */
static bool node_find_start(struct own_project *p, const struct json_node *root,
			    struct node_start *out, struct error *e)
{
	struct strings folders = { NULL, 0, 0 };
	bool found = false;

	if (!node_start_read(p, "", out, e))
		return false;
	if (out->installed || node_file_is_there(p, "", out->file))
		return true;
	if (!node_find_workspaces(p, root, &folders, e))
		return false;
	list_each(folder, &folders) {
		struct node_start start;

		if (!node_start_read(p, *folder, &start, e))
			return false;
		/* index.js of a library is none */
		if (start.from[0] != '"' || strcmp(start.from, "\"main\"") == 0 ||
		    !node_file_is_there(p, *folder, start.file))
			continue;
		if (!found)
			*out = start;
		else
			draft_leave(p->d, "%s starts something, too: the recipe starts %s",
				    own_path(p, *folder), out->folder);
		found = true;
	}
	return true;
}

/* The file that node is given is there, or is made by a script that only its author knows. */
static bool node_check_start(struct own_project *p, const struct json_node *root,
			     const struct node_start *start, bool made, struct error *e)
{
	const char *path, *rule;
	struct error bad = { .kind = ERR_NONE };
	struct json_node scripts;
	bool builds = jsonx_get(root, "scripts", &scripts) && json_node_is_object(&scripts) &&
		      jsonx_text(p->a, &scripts, "build");

	if (start->installed)
		return true;
	if (!path_normalise(p->a, str_of(start->file), &path, &bad) || !path[0])
		return err_set(e, ERR_INPUT, "%s: what starts is not a file of the folder",
			       own_path(p, NODE_PACKAGE));
	path = start->folder[0] ? arena_printf(p->a, "%s/%s", start->folder, path) : path;
	rule = own_ignored(p, path);
	if (!rule && node_file_is_there(p, start->folder, start->file))
		return true;
	rule = rule ? arena_printf(p->a, "is left out by %s, as git leaves it out", rule)
		    : "is not there";
	if (made)
		return true;
	if (!builds)
		return err_set(e, ERR_INPUT, "%s has nothing that starts: %s %s (%s)", p->folder,
			       own_path(p, path), rule, start->from);
	draft_leave(p->d, "%s %s: the image does not start before a step makes it",
		    own_path(p, path), rule);
	return true;
}

/* As npm start: in the package's folder. */
static bool node_add_entrypoint(struct own_project *p, const struct node_start *start,
				struct error *e)
{
	const char *folder = start->folder[0] ? arena_printf(p->a, "/app/%s", start->folder)
					      : "/app";
	const char *file;

	if (!path_normalise(p->a, str_of(start->file), &file, e))
		return false;
	*list_push(p->a, &p->entrypoint) = "/usr/bin/node";
	list_each(x, &start->before)
		*list_push(p->a, &p->entrypoint) = *x;
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "%s/%s", folder, file);
	list_each(x, &start->after)
		*list_push(p->a, &p->entrypoint) = *x;
	list_each(x, &start->env)
		*list_push(p->a, &p->image_env) = *x;
	p->workdir = folder;
	draft_chose(p->d, "entrypoint", start->file, "%s: %s",
		    own_path(p, start->folder[0]
					? arena_printf(p->a, "%s/" NODE_PACKAGE, start->folder)
					: NODE_PACKAGE),
		    start->from);
	if (start->unread)
		draft_leave(p->d,
			    "%s: \"start\" is \"%s\", which is not node and a file: write what it "
			    "does as \"entrypoint\"",
			    own_path(p, NODE_PACKAGE), start->unread);
	return true;
}

static void node_add_steps(struct own_project *p)
{
	if (p->dev)
		PROJECT_STEP(p, "development", "rm", "-r", "node_modules");
	PROJECT_STEP(p, "folder", "mkdir", "-p", "${destdir}/app");
	PROJECT_STEP(p, "install", "cp", "-R", ".", "${destdir}/app");
	if (p->dev)
		PROJECT_STEP(p, "production", "cp", "-R", "${production}/.", "${destdir}/app");
	*list_push(p->a, &p->keep) = "/app/**";
	if (p->lock)
		*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s", p->lock);
	if (own_has(p, ".npmrc") &&
	    !own_ignored(p, ".npmrc")) /* settings of npm, and mostly a token */
		*list_push(p->a, &p->drop) = "/app/.npmrc";
	if (own_has(p, ".gitignore"))
		*list_push(p->a, &p->drop) = "/app/.gitignore";
	draft_chose(p->d, "steps", "cp -R . /app", "what git does not ignore, and node_modules");
}

bool project_read_node(struct own_project *p, struct error *e)
{
	struct node_start start;
	const char *name;
	bool made;
	AUTO_JSON doc = { 0 };
	struct json_node root;
	struct str text;

	if (!own_has(p, NODE_PACKAGE))
		return err_set(e, ERR_INPUT,
			       "%s is not there: --node names the folder of a package; npm init "
			       "makes one",
			       own_path(p, NODE_PACKAGE));
	if (!own_text(p, NODE_PACKAGE, &text, e) ||
	    !json_parse(own_path(p, NODE_PACKAGE), text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !node_lock_find(p, &root, e))
		return false;
	name = jsonx_text(p->a, &root, "name");
	p->version = jsonx_text(p->a, &root, "version");
	p->name = name ? path_base(name) : NULL; /* "@team/app" */
	if (p->name)
		draft_chose(p->d, "name", p->name, "%s", own_path(p, NODE_PACKAGE));
	p->base = "nodejs20";
	p->toolchain = "node";
	made = node_build_add(p, &root);
	node_add_steps(p);
	return own_drop_scripts(p, "node", e) && node_find_start(p, &root, &start, e) &&
	       node_check_start(p, &root, &start, made, e) && node_add_entrypoint(p, &start, e);
}
