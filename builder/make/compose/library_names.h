/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_LIBRARY_NAMES_H
#define MAKE_COMPOSE_LIBRARY_NAMES_H

/* Which libraries the candidates of a lock have, and which candidates a build has to open. A first
 * build finds out and notes it in the lock; later ones fetch and decode only those candidates that
 * have what is asked for, and begin with those that were opened the last time before anything asks.
 * A note that is out of date costs time and changes no image. */

#include "input/lock/lock.h"
#include "input/recipe/recipe_types.h"
#include "make/deb/deb.h"

/* Whether a package can be left unopened until somebody asks for one of its libraries. */
bool libraries_can_wait(const struct locked_package *p);

/* Whether a package has a library of this name (a file name, or a path). */
bool libraries_have(const struct locked_package *p, const char *name);

/* Notes in `p`, which `deb` was opened for, which libraries it has, unless that is known. Lives in
 * `a`. */
void libraries_note(struct arena *a, struct locked_package *p, const struct deb *deb);

/* Whether a package that can wait had to be opened when this recipe, or this variant of one, was
 * built the last time. */
bool libraries_were_opened(const struct locked_package *p, const struct recipe *r);

/* Notes whether it did now. Lives in `a`. */
void libraries_note_opened(struct arena *a, struct locked_package *p, const struct recipe *r,
			   bool opened);

#endif
