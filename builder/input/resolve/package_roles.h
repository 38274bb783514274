/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PACKAGE_ROLES_H
#define INPUT_RESOLVE_PACKAGE_ROLES_H

/* Which packages a recipe stands on, and as what:
 *
 *	image               named by the winning provider of a component: their files are selected
 *	take:COMPONENT      besides: taken by a component's `depends`, not named by its provider
 *	library             what those need, what `libraries` names, and what the build-depends of
 *	                    compiled components need: the closure may take libraries from them
 *	image-data          the packages of the CA bundle and of locales
 *	toolchain:NAME      what a toolchain holds
 *	source:NAME         toolchain and build-depends of a source, as one set
 */

#include "input/resolve/archive_state.h"

/* Fills lock->packages, sorted, for the components chosen in `lock`. ERR_INPUT naming what cannot
 * be resolved and who asks for it. */
MUST_CHECK bool roles_fill(struct arena *a, const struct archive_state *s, struct lock *lock,
			   struct error *e);

/* What a lock says of a package of an index of `s`; `roles` and `why` are left empty. One that is
 * kept is as its lock has it. */
void locked_package_of(struct arena *a, const struct archive_state *s,
		       const struct index_package *p, struct locked_package *out);

#endif
