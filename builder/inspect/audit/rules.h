/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_RULES_H
#define INSPECT_AUDIT_RULES_H

/* The table of rules. */

#include "inspect/audit/severity.h"

struct rule {
	const char *id; /* "elf.library-missing": part, then what is wrong */
	enum severity severity;
	const char *title;	 /* a few words, no full stop */
	const char *explanation; /* why it matters and what to do; sentences */
};

/* All rules, sorted by id. */
extern const struct rule rules[];
extern const size_t rules_count;

/* The rule of this id, or NULL; and the nearest id to a wrong one, or NULL. */
const struct rule *rule_find(const char *id);
const char *rule_nearest(const char *id);

/* Does an accepted `pattern` ("elf.*", "*") cover the rule? */
bool rule_matches(const char *pattern, const char *id);

#endif
