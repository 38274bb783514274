/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TREE_TREE_H
#define TREE_TREE_H

/* The file system being composed: nodes sorted by path, each with an owner and, for files, a
 * reference to its content. Nothing is ever laid out on the host's disk: paths here are names
 * in the image, normalised (base/path.h), and never reach a system call. The root itself is not a
 * node. */

#include "base/digest.h"
#include "base/path.h"

/* An open file that holds contents; shared by the nodes that point into it. */
struct blob {
	int fd;
	const char *name;	/* for messages */
	const struct digest *digest;	/* of the whole file when known, else NULL */
};

/* Where the bytes of a file are: in a blob, or in memory when blob is NULL. */
struct content {
	const struct blob *blob;
	uint64_t offset, size;
	const char *bytes;
};

enum owner_kind {
	OWNER_PACKAGE,		/* a Debian package */
	OWNER_SOURCE,		/* compiled here, from a source recipe or scripts-free/ */
	OWNER_RECIPE,		/* a files, dirs or links entry */
	OWNER_GENERATED,	/* made by imgbuild: passwd, ld.so.cache, status.d, ... */
};

/* Who brought a node, for conflicts, status.d, the audit and `why`. */
struct owner {
	enum owner_kind kind;
	const char *name;	/* package or component name, or the recipe entry's path */
	const char *version;	/* may be NULL */
	const char *layer;	/* the layer its nodes go to (recipe component, "libraries", ...) */
	const char *why;	/* recipe place or reason: "recipes/cephalo.json:12:5", "needed by usr/sbin/squid" */
	const char *remedy;	/* what to write so that its files may take the place of others, or NULL */
};

enum node_type { NODE_FILE, NODE_DIR, NODE_LINK };

struct node {
	const char *path;
	enum node_type type;
	unsigned mode;			/* permission bits, 07777 at most */
	uint32_t uid, gid;
	int64_t mtime;			/* seconds since the epoch */
	struct content content;		/* files */
	const char *target;		/* links: as written */
	const struct owner *owner;
	bool implied;			/* a parent folder nobody brought: any other node replaces it */
	const char *why;		/* when it differs from the owner's; may be NULL */
};

struct tree {
	struct arena *a;
	struct node **v;		/* sorted by path, bytewise */
	size_t n, cap;
};

void tree_init(struct tree *t, struct arena *a);

/* Adds a copy of `n` (strings are borrowed and must live as long as the tree), with the folders
 * above it where they are missing (0755 root, implied, mtime 0). Two folders merge when mode and
 * owner ids agree; identical links and files of identical content and metadata merge, too. Anything
 * else at the same path, or a path below something that is no folder, is a conflict: ERR_INPUT
 * naming the path and both owners. */
MUST_CHECK bool tree_add(struct tree *t, const struct node *n, struct error *e);

/* As tree_add, but replaces what is there (never a folder by something else). */
MUST_CHECK bool tree_replace(struct tree *t, const struct node *n, struct error *e);

/* The node at exactly this path, or NULL. */
struct node *tree_find(const struct tree *t, const char *path);

/* Follows links as a process chrooted into the tree would, at most 40 of them: the node that
 * is finally meant, or NULL (dangling, loop, or below a file). `path` may be absolute. The second
 * form says where a relative `path` starts. */
struct node *tree_resolve(const struct tree *t, const char *path);
struct node *tree_resolve_at(const struct tree *t, const char *dir, const char *path);

/* The index of the first node whose path is not less than `path`: with it, the nodes below a
 * folder are a range. */
size_t tree_lower(const struct tree *t, const char *path);

/* The bytes of a file node, mapped (or borrowed from memory). Release with io_unmap. */
MUST_CHECK bool node_map(const struct node *n, struct mapping *m, struct error *e);
MUST_CHECK bool node_digest(const struct node *n, struct digest *d, struct error *e);

#endif
