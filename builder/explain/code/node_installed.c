/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a lock file is told by who builds from it. */

#include "explain/code/node_installed.h"

#include "base/io.h"
#include "explain/code/node_script.h"
#include "format/json/jsonx.h"
#include "format/text/npm_lock.h"

#define INSTALLED_LOCK_MAX ((size_t)64 << 20)
#define INSTALLED_FOLDER "node_modules/"

static bool installed_is_asked(const struct json_node *root, const char *name)
{
	static const char *const sections[] = { "dependencies", "optionalDependencies",
						"devDependencies" };
	struct json_node section, one;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		if (jsonx_get(root, sections[i], &section) && json_node_is_object(&section) &&
		    jsonx_get(&section, name, &one))
			return true;
	}
	return false;
}

/* The file of a command of a package in node_modules of the project; NULL: it has no such command.
 */
static const char *installed_file(struct arena *a, const struct npm_entry *x, const char *command)
{
	const char *name = x->place + strlen(INSTALLED_FOLDER);

	if (!x->file || strncmp(x->place, INSTALLED_FOLDER, strlen(INSTALLED_FOLDER)) != 0 ||
	    strstr(name, "/" INSTALLED_FOLDER))
		return NULL;
	list_each(c, &x->commands) {
		if (strcmp(c->name, command) == 0)
			return arena_printf(a, "%s/%s", x->place, c->path);
	}
	return NULL;
}

static const char *installed_by_npm(const struct own_project *p, const struct json_node *root,
				    const char *command, bool development)
{
	static const char *const locks[] = { "package-lock.json", "npm-shrinkwrap.json" };
	AUTO_ARENA own = { 0 };
	struct error ignored = { .kind = ERR_NONE };
	struct npm_entries entries = { NULL, 0, 0 }, others = { NULL, 0, 0 };
	const char *found = NULL;
	struct str text;

	if (!p->lock || !name_among(p->lock, locks, ARRAY_SIZE(locks)) ||
	    !io_read_named(&own, own_path(p, p->lock), INSTALLED_LOCK_MAX, &text, &ignored) ||
	    !npm_lock_read(&own, text, p->lock, &entries, &others, &ignored))
		return NULL;
	list_each(x, &entries) {
		const char *file = !x->dev || development ? installed_file(&own, x, command) : NULL;

		if (file && installed_is_asked(root, x->name))
			return arena_strdup(p->a, file);
		found = found ? found : file;
	}
	return found ? arena_strdup(p->a, found) : NULL;
}

const char *node_installed_path(const struct own_project *p, const struct json_node *root,
				const char *command, bool development)
{
	const char *path = installed_by_npm(p, root, command, development);

	return path ? path : node_tool_path(p->a, root, command, development);
}
