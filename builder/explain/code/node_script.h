/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_NODE_SCRIPT_H
#define EXPLAIN_CODE_NODE_SCRIPT_H

/* A script of package.json as commands without a shell, and the programs of packages that they
 * name. */

#include "base/str.h"
#include "format/json/json.h"

struct node_command {
	struct strings env, words; /* "NODE_ENV=production"; "vite", "build" */
};

struct node_commands {
	struct LIST(struct node_command) v;
};

/* The commands that `npm run NAME` runs one after another, with those of scripts that it runs in
 * turn, and of "preNAME" and "postNAME". false: there is none, or a shell would do more with it. */
bool node_script_split(struct arena *a, const struct json_node *scripts, const char *name,
		       struct node_commands *out);

/* "node_modules/vite/bin/vite.js", if package.json asks for the package: for development, too, or
 * else not. NULL: it does not, or the command is not known. */
const char *node_tool_path(struct arena *a, const struct json_node *root, const char *command,
			   bool development);

#endif
