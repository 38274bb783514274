/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_TREE_TREE_FOLDER_H
#define MAKE_TREE_TREE_FOLDER_H

/* A folder of the host as a tree, filled while it is looked at: what nobody asks for is never read.
 * The folder is the root: links are kept as links and followed inside it, as a process chrooted
 * into it would, so nothing outside of it is ever opened. Contents are mapped; nothing is
 * executed. */

#include "make/tree/tree.h"

struct folder {
	struct arena *a;
	int fd;				      /* the root; -1 when closed */
	const char *name;		      /* for messages */
	struct LIST(struct mapping) mappings; /* of files in the tree */
	struct strings unreadable;	      /* paths left out: permission denied */
};

/* Opens a folder. Trees filled from it are valid until folder_close. ERR_INPUT if there is none. */
MUST_CHECK bool folder_open(struct folder *f, struct arena *a, const char *path, struct error *e);
void folder_close(struct folder *f);
#define AUTO_FOLDER __attribute__((cleanup(folder_close))) struct folder
#define FOLDER_INIT { .fd = -1 }

/* Adds what leads to `path` (absolute within the root): the folders, links and the file. Nothing
 * there is no error. */
MUST_CHECK bool folder_reach(struct folder *f, struct tree *t, const char *path, struct error *e);

/* Adds the ELF files, links and folders below the folder `path` of the tree ("" is the root), which
 * was reached before. Other files are left to be reached; other file systems are entered. */
MUST_CHECK bool folder_walk(struct folder *f, struct tree *t, const char *path, struct error *e);

#endif
