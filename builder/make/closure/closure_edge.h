/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_CLOSURE_EDGE_H
#define MAKE_CLOSURE_CLOSURE_EDGE_H

/* The answer to one question of the closure. Processes (loader.h) draft them, closure.c joins them.
 */

#include "format/elf/elf_types.h"

/* One library looked up for one file. */
struct closure_edge {
	const char *file;   /* path in the tree */
	const char *needed; /* DT_NEEDED string, the PT_INTERP path, or a name of .note.dlopen */
	const struct elf_dlopen *dlopen; /* the entry of .note.dlopen that asks for it; else NULL */
	const char *found;		 /* path in the tree of the file it is; NULL: missing */
	const char *how;		 /* "rpath", "runpath", "cache", "default", "interpreter",
					  * "path" (the name has a slash), "loaded", "package" (of a
					  * plug-in, somewhere in its package); NULL: missing */
	const char *why;		 /* missing: what stood in the way, or "not found" */
	const char *chain;		 /* missing: "usr/bin/a > usr/lib/b.so > c.so" */
	bool blocked;			 /* missing: the loader stumbles over a file, see `why` */
	bool given; /* missing: a candidate gave it, where the loader does not look */
};

/* Is it missing, and a fault? What .note.dlopen merely recommends or suggests is none. */
bool closure_edge_lacks(const struct closure_edge *edge);

#endif
