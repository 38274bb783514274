/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_ARCHIVE_STATE_H
#define INPUT_RESOLVE_ARCHIVE_STATE_H

/* The archive as it is now: its suites, verified, and one index over all of them. */

#include "input/resolve/state_fields.h"

/* The index in which compilers are found. */
const struct index *state_tools(const struct archive_state *s);

/* Reads all suites of the recipe's archive, and of Sources what concerns `sources` (source package
 * names). What a lock needs of each index is kept in the store, in a form that is searched, so that
 * of an archive that has not changed only what is asked for is read. Close it after the last use of
 * its index. */
MUST_CHECK bool state_open(struct arena *a, const struct lock_order *o,
			   const struct strings *sources, struct archive_state *out,
			   struct error *e);
void state_close(struct archive_state *s);
#define AUTO_STATE __attribute__((cleanup(state_close))) struct archive_state

/* Whether all that was looked up in the indexes is good; else *e says what is not, whatever it said
 * before (package_index.h). */
MUST_CHECK bool state_sound(const struct archive_state *s, struct error *e);

/* After a failure: whether something that is kept in the store was damaged. Then it is gone, and
 * whoever tries again has it made anew. The state is not to be used any more. */
bool state_mend(struct archive_state *s);
#define STATE_TRIES 2

/* Makes the indexes anew, from the same texts, with the packages of s->released no longer kept. */
MUST_CHECK bool state_rebuild(struct archive_state *s, struct error *e);

/* Whether a package of a lock that is being made stands as the order's locks have it. */
bool state_is_kept(const struct archive_state *s, const struct lock *lock,
		   const struct locked_package *p);

/* Adds to s->released a package and all others of its source, in all of the order's locks. */
void state_let_go(struct archive_state *s, const char *name);

/* The same for what no base has. */
void state_let_go_own(struct archive_state *s, const char *name);

/* The release a package or source comes from, and what a lock says of it. */
const struct release *state_release(const struct archive_state *s, const struct suite *suite);
const struct locked_state *state_locked(const struct archive_state *s, const struct suite *suite);

#endif
