/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_LINTIAN_H
#define E2E_LINTIAN_H

/* lintian(1), unpacked beside the project once and run as a program. */

#include "support/fixture_oracle.h"

/* The test fails if lintian has an error or a warning to say of the package; it is skipped, and
 * named in the last lines, where lintian cannot be had. */
void lintian_accepts(struct arena *a, const char *package);

#endif
