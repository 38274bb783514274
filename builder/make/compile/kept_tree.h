/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_KEPT_TREE_H
#define MAKE_COMPILE_KEPT_TREE_H

/* The folder of a source in C or C++ as its last build left it, for --incremental: make and ninja
 * go by the times of files and make again what is older than what it is made from. Files of the
 * source that changed are written anew, with the time of now; those that are gone are removed; what
 * a build changed of them is put right. What it added stays, objects above all.
 *
 * It lies in the store, one for each folder and platform, and belongs to one build at a time. What
 * is noted of its files stands beside it, where no build can write. */

#include "make/compile/kept_place.h"
#include "make/compile/source_folder.h"

struct kept_tree {
	struct kept_place place; /* that it is in */
	const char *path; /* for mounts; NULL: it is not to be used, which costs time alone */
	bool reused;	  /* a build was in it before */
	struct str notes; /* for kept_tree_note() */
};
#define KEPT_TREE_INIT { .place = KEPT_PLACE_INIT }

/* Whether there is one for this request: its compilers have no other memory than ccache, and all
 * that is in the folder comes from the source's folder. */
bool kept_tree_serves(const struct compile_request *rq);

/* Makes the tree what the files are. t->path is NULL where another build has it, or where what is
 * noted of a file cannot be told in a line. `t` has parts in `a`. ERR_SYSTEM. */
MUST_CHECK bool kept_tree_open(struct arena *a, const struct compile_request *rq,
			       const struct source_files *files, struct kept_tree *t,
			       struct error *e);

/* What the build left may be used again: its steps came to an end of their own. One that was killed
 * leaves half a file, which looks newer than what it is made from. Where this cannot be written
 * down, the next build begins anew. */
void kept_tree_note(const struct kept_tree *t);

void kept_tree_close(struct kept_tree *t);
#define AUTO_KEPT_TREE __attribute__((cleanup(kept_tree_close))) struct kept_tree

/* What is in it is of no use: the next build begins anew. */
void kept_tree_forget(struct arena *a, const struct compile_request *rq);

#endif
