/* SPDX-License-Identifier: Apache-2.0 */
/* A table of lock files, in the order in which they count. */

#include "explain/code/node_lock.h"

#include "format/json/jsonx.h"

static const struct node_lock_kind {
	const char *name, *manager, *command;
} node_locks[] = {
	{ "npm-shrinkwrap.json", "npm", "npm shrinkwrap" },
	{ "package-lock.json", "npm", "npm install --package-lock-only" },
	{ "pnpm-lock.yaml", "pnpm", "pnpm install --lockfile-only" },
	{ "yarn.lock", "yarn", "yarn install --ignore-scripts" },
};

/* A package that needs no other has nothing to lock. */
static bool node_needs_none(struct arena *a, const struct json_node *root)
{
	static const char *const sections[] = { "dependencies",		"devDependencies",
						"optionalDependencies", "peerDependencies",
						"bundleDependencies",	"workspaces" };
	struct json_node n;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct strings names = { NULL, 0, 0 };
		struct error ignored = { .kind = ERR_NONE };

		if (jsonx_get(root, sections[i], &n) &&
		    (!json_node_is_object(&n) ||
		     !jsonx_keys(root, sections[i], a, &names, &ignored) || names.n))
			return false;
	}
	return true;
}

/* "pnpm@9.1.0+sha512..." or { "packageManager": { "name": "pnpm" } }; NULL: nothing says. */
static const char *node_lock_manager(struct arena *a, const struct json_node *root,
				     const char **from)
{
	const char *text = jsonx_text(a, root, "packageManager");
	struct json_node engines, manager;

	*from = "packageManager";
	if (text)
		return arena_strndup(a, text, strcspn(text, "@"));
	*from = "devEngines";
	if (!jsonx_get(root, "devEngines", &engines) || !json_node_is_object(&engines) ||
	    !jsonx_get(&engines, "packageManager", &manager) || !json_node_is_object(&manager))
		return NULL;
	return jsonx_text(a, &manager, "name");
}

static void node_lock_choose(struct own_project *p, const struct node_lock_kind *kind,
			     const char *why)
{
	p->lock = kind->name;
	draft_chose(p->d, "dependencies", p->lock,
		    "%s %s; servers: what it names, \"from\" of the recipe, or .npmrc",
		    own_path(p, p->lock), why);
	for (size_t i = 0; i < ARRAY_SIZE(node_locks); i++) {
		if (&node_locks[i] != kind && own_has(p, node_locks[i].name))
			draft_leave(p->d, "%s is there, too, and is not read: %s counts",
				    own_path(p, node_locks[i].name), kind->name);
	}
}

/* What package.json names has to be there: the others may be old. */
static bool node_lock_of_manager(struct own_project *p, const char *manager, const char *from,
				 struct error *e)
{
	const struct node_lock_kind *last = NULL;

	for (size_t i = 0; manager && i < ARRAY_SIZE(node_locks); i++) {
		if (strcmp(node_locks[i].manager, manager) != 0)
			continue;
		last = &node_locks[i];
		if (!own_has(p, last->name))
			continue;
		node_lock_choose(p, last,
				 arena_printf(p->a, "is that of package.json's \"%s\"", from));
		return true;
	}
	if (last)
		return err_set(
			e, ERR_INPUT,
			"%s is not there, and package.json's \"%s\" is %s: %s writes it, and "
			"it belongs into the repository",
			own_path(p, last->name), from, manager, last->command);
	return true;
}

static bool node_lock_refuse(struct own_project *p, struct error *e)
{
	static const char *const others[] = { "bun.lock", "bun.lockb", "deno.lock" };

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

bool node_lock_find(struct own_project *p, const struct json_node *root, struct error *e)
{
	const char *from, *manager = node_lock_manager(p->a, root, &from);
	bool none = node_needs_none(p->a, root);

	if (!none && !node_lock_of_manager(p, manager, from, e))
		return false;
	for (size_t i = 0; !p->lock && i < ARRAY_SIZE(node_locks); i++) {
		if (own_has(p, node_locks[i].name))
			node_lock_choose(p, &node_locks[i], "is there");
	}
	return p->lock || none || node_lock_refuse(p, e);
}
