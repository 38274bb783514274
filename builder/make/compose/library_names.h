/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_LIBRARY_NAMES_H
#define MAKE_COMPOSE_LIBRARY_NAMES_H

/* Which libraries the candidates of a lock have. A first build reads them out of the packages and
 * notes them in the lock; later ones fetch and decode only those candidates that have what is asked
 * for. */

#include "input/lock/lock.h"
#include "make/deb/deb.h"

/* Whether a package can be left unopened until somebody asks for one of its libraries. */
bool libraries_can_wait(const struct locked_package *p);

/* Whether a package has a library of this name (a file name, or a path). */
bool libraries_have(const struct locked_package *p, const char *name);

/* Notes in `p`, which `deb` was opened for, which libraries it has, unless that is known. Lives in
 * `a`. */
void libraries_note(struct arena *a, struct locked_package *p, const struct deb *deb);

#endif
