/* SPDX-License-Identifier: Apache-2.0 */
/* A package.json with the lock file that npm writes beside it. */

#include "explain/code/project.h"

#include "base/path.h"
#include "format/json/jsonx.h"

#define NODE_PACKAGE "package.json"

/* "node server.js" -> "server.js"; NULL for any other command. */
static const char *node_started(struct arena *a, const char *script)
{
	struct str rest = str_trim(str_of(script ? script : "")), word, file;

	if (!str_cut(rest, ' ', &word, &file) || !str_eq(word, STR("node")))
		return NULL;
	file = str_trim(file);
	return file.n && file.p[0] != '-' && !memchr(file.p, ' ', file.n) ? str_dup(a, file) : NULL;
}

/* What starts: scripts.start, main, index.js. */
static const char *node_find_main(struct own_project *p, const struct json_node *root)
{
	struct json_node scripts;
	const char *start = NULL, *main = jsonx_text(p->a, root, "main"), *found;
	const char *path;
	struct error bad = { .kind = ERR_NONE };

	if (jsonx_get(root, "scripts", &scripts) && json_node_is_object(&scripts))
		start = jsonx_text(p->a, &scripts, "start");
	found = node_started(p->a, start);
	if (start && !found)
		draft_leave(p->d,
			    "%s: \"start\" is \"%s\", which is not node and a file: write what it "
			    "does as \"entrypoint\"",
			    own_path(p, NODE_PACKAGE), start);
	draft_chose(p->d, "entrypoint",
		    found  ? found
		    : main ? main
			   : "index.js",
		    "%s: %s", own_path(p, NODE_PACKAGE),
		    found  ? "\"start\""
		    : main ? "\"main\""
			   : "neither \"start\" nor \"main\" names a file");
	found = found ? found : main ? main : "index.js";
	return path_normalise(p->a, str_of(found), &path, &bad) && path[0] ? path : NULL;
}

/* Compilers of JavaScript run as steps, and only their author knows how. */
static void node_tell_build(struct own_project *p, const struct json_node *root)
{
	struct json_node scripts;
	const char *build = NULL;

	if (jsonx_get(root, "scripts", &scripts) && json_node_is_object(&scripts))
		build = jsonx_text(p->a, &scripts, "build");
	if (build)
		draft_leave(p->d,
			    "%s: \"build\" is \"%s\": npm is not run; write it as a step, with "
			    "\"dev\": true beside \"lock\" if it needs packages for development",
			    own_path(p, NODE_PACKAGE), build);
}

static bool node_find_lock(struct own_project *p, struct error *e)
{
	static const char *const names[] = { "npm-shrinkwrap.json", "package-lock.json" };
	static const char *const others[] = { "yarn.lock", "pnpm-lock.yaml", "bun.lock" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!own_has(p, names[i]))
			continue;
		p->lock = names[i];
		draft_chose(
			p->d, "dependencies", p->lock,
			"%s is there; servers: what it names, \"from\" of the recipe, or .npmrc",
			own_path(p, p->lock));
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (own_has(p, others[i]))
			return err_set(e, ERR_INPUT,
				       "%s is not a lock file that is known: npm install "
				       "--package-lock-only writes package-lock.json",
				       own_path(p, others[i]));
	}
	return err_set(e, ERR_INPUT,
		       "%s is not there: npm install --package-lock-only writes it, and it belongs "
		       "into the repository",
		       own_path(p, "package-lock.json"));
}

static void node_add_steps(struct own_project *p)
{
	PROJECT_STEP(p, "folder", "mkdir", "-p", "${destdir}/app");
	PROJECT_STEP(p, "install", "cp", "-R", ".", "${destdir}/app");
	*list_push(p->a, &p->keep) = "/app/**";
	*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s", p->lock);
	if (own_has(p, ".gitignore"))
		*list_push(p->a, &p->drop) = "/app/.gitignore";
	draft_chose(p->d, "steps", "cp -R . /app", "what git does not ignore, and node_modules");
}

bool project_read_node(struct own_project *p, struct error *e)
{
	const char *name, *main;
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
	if (!json_want_object(&root, e) || !node_find_lock(p, e))
		return false;
	name = jsonx_text(p->a, &root, "name");
	p->version = jsonx_text(p->a, &root, "version");
	p->name = name ? path_base(name) : NULL; /* "@team/app" */
	if (p->name)
		draft_chose(p->d, "name", p->name, "%s", own_path(p, NODE_PACKAGE));
	p->base = "nodejs20";
	p->toolchain = "node";
	main = node_find_main(p, &root);
	if (!main)
		return err_set(e, ERR_INPUT, "%s: what starts is not a file of the folder",
			       own_path(p, NODE_PACKAGE));
	node_tell_build(p, &root);
	node_add_steps(p);
	*list_push(p->a, &p->entrypoint) = "/usr/bin/node";
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "/app/%s", main);
	return true;
}
