/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GEN_DEB_H
#define SUPPORT_GEN_DEB_H

/* Makes ar archives, tar streams, compressed streams and whole packages for tests: well-formed
 * ones, and ones that are wrong in a single place. Shares no code with the readers. */

#include "base/buf.h"

/* One tar header and its content. Fields left zero mean: a regular file, 0644, root, 2023, the size
 * of `content`. */
struct debgen_entry {
	const char *name;
	char type; /* '0' when zero */
	unsigned mode;
	const char *link;
	struct str content;
	const char *size_field;	 /* the twelve bytes as they are, instead of the true size */
	const char *uid_field;	 /* the eight bytes */
	const char *mtime_field; /* the twelve bytes */
	bool no_magic;		 /* a v7 header */
};
void debgen_tar_entry(struct buf *tar, const struct debgen_entry *entry);
void debgen_tar_file(struct buf *tar, const char *name, const char *content);
void debgen_tar_dir(struct buf *tar, const char *name);
void debgen_tar_link(struct buf *tar, const char *name, const char *target);
void debgen_tar_hardlink(struct buf *tar, const char *name, const char *target);
/* A PAX header ('x' or 'g') with these bytes for the next entry. */
void debgen_tar_pax(struct buf *tar, char type, const char *records);
/* Two zero blocks. */
void debgen_tar_end(struct buf *tar);

void debgen_ar_begin(struct buf *ar);
void debgen_ar_member(struct buf *ar, const char *name, struct str data);
/* A header with fields as given: name of up to 16 bytes, size of up to 10, magic of 2. */
void debgen_ar_header(struct buf *ar, const char *name, const char *size, const char *magic);

/* Whole streams. The last says how: "xz", "zst", "gz" or "" (as it is). */
struct str debgen_xz(struct arena *a, struct str bytes);
struct str debgen_zstd(struct arena *a, struct str bytes);
struct str debgen_gzip(struct arena *a, struct str bytes);
struct str debgen_compress(struct arena *a, struct str bytes, const char *suffix);

/* A package: control.tar with `control` (NULL: of package "demo" 1.0 amd64) and data.tar as given.
 */
#define DEBGEN_CONTROL "Package: demo\nVersion: 1.0\nArchitecture: amd64\nDescription: for tests\n"
struct debgen_deb {
	const char *control;
	struct buf *more_control; /* further entries of control.tar, or NULL */
	struct str data;	  /* a complete tar stream */
	const char *suffix;	  /* of both members; NULL: "xz" */
};
struct str debgen_deb(struct arena *a, const struct debgen_deb *d);
/* A data.tar with usr/, usr/bin/, usr/bin/demo, usr/share/doc/demo/copyright and a link. */
struct str debgen_data(struct arena *a);

#endif
