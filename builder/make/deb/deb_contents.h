/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_CONTENTS_H
#define MAKE_DEB_DEB_CONTENTS_H

/* What is in an opened package: its control members and the entries of its data.tar, and how to
 * find one of them. How it is opened is deb.h's business. */

#include "make/deb/deb_package.h"
#include "make/tree/tree.h"

/* One entry of data.tar, checked (see deb.c for what is refused). */
struct deb_entry {
	const char *path; /* normalised, after the merged-/usr rewrite (bin/x -> usr/bin/x) */
	enum node_type type;
	unsigned mode;
	uint32_t uid, gid;
	int64_t mtime;
	const char *target;    /* links, as written; else NULL */
	uint64_t offset, size; /* content within the decoded data.tar */
};

/* A member of control.tar: "control", "md5sums", "postinst", "triggers", ... */
struct deb_control {
	const char *name;
	struct str text;
	int64_t mtime;
};

struct deb {
	const struct deb_package *package;
	struct blob data;			 /* the decoded data.tar */
	struct LIST(struct deb_entry) entries;	 /* sorted by path */
	struct LIST(struct deb_control) control; /* sorted by name */
};

/* A control member, or NULL; and its text, or an empty slice with p == NULL. */
const struct deb_control *deb_control_find(const struct deb *deb, const char *name);
struct str deb_control_text(const struct deb *deb, const char *name);

/* The entry at this path, or NULL. */
const struct deb_entry *deb_find(const struct deb *deb, const char *path);

/* A tree node for an entry; borrows from the deb. */
struct node deb_node(const struct deb *deb, const struct deb_entry *entry,
		     const struct owner *owner);

#endif
