/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_STATE_NAMES_H
#define INPUT_LOCK_STATE_NAMES_H

/* The names of a lock's states in its text, "debian/trixie/20260912T075541Z", both ways. A lock may
 * have any number of states, and each package names one: nothing here goes through all of them. */

#include "base/strmap.h"
#include "input/lock/lock.h"

struct state_names {
	struct strmap seen;  /* all that makes a state -> the state */
	struct strmap dates; /* suites with dates, and those that several states have */
	struct strmap shared;
	struct strmap newest; /* suite -> its newest state */
	struct strmap ids;    /* name -> state: made by state_names_finish() */
};

/* Notes a state, which lives as long as the names. The one that was noted before and is the same,
 * or NULL: it is new. */
const struct locked_state *state_names_add(struct arena *a, struct state_names *n,
					   const struct locked_state *s);

/* Makes the names of all states of a lock, which have been added. */
void state_names_finish(struct arena *a, struct state_names *n, const struct lock *lock);

/* The names of all states of a lock. */
void state_names_init(struct arena *a, struct state_names *n, const struct lock *lock);

/* The name of a state, in `a`: with the first digits of its digest behind it where the lock has two
 * of one suite and date. */
const char *state_names_id(struct arena *a, const struct state_names *n,
			   const struct locked_state *s);

/* The state of this name, and the newest state of a suite; or NULL. */
const struct locked_state *state_names_find(const struct state_names *n, const char *id);
const struct locked_state *state_names_newest(const struct state_names *n, const char *archive,
					      const char *codename);

#endif
