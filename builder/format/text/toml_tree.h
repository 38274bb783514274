/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_TOML_TREE_H
#define FORMAT_TEXT_TOML_TREE_H

/* TOML as the tree that it stands for: tables that are written in braces, below a header, or by
 * dotted keys are the same. */

#include "base/error.h"
#include "base/str.h"

enum toml_node_kind { TOML_NODE_TABLE, TOML_NODE_LIST, TOML_NODE_STRING, TOML_NODE_OTHER };

struct toml_node {
	const char *key; /* in its table; "" in a list */
	enum toml_node_kind kind;
	const char *text; /* of a string, a number ...; "" */
	/* of a table by key, of a list its tables, or its strings: others are left out */
	struct LIST(struct toml_node) children;
	size_t rank; /* in its table, as the text has them */
	unsigned line;
};

/* Reads a text of the file `file`. ERR_INPUT at the line that is malformed. */
MUST_CHECK bool toml_tree_read(struct arena *a, struct str text, const char *file,
			       struct toml_node *root, struct error *e);

/* What a table has under a key; NULL: nothing, or it is no table. `table` may be NULL, too. */
const struct toml_node *toml_node_get(const struct toml_node *table, const char *key);

/* The string, or the number as it is written, under a key of a table; NULL: neither is there. */
const char *toml_node_text(const struct toml_node *table, const char *key);

#endif
