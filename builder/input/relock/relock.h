/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_RELOCK_H
#define INPUT_RELOCK_RELOCK_H

/* The locks of a recipe and of the bases it stands on, as one thing: read together, made together,
 * and written all or none. */

#include "input/lock/lock_diff.h"
#include "input/relock/relock_parts.h"

/* Makes the locks of `r` and of its bases for a platform and appends them to `out`, unless they are
 * there. A lock that answers its recipe, has nothing to move and agrees with its bases stays as it
 * is, without a look at the archive; one of format 1 becomes format 2 in that. Nothing is written.
 * ERR_INPUT for a lock that cannot be read and is to be kept. */
MUST_CHECK bool relock_chain(struct arena *a, const struct relock_order *o, const struct recipe *r,
			     const struct platform *p, struct relocks *out, struct error *e);

/* Reads the locks of `r` and of its bases, as a build does: each must answer its recipe. One that
 * is not there yet is made - unless o->locked - and written; so is one that a build made itself,
 * nobody has changed since, and no image came of (relock_succeeded). */
MUST_CHECK bool relock_load(struct arena *a, const struct relock_order *o, const struct recipe *r,
			    const struct platform *p, struct relocks *out, struct error *e);

/* Makes locks anew that name packages which no server has any more (labels as lock_fetch gives
 * them), with a warning for each change, and writes them. `l` is what relock_load() gave. */
MUST_CHECK bool relock_replace(struct arena *a, const struct relock_order *o,
			       const struct strings *gone, struct relocks *l, struct error *e);

/* Remembers that an image came of these locks: from then on they are the user's. */
MUST_CHECK bool relock_succeeded(struct arena *a, const struct store *s, const struct relocks *l,
				 struct error *e);

/* Writes what a build has noted in the locks (locked_package.libraries), if they are as they were
 * read. A file that cannot be written is told, and no reason to fail. */
void relock_note(struct arena *a, const struct relocks *l, struct progress *progress);

/* Whether a lock's file is not what it should be now. */
bool relocked_changed(const struct relocked *r);

/* Writes what has changed: all files or none, also when the process is killed meanwhile (then
 * relock_recover() or the next call writes the rest). */
MUST_CHECK bool relock_write(struct arena *a, const struct relocks *l, struct error *e);

/* Ends what a killed relock_write() began in a repository; `may_write` false: ERR_INPUT saying what
 * to run. */
MUST_CHECK bool relock_recover(struct arena *a, const char *repository, bool may_write,
			       struct progress *progress, struct error *e);

#endif
