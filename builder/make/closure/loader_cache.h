/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_LOADER_CACHE_H
#define MAKE_CLOSURE_LOADER_CACHE_H

/* What ldconfig(8) would do in a tree: the folders of etc/ld.so.conf and the cache of the libraries
 * in them and in the default folders. Makes no links: a library enters under its SONAME only if
 * something of that name is there. */

#include "base/buf.h"
#include "make/tree/tree.h"

/* The folders that etc/ld.so.conf and the files it includes name, as written, absolute. None if
 * the tree has no such file. */
MUST_CHECK bool cache_conf_folders(struct arena *a, const struct tree *t, struct strings *out,
				   struct error *e);

/* The text of etc/ld.so.cache for the tree: lib*.so*, ld-*.so*, ld.so.* of each folder that are
 * shared libraries of `like`'s byte order. `like` is any ELF file of the tree that runs there, and
 * says which default folders there are; NULL: the first ELF file of the tree. */
MUST_CHECK bool cache_build(struct arena *a, const struct tree *t, const struct node *like,
			    struct buf *out, struct error *e);

#endif
