/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_TREE_H
#define MAKE_TREE_TREE_H

/* The file system being composed: nodes sorted by path, each with an owner and, for files, a
 * reference to its content. Nothing is ever laid out on the host's disk: paths here are names
 * in the image, normalised (base/path.h), and never reach a system call. The root itself is not a
 * node. */

#include "make/tree/node.h"

struct tree {
	struct arena *a;
	struct node **v; /* sorted by path, bytewise */
	size_t n, cap;
	size_t changes; /* nodes that were added or replaced: what was found before may be another
			 */
};

void tree_init(struct tree *t, struct arena *a);

/* Fills an empty tree with copies of the nodes; strings, owners and contents are shared. */
void tree_copy(const struct tree *from, struct tree *to);

/* Adds a copy of `n` (strings are borrowed and must live as long as the tree), with the folders
 * above it where they are missing (0755 root, implied, mtime 0). Two folders merge when mode and
 * owner ids agree; identical links and files of identical content and metadata merge, too. What an
 * image of others has stays as it is there: its folders, and files in which a package brings the
 * same content. Anything else at the same path, or a path below something that is not a folder, is
 * a conflict: ERR_INPUT naming the path and both owners. */
MUST_CHECK bool tree_add(struct tree *t, const struct node *n, struct error *e);

/* As tree_add, but replaces what is there (never a folder by something else). */
MUST_CHECK bool tree_replace(struct tree *t, const struct node *n, struct error *e);

/* The node at exactly this path, or NULL. */
struct node *tree_find(const struct tree *t, const char *path);

/* Follows links as a process chrooted into the tree would, at most 40 of them: the node that
 * is finally meant, or NULL (dangling, loop, or below a file). `path` may be absolute. */
struct node *tree_resolve(const struct tree *t, const char *path);

/* The index of the first node whose path is not less than `path`: with it, the nodes below a
 * folder are a range. */
size_t tree_lower(const struct tree *t, const char *path);

#endif
