/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_CLOSURE_CANDIDATES_H
#define MAKE_CLOSURE_CLOSURE_CANDIDATES_H

/* What the closure asks of whoever has more than the tree: packages
 * (make/closure/library_candidates.h), a folder of the host (make/closure/closure_folder.h). */

#include "format/elf/elf.h"
#include "make/tree/tree.h"

/* A library that a file needs. */
struct closure_want {
	const char *soname; /* a file name, or an absolute path */
	const struct node *file;
	const struct elf *elf; /* of the file */
};

/* What may change a tree while it is followed. Callbacks may be NULL. */
struct closure_candidates {
	/* Asks for a library that the tree lacks. The callback looks for it among candidates of the
	 * same machine and adds file, links and owner to the tree; *found tells whether it did. */
	bool (*provide)(struct closure_candidates *c, struct tree *t,
			const struct closure_want *want, bool *found, struct error *e);

	/* Called before the tree is asked for `path` (absolute): a tree that is filled while it is
	 * looked at (make/closure/closure_folder.h) adds what leads there. */
	bool (*reach)(struct closure_candidates *c, struct tree *t, const char *path,
		      struct error *e);

	/* The caller writes etc/ld.so.cache from the finished tree (make/closure/loader_cache.h):
	 * the folders of etc/ld.so.conf count already, and a cache that stands there does not. */
	bool cache_follows;
};

#endif
