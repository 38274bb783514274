/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_SYMBOL_VERSIONS_H
#define MAKE_CLOSURE_SYMBOL_VERSIONS_H

/* Do the libraries found offer the symbol versions that are asked of them? The loader refuses to
 * start a program for which one is not (glibc, elf/dl-version.c). */

#include "make/closure/closure.h"

struct version_miss {
	const char *file;    /* path in the tree */
	const char *library; /* path in the tree of the library that should offer it */
	const char *version; /* "GLIBC_2.38" */
	bool weak;	     /* the loader only warns */
	bool unversioned;    /* the library has no versions at all: the loader says nothing */
};

struct version_misses {
	struct LIST(struct version_miss) v; /* sorted as the closure's edges */
};

/* Checks every edge of a closure. */
void versions_check(struct arena *a, const struct closure *c, struct version_misses *out);

/* Is it one that keeps a program from starting? */
bool version_miss_is_fatal(const struct version_miss *miss);

#endif
