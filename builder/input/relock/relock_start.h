/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_RELOCK_START_H
#define INPUT_RELOCK_RELOCK_START_H

/* For relock.c: a base that comes with imgbuild has a lock that comes with it, and begins as that
 * where the repository has none of it yet. Until it is written it is nobody's: what it has older
 * than a recipe needs, it begins with as the archive has it now. */

#include "input/relock/relock_parts.h"

/* Reads it into r->start, if there is one. */
MUST_CHECK bool start_read(struct arena *a, struct relocked *r, struct error *e);

/* What need not be kept of what the lock is made from: o->update, and of a start what has moved. */
const struct strings *start_update(struct arena *a, const struct relock_order *o,
				   const struct relocks *l, const struct relocked *r);

/* The last of `l`, from the `from`th on, could not be made. If that is for a package of a start
 * which stays as it was, notes that it moves, with those of its source: then it is worth another
 * try. */
bool start_move(struct arena *a, const struct relock_order *o, size_t from, struct relocks *l);

#endif
