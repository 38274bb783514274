/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_CLOSURE_H
#define MAKE_CLOSURE_CLOSURE_H

/* Does it run? For every ELF file of a tree: which libraries does the dynamic loader need, where
 * would it find them in this tree, and when it would not, which candidate package has them.
 *
 * Each program is followed as a process of its own, by the loader's rules
 * (format/elf/loader_process.h), for the oldest processor: the plain folder must have what
 * glibc-hwcaps has. A library that no program reaches (a plug-in, a Python module) is followed in a
 * process that can open it (format/elf/process_set.h). What .note.dlopen requires counts as if it
 * were in DT_NEEDED. Reads headers only; nothing is executed. Files below usr/lib/debug are left
 * out: they are never loaded. */

#include "format/elf/elf.h"
#include "make/closure/closure_candidates.h"
#include "make/closure/closure_edge.h"
#include "make/tree/tree.h"

/* An ELF file that cannot be read, and what is wrong with it. */
struct closure_bad {
	const char *file, *why;
};

/* An ELF file of the tree. */
struct closure_object {
	const struct node *node;
	const struct elf *elf;
};

struct closure {
	/* Sorted by file, then in the order of the file: interpreter, DT_NEEDED. A library that is
	 * found at different places by different programs has one edge for each. */
	struct LIST(struct closure_edge) edges;
	struct LIST(struct closure_object) objects; /* sorted by path */
	struct LIST(struct closure_bad) bad;	    /* sorted by file */
	size_t elf_files;			    /* objects and bad ones */
	size_t missing; /* edges without `found`, of which closure_edge_lacks() is true */
};

/* Finds, and through candidates->provide adds, the libraries of all ELF files in the tree.
 * `candidates` may be NULL. Missing libraries, all of them, become edges with found == NULL; so do
 * those that are malformed ELF files, and `why` says so. What is malformed and loaded by nobody is
 * in `bad` and does no harm. */
MUST_CHECK bool closure_run(struct arena *a, struct tree *t, struct closure_candidates *candidates,
			    struct closure *out, struct error *e);

/* As closure_run, for the one process that starts with the file at `path` of the tree, and for one
 * file after the other of it: what was read for one is not read again. ERR_INPUT if there is no
 * such file or it is not an ELF file. The world lives in its `a`, NULL with *e set; what is found
 * in that of the run, which may be gone before the world. */
struct world;
MUST_CHECK struct world *closure_world(struct arena *a, struct tree *t,
				       struct closure_candidates *candidates, struct error *e);
MUST_CHECK bool closure_run_in(struct arena *a, struct world *w, const char *path,
			       struct closure *out, struct error *e);

/* Takes over what another world, of a tree that this one began as, has read: files whose content is
 * the same are not read again. For speed: it changes no result. `from` must live as long. */
void closure_adopt(struct world *w, const struct world *from);

/* From now on what is read of files, by their digests, is kept and taken from what is kept. For
 * speed: it changes no result. */
struct kept_facts;
void closure_keep(struct world *w, const struct kept_facts *f);

/* From now on single processes alone are followed in this world: what opens modules need not be
 * known. Before anything is read. */
void closure_alone(struct world *w);

/* Reads files that will be run, and what they will likely load, in a few large steps. For speed:
 * it changes no result, and what is not there is passed over. */
MUST_CHECK bool closure_read_ahead(struct world *w, const struct strings *paths, struct error *e);

/* The edges of a file: a range of edges.v. */
const struct closure_edge *closure_edges(const struct closure *c, const char *file, size_t *n);

/* The object at a path of the tree, or NULL. */
const struct closure_object *closure_object(const struct closure *c, const char *path);

#endif
