/* SPDX-License-Identifier: Apache-2.0 */
/* Names of severities. */

#include "inspect/audit/severity.h"

static const char *const severity_names[] = {
	[SEV_INFO] = "info", [SEV_LOW] = "low",		  [SEV_MEDIUM] = "medium",
	[SEV_HIGH] = "high", [SEV_CRITICAL] = "critical", [SEV_NEVER] = "never",
};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

bool severity_parse(struct str name, enum severity *out)
{
	for (size_t i = 0; i < SEV_NEVER; i++) {
		if (str_eq(name, str_of(severity_names[i]))) {
			*out = (enum severity)i;
			return true;
		}
	}
	return false;
}
