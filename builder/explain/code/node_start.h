/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_NODE_START_H
#define EXPLAIN_CODE_NODE_START_H

/* What `npm start` would run, or the command that a package installs, as words without a shell. */

#include "explain/code/project.h"
#include "format/json/json.h"

#define NODE_PACKAGE "package.json"

struct node_start {
	const char *from;      /* `"start"`; NULL: nothing starts */
	const char *folder;    /* of the package, below the project's; "" is that itself */
	struct strings before; /* options of node, arguments */
	const char *file;      /* below `folder`, as it is written */
	struct strings after;
	struct LIST(struct draft_variable) env;
	bool installed;	    /* the file is of a package */
	const char *unread; /* a "start" that is something else; or NULL */
};

/* Whether a file of this name is there as node looks for it: "dist" may be dist/index.js. */
bool node_file_is_there(const struct own_project *p, const char *folder, const char *file);

/* "NAME=VALUE node --option FILE WORD". false: it is something else, which only a shell or npm can
 * run. */
bool node_start_parse(struct arena *a, const char *script, struct node_start *out);

/* What the package.json in `folder` starts, whether that file is there or not: "start", "bin",
 * "main", server.js, index.js. */
MUST_CHECK bool node_start_read(struct own_project *p, const char *folder, struct node_start *out,
				struct error *e);

#endif
