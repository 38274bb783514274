/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_SEVERITY_H
#define INSPECT_AUDIT_SEVERITY_H

#include "base/str.h"

/* How much a finding matters. The order is the order of --fail-on. */
enum severity { SEV_INFO, SEV_LOW, SEV_MEDIUM, SEV_HIGH, SEV_CRITICAL, SEV_NEVER };

const char *severity_name(enum severity s);
MUST_CHECK bool severity_parse(struct str name, enum severity *out);

#endif
