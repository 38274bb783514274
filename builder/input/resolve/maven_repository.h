/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_MAVEN_REPOSITORY_H
#define INPUT_RESOLVE_MAVEN_REPOSITORY_H

/* Where a jar of a lock file may be had: repositories of Maven (maven.apache.org: repository
 * layout). */

#include "input/recipe/recipe.h"
#include "input/resolve/dependency_offer.h"

/* Adds the addresses of the dependencies of[0..n) to theirs in `offers`, best first: below the
 * recipe's own repositories; without them below a mirror of Maven's settings.xml
 * (~/.m2/settings.xml) that stands for their repository; last what the lock file names. ERR_INPUT
 * when none is left: no repository is built in, not the public one either. */
MUST_CHECK bool maven_addresses(struct arena *a, const struct source_recipe *r, const size_t *of,
				size_t n, struct dependency_offer *offers, struct error *e);

#endif
