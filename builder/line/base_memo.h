/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_BASE_MEMO_H
#define LINE_BASE_MEMO_H

/* Bases that a run has made: images that stand on one base have it composed once. A base that is
 * kept is a chain of its own, made as if it had been asked for. It counts for an image if all that
 * decides it (line/unchanged.h) is as it was: recipes, locks, files, compressor. */

#include "base/str.h"

#define BASE_NAMES_MAX 60000  /* if they have more names of files, a few hundred bytes each, */
#define BASE_PACKAGES_MAX 256 /* or more packages, each an open file, all are let go */

struct build_order;
struct chain;
struct made_base;

struct base_memo {
	struct LIST(struct made_base *) v;
	struct arena a;	 /* of the list */
	size_t packages; /* of all of them */
	size_t names;	 /* of files, in their trees and packages */
	size_t made;	 /* bases, and how often */
	size_t found;	 /* one was there */
};

void base_memo_close(struct base_memo *m);

/* Lets go of all if there are too many. Not while a chain borrows from one. */
void base_memo_trim(struct base_memo *m);

/* Gives the chain the stages below its top as they were made (c->borrowed says how many), and its
 * tree with their nodes; makes them first if need be. The chain's own locks take what was noted in
 * the base's. Nothing is done where `m` is NULL, for a recipe without a base, and where a lock is
 * new: its base is made with the image. Fails as stages_make(); c->gone is set as that sets it. */
MUST_CHECK bool base_memo_take(struct arena *a, struct base_memo *m, const struct build_order *o,
			       struct chain *c, struct error *e);

#endif
