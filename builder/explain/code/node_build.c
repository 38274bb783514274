/* SPDX-License-Identifier: Apache-2.0 */
/* npm is not run: node is, with the file of the program that a command means. */

#include "explain/code/node_build.h"

#include "base/path.h"
#include "explain/code/node_installed.h"
#include "explain/code/node_script.h"
#include "explain/code/node_start.h"
#include "explain/code/node_workspaces.h"
#include "format/json/jsonx.h"

#define NODE_LARGE_MIB 65536

/* Programs of the toolchain node that scripts use. */
static bool build_is_of_toolchain(const char *name)
{
	static const char *const names[] = { "node",  "rm", "cp",    "mkdir", "mv",
					     "chmod", "ln", "touch", "true",  "echo" };

	return name_among(name, names, ARRAY_SIZE(names));
}

/* Those that reserve addresses for each of many threads, of which they use little. */
static bool build_is_large(const char *name)
{
	static const char *const names[] = { "next", "nuxt", "remix", "parcel" };

	return name_among(name, names, ARRAY_SIZE(names));
}

/* What looks at sources and makes nothing of them. */
static bool build_is_check(const char *name)
{
	static const char *const names[] = { "eslint", "prettier", "jest",    "vitest",
					     "mocha",  "biome",	   "tslint",  "stylelint",
					     "xo",     "standard", "depcheck" };

	return name_among(name, names, ARRAY_SIZE(names));
}

/* "rimraf dist" -> "rm", "-rf", "dist" */
static void build_remove(struct own_project *p, const struct strings *words, struct strings *out)
{
	*list_push(p->a, out) = "rm";
	*list_push(p->a, out) = "-rf";
	for (size_t i = 1; i < words->n; i++) {
		if (words->v[i][0] != '-')
			*list_push(p->a, out) = words->v[i];
	}
}

/* A package that is built: of the project itself, or of a workspace. */
struct build_place {
	struct own_project *p;
	const char *folder; /* "" is the project's */
	const struct json_node *root, *package;
};

/* The file of a command, from the folder in which it runs: npm and yarn put packages of all
 * workspaces into one folder, pnpm those of each into its own. */
static const char *build_tool(const struct build_place *b, const char *name)
{
	struct arena *a = b->p->a;
	const char *own = node_installed_path(b->p, b->package, name, true);
	const char *path = own ? own : node_installed_path(b->p, b->root, name, true);

	if (!path || !b->folder[0] || (own && node_is_pnpm(b->p)))
		return path;
	path = arena_printf(a, "../%s", path);
	for (const char *c = b->folder; (c = strchr(c, '/')); c++)
		path = arena_printf(a, "../%s", path);
	return path;
}

/* "env", "-C", "packages/app", "NODE_ENV=production", for what follows. */
static void build_surround(const struct build_place *b, const struct node_command *c,
			   struct strings *out)
{
	struct arena *a = b->p->a;

	if (c->env.n || b->folder[0])
		*list_push(a, out) = "env";
	if (b->folder[0]) {
		*list_push(a, out) = "-C";
		*list_push(a, out) = b->folder;
	}
	list_append(a, out, &c->env);
}

/* As words of a step; none: there is nothing to do. false: the program is not known. */
static bool build_step_words(const struct build_place *b, const struct node_command *c,
			     struct strings *out)
{
	static const char *const removers[] = { "rimraf", "del-cli", "del" };
	size_t first = strcmp(c->words.v[0], "shx") == 0 && c->words.n > 1;
	const char *name = c->words.v[first], *path = build_tool(b, name);
	struct own_project *p = b->p;

	if (build_is_check(name))
		return true;
	build_surround(b, c, out);
	if (name_among(name, removers, ARRAY_SIZE(removers))) {
		build_remove(p, &c->words, out);
		return true;
	}
	if (!path && !build_is_of_toolchain(name))
		return false;
	if (path && build_is_large(name))
		p->memory_mib = NODE_LARGE_MIB;
	*list_push(p->a, out) = path ? "node" : name;
	if (path)
		*list_push(p->a, out) = path;
	for (size_t i = first + 1; i < c->words.n; i++)
		*list_push(p->a, out) = c->words.v[i];
	return true;
}

struct build_steps {
	struct LIST(struct strings) v;
	bool node; /* it runs something of JavaScript */
	bool next;
};

static bool build_read(const struct build_place *b, const struct json_node *scripts,
		       struct build_steps *out)
{
	struct own_project *p = b->p;
	struct node_commands commands;

	if (!node_script_split(p->a, scripts, "build", &commands))
		return false;
	list_each(c, &commands.v) {
		struct strings words = { NULL, 0, 0 };

		if (!build_step_words(b, c, &words))
			return false;
		if (!words.n)
			continue;
		out->node |= strings_has(&words, "node");
		list_each(x, &words)
			out->next |= str_ends(str_of(*x), STR("next/dist/bin/next"));
		*list_push(p->a, &words) = NULL;
		*list_push(p->a, &out->v) = words;
	}
	return true;
}

/* Whether packages of others may be there for development alone. */
static bool build_has_development(struct own_project *p, const struct json_node *root)
{
	struct error ignored = { .kind = ERR_NONE };
	struct strings names = { NULL, 0, 0 };
	struct json_node n;

	if (jsonx_get(root, "workspaces", &n) || own_has(p, "pnpm-workspace.yaml"))
		return true;
	return jsonx_get(root, "devDependencies", &n) && json_node_is_object(&n) &&
	       jsonx_keys(root, "devDependencies", p->a, &names, &ignored) && names.n;
}

/* What Next.js keeps for its next build belongs in no image; and a name that it draws for each
 * build is in its files. */
static void build_tell_next(struct own_project *p, const char *folder)
{
	*list_push(p->a, &p->drop) = arena_printf(p->a, "/app/%s%s.next/cache/**", folder,
						  folder[0] ? "/" : "");
	draft_leave(p->d, "next build draws a random name for each build: with generateBuildId in "
			  "next.config.js two builds are the same");
}

static bool build_add(const struct build_place *b)
{
	struct own_project *p = b->p;
	struct build_steps steps = { .v = { NULL, 0, 0 } };
	const char *file = b->folder[0] ? arena_printf(p->a, "%s/" NODE_PACKAGE, b->folder)
					: NODE_PACKAGE;
	const char *label = b->folder[0] ? arena_printf(p->a, "build-%s", path_base(b->folder))
					 : "build";
	struct json_node scripts;
	const char *build = NULL;

	if (jsonx_get(b->package, "scripts", &scripts) && json_node_is_object(&scripts))
		build = jsonx_text(p->a, &scripts, "build");
	if (!build)
		return false;
	if (!build_read(b, &scripts, &steps)) {
		draft_leave(p->d,
			    "%s: \"build\" is \"%s\": npm is not run; write it as a step, with "
			    "\"dev\": true beside \"lock\" if it needs packages for development",
			    own_path(p, file), build);
		return false;
	}
	p->dev |= steps.node && p->lock && build_has_development(p, b->root);
	if (steps.next)
		build_tell_next(p, b->folder);
	for (size_t i = 0; i < steps.v.n; i++)
		own_add_step(p, i ? arena_printf(p->a, "%s-%zu", label, i + 1) : label,
			     steps.v.v[i].v);
	draft_chose(p->d, p->dev ? "dev" : "steps", build, "%s: \"build\"", own_path(p, file));
	return true;
}

bool node_build_add(struct own_project *p, const struct json_node *root)
{
	const struct build_place b = { p, "", root, root };

	return build_add(&b);
}

bool node_build_below(struct own_project *p, const struct json_node *root, const char *folder,
		      bool *out, struct error *e)
{
	const char *file = arena_printf(p->a, "%s/" NODE_PACKAGE, folder);
	AUTO_JSON doc = { 0 };
	struct json_node package;

	if (!own_json(p, file, &doc, &package, e))
		return false;
	*out = build_add(&(struct build_place){ p, folder, root, &package });
	return true;
}
