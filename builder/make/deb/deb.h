/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNPACK_DEB_H
#define UNPACK_DEB_H

/* A Debian package, opened. A .deb (deb(5)) is decoded once: its data.tar is kept uncompressed in
 * the store beside an index of its entries, and its control members are kept whole. Opening a
 * package again reads only the index; contents are mapped where they are used. */

#include "transfer/store/store.h"
#include "make/deb/deb_package.h"
#include "make/tree/tree.h"

/* One entry of data.tar, checked (see deb.c for what is refused). */
struct deb_entry {
	const char *path; /* normalised, after the merged-/usr rewrite (bin/x -> usr/bin/x) */
	enum node_type type;
	unsigned mode;
	uint32_t uid, gid;
	int64_t mtime;
	const char *target;	/* links, as written; else NULL */
	uint64_t offset, size;	/* content within the decoded data.tar */
};

/* A member of control.tar: "control", "md5sums", "postinst", "triggers", ... */
struct deb_control {
	const char *name;
	struct str text;
	int64_t mtime;
};

struct deb {
	const struct deb_package *package;
	struct blob data;			/* the decoded data.tar */
	list_of(struct deb_entry) entries;	/* sorted by path */
	list_of(struct deb_control) control;	/* sorted by name */
};

/* Decodes every package that is not decoded yet, on all processors. The .deb files must be in the
 * store (fetch_packages). ERR_INPUT or ERR_VERIFY naming the package. */
MUST_CHECK bool deb_decode_all(const struct store *s, const struct deb_package *const *packages,
			       size_t n, struct error *e);

/* Opens a decoded package (decoding it if need be). Names and texts live in `a`; close with
 * deb_close, after which contents of its nodes can no longer be read. */
MUST_CHECK bool deb_open(struct arena *a, const struct store *s, const struct deb_package *p,
			 struct deb *deb, struct error *e);
void deb_close(struct deb *deb);

/* A control member, or NULL; and its text, or an empty slice with p == NULL. */
const struct deb_control *deb_control_find(const struct deb *deb, const char *name);
struct str deb_control_text(const struct deb *deb, const char *name);

/* The entry at this path, or NULL. */
const struct deb_entry *deb_find(const struct deb *deb, const char *path);

/* A tree node for an entry; borrows from the deb. */
struct node deb_node(const struct deb *deb, const struct deb_entry *entry,
		     const struct owner *owner);

#endif
