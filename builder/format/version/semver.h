/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_SEMVER_H
#define FORMAT_VERSION_SEMVER_H

/* Semantic versions (semver.org, 2.0.0), and what is near them: Go writes a "v" in front, and its
 * own releases may have two numbers ("1.20"). What follows '+' is no part of the order. */

#include "base/str.h"

/* As version_compare. */
int semver_compare(struct str a, struct str b);

#endif
