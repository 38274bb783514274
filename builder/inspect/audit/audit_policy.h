/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_AUDIT_POLICY_H
#define INSPECT_AUDIT_AUDIT_POLICY_H

/* Policies: how much rules weigh, and what is accepted. */

#include "inspect/audit/findings.h"
#include "inspect/audit/rules.h"

struct rule_weight {
	const char *rule;	/* pattern */
	enum severity severity; /* SEV_NEVER: off */
};

struct policy {
	const char *name;
	enum severity fail_on;
	struct LIST(struct rule_weight) weights; /* later ones win */
	struct audit_accepts accept;
};

/* The policy of this name ("strict", "base", "report-only"), else read from the JSON file of this
 * name (docs/reference/audit.md). NULL means strict. ERR_INPUT with the place, ERR_SYSTEM. */
MUST_CHECK bool policy_load(struct arena *a, const char *name, struct policy *out, struct error *e);

/* How much the policy makes of a rule; SEV_NEVER: nothing. */
enum severity policy_weight(const struct policy *p, const struct rule *r);

/* Is `day` ("2027-01-31") a day? Then *last gets the first second after it. */
MUST_CHECK bool day_parse(const char *day, int64_t *after);

#endif
