/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOSURE_CLOSURE_H
#define CLOSURE_CLOSURE_H

/* Does it run? For every ELF file of a tree: which libraries does the dynamic loader need, where
 * would it find them in this tree, and when it would not, which candidate package has them.
 * Follows glibc's search order (ld.so(8)): DT_RPATH of the object and its loaders unless it has
 * DT_RUNPATH, DT_RUNPATH, the cache or the folders of ld.so.conf, the default folders. Reads
 * headers only; nothing is executed. */

#include "tree/tree.h"

/* Asks for a library that the tree lacks. The callback looks for `soname` (a file name, or an
 * absolute path) among candidates of the same machine as `needed_by` and adds file, links and owner
 * to the tree; *found tells whether it did. */
struct closure_candidates {
	bool (*provide)(struct closure_candidates *c, struct tree *t, const char *soname,
			const struct node *needed_by, bool *found, struct error *e);
};

/* One library looked up for one file. */
struct closure_edge {
	const char *file;		/* path in the tree */
	const char *needed;		/* DT_NEEDED string, or the PT_INTERP path */
	const char *found;		/* path in the tree of the file it resolves to; NULL: missing */
	const char *how;		/* "rpath", "runpath", "cache", "default", "interpreter", "loaded" */
};

struct closure {
	list_of(struct closure_edge) edges;	/* sorted by file, in the order of DT_NEEDED */
	size_t elf_files;
};

/* Finds, and through `candidates` (may be NULL) adds, the libraries of all ELF files in the tree.
 * A library that nobody has is ERR_INPUT naming the chain: "usr/sbin/squid needs libecap.so.3
 * ...". With candidates NULL, missing ones become edges with found == NULL instead. */
MUST_CHECK bool closure_run(struct arena *a, struct tree *t, struct closure_candidates *candidates,
			    struct closure *out, struct error *e);

#endif
