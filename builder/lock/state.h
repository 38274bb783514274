/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_STATE_H
#define LOCK_STATE_H

/* The archive as it is now: its suites, verified, and one index over all of them. */

#include "fetch/release.h"
#include "lock/index.h"
#include "lock/make.h"

struct state {
	struct arena *a;
	const struct lock_order *order;
	list_of(struct release) releases;	/* in the order of the recipe's suites */
	list_of(struct mapping) maps;		/* the index texts */
	struct index index;			/* what an image can be made of */
	struct index tools;			/* of the compilers' machine, when that is another */
};

/* The index in which compilers are found. */
const struct index *state_tools(const struct state *s);

/* Reads all suites of the recipe's archive, and of Sources what concerns `sources` (source package
 * names). A shortened copy of each index is kept in the store, so that an archive that has not
 * changed is not unpacked again. Close it after the last use of its index. */
MUST_CHECK bool state_open(struct arena *a, const struct lock_order *o,
			   const struct strings *sources, struct state *out, struct error *e);
void state_close(struct state *s);
#define AUTO_STATE __attribute__((cleanup(state_close))) struct state

/* The release a package or source comes from. */
const struct release *state_release(const struct state *s, const struct suite *suite);

#endif
