/* SPDX-License-Identifier: Apache-2.0 */
/* A table of lock files, in the order in which they count. */

#include "explain/code/node_lock.h"

#include "format/json/jsonx.h"
#include "format/text/yarn_lock.h"

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

/* The line that says that a yarn.lock is of yarn 2 or later, of which nothing can be fetched; 0: it
 * is not, or there is none. */
static bool node_lock_new_yarn(struct own_project *p, const char *name, unsigned *line,
			       struct error *e)
{
	struct str text;

	*line = 0;
	if (strcmp(name, "yarn.lock") != 0 || !own_has(p, name))
		return true;
	if (!own_head(p->a, p, name, &text, e))
		return false;
	*line = yarn_lock_is_new(text);
	return true;
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

/* The first that is there and can be read; with `manager` of those that it writes. */
static bool node_lock_first(struct own_project *p, const char *manager, const char *why,
			    struct error *e)
{
	for (size_t i = 0; !p->lock && i < ARRAY_SIZE(node_locks); i++) {
		unsigned line;

		if ((manager && strcmp(node_locks[i].manager, manager) != 0) ||
		    !own_has(p, node_locks[i].name))
			continue;
		if (!node_lock_new_yarn(p, node_locks[i].name, &line, e))
			return false;
		if (!line)
			node_lock_choose(p, &node_locks[i], why);
	}
	return true;
}

/* What package.json names has to be there: the others may be old. */
static bool node_lock_of_manager(struct own_project *p, const char *manager, const char *from,
				 struct error *e)
{
	const struct node_lock_kind *last = NULL;
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(node_locks); i++) {
		if (strcmp(node_locks[i].manager, manager) != 0)
			continue;
		last = &node_locks[i];
		any = any || own_has(p, last->name);
	}
	if (!last || any)
		return !last ||
		       node_lock_first(p, manager,
				       arena_printf(p->a, "is that of package.json's \"%s\"", from),
				       e);
	return err_set(e, ERR_INPUT,
		       "%s is not there, and package.json's \"%s\" is %s: %s writes it, and it "
		       "belongs into the repository",
		       own_path(p, last->name), from, manager, last->command);
}

static bool node_lock_refuse(struct own_project *p, struct error *e)
{
	static const char *const others[] = { "bun.lock", "bun.lockb", "deno.lock" };
	unsigned line;

	if (!node_lock_new_yarn(p, "yarn.lock", &line, e))
		return false;
	if (line) {
		err_set(e, ERR_INPUT, "%s", YARN_LOCK_IS_NEW);
		return err_at(e, own_path(p, "yarn.lock"), line, 1);
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

bool node_lock_find(struct own_project *p, const struct json_node *root, struct error *e)
{
	const char *from, *manager = node_lock_manager(p->a, root, &from);
	bool none = node_needs_none(p->a, root);

	return (none || !manager || node_lock_of_manager(p, manager, from, e)) &&
	       node_lock_first(p, NULL, "is there", e) &&
	       (p->lock || none || node_lock_refuse(p, e));
}

bool node_lock_is_there(const struct own_project *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(node_locks); i++) {
		if (own_has(p, node_locks[i].name))
			return true;
	}
	return false;
}
