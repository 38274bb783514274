/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_BUILD_VERDICT_H
#define CLI_BUILD_VERDICT_H

/* Why an image that was built is not taken: what build and init say of it. */

#include "line/build.h"

/* A warning for each finding that the policy refuses, and for each test that failed. */
void build_verdict_warn(struct progress *p, const struct build_result *r);

/* Sets ERR_FINDINGS for a result that was rejected; `against`: an image that it was compared with,
 * or NULL. */
bool build_verdict_refuse(const struct build_result *r, const char *against, struct error *e);

#endif
