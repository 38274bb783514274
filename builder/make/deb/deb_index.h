/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_INDEX_H
#define MAKE_DEB_DEB_INDEX_H

/* The index of a decoded package as bytes: control members and entries. It comes from the jailed
 * parser and later from the store; both times every field is checked again. */

#include "make/deb/deb_contents.h"

/* Version 1. For each control member, sorted by name
 *	"control MTIME LENGTH NAME" NUL, LENGTH bytes, "\n"
 * for each entry, sorted by path, where TYPE is f, d or l and MODE octal,
 *	"TYPE MODE UID GID MTIME OFFSET SIZE PATH" NUL TARGET NUL "\n"
 * and "end\n". */
void deb_index_write(const struct deb *deb, struct buf *out);

/* Reads and checks it: paths normalised, unique and merged, contents within `data_size` bytes,
 * every number in its range. Fills deb->control and deb->entries, which borrow from `text`.
 * ERR_INPUT. */
MUST_CHECK bool deb_index_read(struct arena *a, struct str text, uint64_t data_size,
			       struct deb *deb, struct error *e);

/* Where the merged /usr has it: "bin/x" -> "usr/bin/x" (in `a`), anything else as it is. */
const char *deb_merged_path(struct arena *a, const char *path);

/* Whether a path is one of the folders that merged /usr turns into links: "bin", "lib64", ... */
bool deb_is_merged_folder(const char *path);

#endif
