/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SETTLE_H
#define EXPLAIN_INIT_SETTLE_H

/* What the audit refuses of a first image: left out, accepted with what was read, or told. */

#include "explain/init/draft.h"
#include "inspect/audit/audit.h"

/* Changes the draft for the findings that reach the policy's level. true: something changed, and it
 * is worth another build. What cannot be helped is left to decide. */
bool settle_findings(struct init_draft *d, const struct audit_result *r);

#endif
