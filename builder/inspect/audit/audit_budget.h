/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_AUDIT_BUDGET_H
#define INSPECT_AUDIT_AUDIT_BUDGET_H

/* What an image may have at most, and where that is said. */

#include "base/str.h"

struct audit_limit {
	const char *where; /* "recipes/x.json:12:30"; NULL: there is no limit */
	uint64_t most;
};

struct audit_budget {
	struct audit_limit compressed; /* bytes of all layers as they are pulled */
	struct audit_limit layers, packages;
	struct audit_limit cve; /* most: the enum severity from which none is allowed */
};

#endif
