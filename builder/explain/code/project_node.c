/* SPDX-License-Identifier: Apache-2.0 */
/* A package.json with the lock file that npm writes beside it. */

#include "explain/code/node_lock.h"
#include "explain/code/node_build.h"
#include "explain/code/node_start.h"
#include "explain/code/node_workspaces.h"

#include "base/path.h"
#include "format/json/jsonx.h"

/* Whether a workspace has something of its own that starts, or that its script "build" makes;
 * index.js of a library is none. */
static bool node_starts(const struct own_project *p, const struct node_workspace *w,
			const struct node_start *start)
{
	if (start->installed)
		return true;
	if (start->from[0] != '"' || strcmp(start->from, "\"main\"") == 0)
		return false;
	return w->builds || node_file_is_there(p, w->folder, start->file);
}

/* Where the package itself has nothing that starts, a workspace of it may. */
static bool node_find_start(struct own_project *p, const struct node_workspaces *workspaces,
			    const char *inner, struct node_start *out, struct error *e)
{
	bool found = false;

	if (!node_start_read(p, inner, out, e))
		return false;
	if (inner[0] || out->installed || node_file_is_there(p, "", out->file))
		return true;
	list_each(w, &workspaces->v) {
		struct node_start start;

		if (!node_start_read(p, w->folder, &start, e))
			return false;
		if (!node_starts(p, w, &start))
			continue;
		if (!found)
			*out = start;
		else
			draft_leave(p->d, "%s starts something, too: the recipe starts %s",
				    own_path(p, w->folder), out->folder);
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
		return err_set(e, ERR_INPUT,
			       "%s: %s, which starts (%s), is not a file of the folder",
			       own_path(p, start->folder[0] ? arena_printf(p->a, "%s/" NODE_PACKAGE,
									   start->folder)
							    : NODE_PACKAGE),
			       start->file[0] ? start->file : "\"\"", start->from);
	path = start->folder[0] ? arena_printf(p->a, "%s/%s", start->folder, path) : path;
	rule = own_ignored(p, path);
	if (!rule && node_file_is_there(p, start->folder, start->file)) {
		p->ready = made ? path : NULL;
		return true;
	}
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
	const char *file, *at = start->installed && !node_is_pnpm(p) ? "/app" : folder;

	if (!path_normalise(p->a, str_of(start->file), &file, e))
		return false;
	*list_push(p->a, &p->entrypoint) = "/usr/bin/node";
	list_append(p->a, &p->entrypoint, &start->before);
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "%s/%s", at, file);
	list_append(p->a, &p->entrypoint, &start->after);
	list_append(p->a, &p->image_env, &start->env);
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

static void node_add_steps(struct own_project *p, bool workspaces)
{
	if (p->dev && workspaces) /* they have such folders, too */
		PROJECT_STEP(p, "development", "find", ".", "-name", "node_modules", "-prune",
			     "-exec", "rm", "-r", "{}", "+");
	else if (p->dev)
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

/* A workspace is built in the folder that has the lock file; *inner: it, from there. */
static bool node_enter_root(struct own_project *p, const char **inner, struct error *e)
{
	struct own_project at = *p;

	*inner = "";
	if (node_lock_is_there(p))
		return true;
	while (own_up(&at, inner)) {
		struct node_workspaces workspaces;

		if (!own_has(&at, NODE_PACKAGE))
			continue;
		if (!node_workspaces_take(&at, &workspaces, e))
			return false;
		list_each(w, &workspaces.v) {
			if (strcmp(w->folder, *inner) != 0)
				continue;
			draft_chose(p->d, "folder", at.folder, "%s is a workspace of it",
				    p->folder);
			p->folder = at.folder;
			return true;
		}
	}
	*inner = "";
	return true;
}

/* The scripts of the package that starts, and of the workspaces that it needs before it. */
static bool node_add_builds(struct own_project *p, const struct json_node *root,
			    struct node_workspaces *workspaces, const char *folder, bool *made,
			    struct error *e)
{
	struct strings order = { NULL, 0, 0 };

	if (!folder[0]) {
		*made = node_build_add(p, root);
		return true;
	}
	*made = true;
	node_workspaces_order(p->a, workspaces, folder, &order);
	list_each(x, &order) {
		bool built;

		if (!node_build_below(p, root, *x, &built, e))
			return false;
		*made = *made && built;
	}
	return true;
}

static bool node_read_name(struct own_project *p, const char *inner, struct error *e)
{
	const char *file = inner[0] ? arena_printf(p->a, "%s/" NODE_PACKAGE, inner) : NODE_PACKAGE;
	AUTO_JSON doc = { 0 };
	struct json_node root;
	const char *name;

	if (!own_json(p, file, &doc, &root, e))
		return false;
	name = jsonx_text(p->a, &root, "name");
	p->version = jsonx_text(p->a, &root, "version");
	p->name = name ? path_base(name) : NULL; /* "@team/app" */
	if (p->name)
		draft_chose(p->d, "name", p->name, "%s", own_path(p, file));
	return true;
}

bool project_read_node(struct own_project *p, struct error *e)
{
	struct node_workspaces workspaces;
	struct node_start start;
	const char *inner;
	bool made;
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!own_has(p, NODE_PACKAGE))
		return err_set(e, ERR_INPUT,
			       "%s is not there: --node names the folder of a package; npm init "
			       "makes one",
			       own_path(p, NODE_PACKAGE));
	if (!node_enter_root(p, &inner, e) || !own_json(p, NODE_PACKAGE, &doc, &root, e) ||
	    !node_lock_find(p, &root, e) || !node_read_name(p, inner, e) ||
	    !node_workspaces_take(p, &workspaces, e) ||
	    !node_find_start(p, &workspaces, inner, &start, e) ||
	    !node_add_builds(p, &root, &workspaces, start.folder, &made, e))
		return false;
	p->base = "nodejs20";
	p->toolchain = "node";
	node_add_steps(p, workspaces.v.n > 0);
	return own_drop_scripts(p, "node", e) && node_check_start(p, &root, &start, made, e) &&
	       node_add_entrypoint(p, &start, e);
}
