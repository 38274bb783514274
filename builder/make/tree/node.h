/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_NODE_H
#define MAKE_TREE_NODE_H

/* One name in the file system being composed: what stands there, who brought it, and where its
 * bytes are. What stands beside it is the tree's business. */

#include "base/digest.h"
#include "base/path.h"

/* An open file that holds contents; shared by the nodes that point into it. */
struct blob {
	int fd;
	const char *name;	     /* for messages */
	const struct digest *digest; /* of the whole file when known, else NULL */
};

/* Where the bytes of a file are: in a blob, or in memory when blob is NULL. */
struct content {
	const struct blob *blob;
	uint64_t offset, size;
	const char *bytes;
	/* whether they begin as those of ELF files: 1 yes, -1 no, 0 nobody has looked; what is
	 * mapped is not touched for it */
	signed char is_elf;
};

enum owner_kind {
	OWNER_PACKAGE,	 /* a Debian package */
	OWNER_SOURCE,	 /* compiled here, from a source recipe or scripts-free/ */
	OWNER_RECIPE,	 /* a files, dirs or links entry */
	OWNER_GENERATED, /* made by imgbuild: passwd, ld.so.cache, status.d, ... */
	OWNER_IMAGE,	 /* in the image of others that the recipe stands on */
};

/* Who brought a node, for conflicts, status.d, the audit and `why`. */
struct owner {
	enum owner_kind kind;
	const char *name;    /* package or component name, or the recipe entry's path */
	const char *version; /* may be NULL */
	const char *layer;   /* the layer its nodes go to (recipe component, "libraries", ...) */
	const char *why;     /* recipe place or reason: "recipes/cephalo.json:12:5", "needed by
				usr/sbin/squid" */
	const char
		*remedy; /* what to write so that its files may take the place of others, or NULL */
};

enum node_type { NODE_FILE, NODE_DIR, NODE_LINK };

struct node {
	const char *path;
	enum node_type type;
	unsigned mode; /* permission bits, 07777 at most */
	uint32_t uid, gid;
	int64_t mtime;		/* seconds since the epoch */
	struct content content; /* files */
	const char *target;	/* links: as written */
	const struct owner *owner;
	bool implied;	 /* a parent folder nobody brought: any other node replaces it */
	const char *why; /* when it differs from the owner's; may be NULL */
};

/* Adds a line that says which bytes these are, by their digest or that of the file that they are
 * in; false: it is not known. */
bool content_put_name(const struct content *c, struct buf *out);

/* The bytes of a file node, mapped (or borrowed from memory). Release with io_unmap. */
MUST_CHECK bool node_map(const struct node *n, struct mapping *m, struct error *e);
/* Appends them to a file. */
MUST_CHECK bool node_write(const struct node *n, int fd, struct error *e);
MUST_CHECK bool node_digest(const struct node *n, struct digest *d, struct error *e);

#endif
