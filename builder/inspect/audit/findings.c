/* SPDX-License-Identifier: Apache-2.0 */
/* The list of findings: bounded, each of a rule that the table has. */

#include "inspect/audit/findings.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "inspect/audit/rules.h"

struct finding *finding_add(struct audit_run *r, const char *rule, const char *path,
			    const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (r->out->n == FINDINGS_MAX || (r->wanted && !r->wanted(rule)))
		return NULL;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*list_push(r->a, r->out) = (struct finding){
		.rule = rule_find(rule),
		.path = path,
		.message = strchr(fmt, '%') ? arena_strdup(r->a, text) : fmt
	}; /* fmt is a literal */
	assert(r->out->v[r->out->n - 1].rule);
	return &r->out->v[r->out->n - 1];
}

bool finding_exceeds_budget(const struct finding *f)
{
	return rule_matches("budget.*", f->rule->id) &&
	       strcmp(f->rule->id, "budget.unchecked") != 0;
}

const char *finding_subject(struct arena *a, const struct finding *f)
{
	return f->path ? arena_printf(a, "/%s", f->path) : "the image";
}
