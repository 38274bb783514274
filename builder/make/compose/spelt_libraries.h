/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_SPELT_LIBRARIES_H
#define MAKE_COMPOSE_SPELT_LIBRARIES_H

/* Names of shared libraries that ELF files have among their strings, and modules of interpreters in
 * quotes: those that they may open by name (dlopen(3)). */

#include "make/tree/tree.h"
#include "transfer/store/kept_facts.h"

/* A file, and the names in it that stand there as whole strings or as the last parts of paths. */
struct spelt_file {
	const struct node *node;
	struct strings names; /* sorted, each once; see spelt_names_library() */
};
struct spelt_files LIST(struct spelt_file);

#define LIBRARY_PREFIX "lib"	     /* of each such name */
#define SPELT_MODULE_MOST (1u << 20) /* bytes of a file that is not ELF; more is data */
#define SPELT_ANY_VERSION "*"	     /* behind one that is asked for without a version */

/* Whether a library of this file name is among them. */
bool spelt_names_library(const struct strings *names, const char *library);

/* Adds what a file that is not ELF spells: in quotes, and what a module of Python asks ctypes'
 * find_library() for, "libpq.so*" of "pq". Sorted; in `a`. */
void spelt_by_module(struct arena *a, struct str bytes, struct strings *out);

/* Whether a file name is one that spelt_collect() would find. */
bool spelt_is_library(const char *name);

/* The files of a package in the tree that spell some, in the tree's order, and what they spell; in
 * `a`. Each file is read once, and not at all if an earlier run has `kept` what it spells. */
MUST_CHECK bool spelt_collect(struct arena *a, const struct tree *t, const char *package,
			      const struct kept_facts *kept, struct spelt_files *out,
			      struct error *e);

#endif
