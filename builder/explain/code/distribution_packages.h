/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_DISTRIBUTION_PACKAGES_H
#define EXPLAIN_CODE_DISTRIBUTION_PACKAGES_H

/* Packages of Python modules that an image needs (LIBRARY_NEEDED), in versions that are asked for.
 */

#include "explain/code/project.h"
#include "input/lock/lock_order.h"

/* Adds those that were found to the packages of the image; `packages`, NULL where there is none,
 * and `taken` are in the order of p->libraries. What is there in another version says so there. */
MUST_CHECK bool distribution_packages_take(struct own_project *p, const struct lock_order *o,
					   const char *const packages[], bool taken[],
					   struct error *e);

/* ERR_INPUT, with p->unlocked: the archive lacks one, or has it in a version that is not asked for;
 * or it was not asked. */
MUST_CHECK bool distribution_packages_check(const struct own_project *p, bool asked,
					    struct error *e);

#endif
