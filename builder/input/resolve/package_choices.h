/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PACKAGE_CHOICES_H
#define INPUT_RESOLVE_PACKAGE_CHOICES_H

/* What components ask of single packages: another version or another suite than the candidate's. As
 * `apt-get install NAME/SUITE` and `NAME=VERSION` do it, the candidate is exchanged; with a suite,
 * dependencies that no candidate meets come from that suite, too. One name has one version in an
 * index, so components that ask for different ones contradict each other. */

#include "input/recipe/recipe_types.h"
#include "input/resolve/package_index.h"
#include "input/lock/lock.h"

struct choice_move {
	const struct component *by;
	struct index_package *before, *now;
};

struct choices {
	struct arena *a;
	struct index *x;
	struct LIST(struct choice_move) moves; /* in the order of making */
};

/* Makes what the component asks for - its suite; a version for the first of the provider's packages
 * - the candidates. 1; 0 and *lost: there is no such version; -1 error. */
MUST_CHECK int choices_take(struct choices *c, const struct component *component,
			    const struct provider *p, const char **lost, struct error *e);

/* Takes back all moves but the first `kept`. */
void choices_undo(struct choices *c, size_t kept);

/* Checks that all components of a recipe have what they asked for, now that all have asked; their
 * providers are chosen in `lock`. ERR_INPUT naming two that contradict each other. */
MUST_CHECK bool choices_check(const struct choices *c, const struct recipe *r,
			      const struct lock *lock, struct error *e);

/* Moves those of packages for all architectures in a second index, too. */
void choices_repeat(const struct choices *c, struct index *other);

/* "; there is curl 8.14 in trixie, 8.21 in trixie-backports" for a component whose version or suite
 * no package has, or "". */
const char *choices_hint(struct arena *a, const struct index *x, const struct component *component,
			 const char *package);

#endif
