/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RULES_H
#define AUDIT_RULES_H

/* The table of rules, and the policies that weigh them. */

#include "inspect/audit/audit.h"

struct rule {
	const char *id;			/* "elf.library-missing": part, then what is wrong */
	enum severity severity;
	const char *title;		/* a few words, no full stop */
	const char *explanation;	/* why it matters and what to do; sentences */
};

/* All rules, sorted by id. */
extern const struct rule rules[];
extern const size_t rules_count;

/* The rule of this id, or NULL; and the nearest id to a wrong one, or NULL. */
const struct rule *rule_find(const char *id);
const char *rule_nearest(const char *id);

/* Does an accepted `pattern` ("elf.*", "*") cover the rule? */
bool rule_matches(const char *pattern, const char *id);

struct rule_weight {
	const char *rule;		/* pattern */
	enum severity severity;		/* SEV_NEVER: off */
};

struct policy {
	const char *name;
	enum severity fail_on;
	struct { struct rule_weight *v; size_t n, cap; } weights;	/* later ones win */
	struct audit_accepts accept;
};

/* The policy of this name ("strict", "base", "report-only"), else read from the JSON file of this
 * name (docs/audit.md). NULL means strict. ERR_INPUT with the place, ERR_SYSTEM. */
MUST_CHECK bool policy_load(struct arena *a, const char *name, struct policy *out, struct error *e);

/* How much the policy makes of a rule; SEV_NEVER: nothing. */
enum severity policy_weight(const struct policy *p, const struct rule *r);

/* Is `day` ("2027-01-31") a day? Then *last gets the first second after it. */
MUST_CHECK bool day_parse(const char *day, int64_t *after);

#endif
