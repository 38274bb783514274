/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_AUDITED_H
#define SUPPORT_FIXTURE_AUDITED_H

/* What the audit finds in an image that a test made. */

#include "inspect/audit/audit.h"

/* The result; the test ends where there is none. */
struct audit_result audited(struct arena *a, const struct audit_request *req);

/* Whether this rule has a finding at this path; NULL: of the whole image. */
bool audited_has(const struct audit_result *r, const char *rule, const char *path);

/* All findings, a line each, for messages. */
const char *audited_text(struct arena *a, const struct audit_result *r);

#endif
