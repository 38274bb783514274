/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_TAKEN_DEPENDS_H
#define INPUT_RESOLVE_TAKEN_DEPENDS_H

/* Dependencies of an image's packages that no closure of libraries follows: what a recipe takes of
 * them, and what is left. The build has the last word (make/compose/depends.h): here only names are
 * known. */

#include "base/progress.h"
#include "input/lock/lock_order.h"
#include "input/resolve/resolve.h"

/* Those of `picks` that the component's `depends.take` means: what the packages `roots` depend on,
 * over any number of steps. A pattern that means nothing is a warning at its place. */
MUST_CHECK bool depends_take(struct arena *a, const struct index *x, const struct picks *picks,
			     const struct strings *roots, const struct component *c,
			     struct progress *progress, struct picks *out, struct error *e);

/* The role of what a component takes: "take:node". */
const char *depends_role(struct arena *a, const struct component *c);

/* Whether a component's `depends.accept` means this package. */
bool depends_accepts(const struct depends_accept *accept, const char *name);

/* Whether only maintainer scripts use the package, which never run here (make/scripts/scripts.h).
 */
bool depends_of_scripts(const char *name);

/* Tells as one note which packages the image's packages depend on that have no role in the image
 * and are not shared libraries by their names. */
MUST_CHECK bool depends_tell(struct arena *a, const struct lock_order *o, const struct index *x,
			     const struct lock *lock, struct error *e);

#endif
