/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_AUDIT_FINDINGS_H
#define INSPECT_AUDIT_FINDINGS_H

/* What an audit finds, and what is accepted of it. */

#include "inspect/audit/severity.h"

/* A finding that somebody has looked at: it is shown as accepted and does not fail the audit. */
struct audit_accept {
	const char *rule;   /* rule id; a final '*' stands for any end */
	const char *path;   /* glob over absolute paths, or NULL: any subject */
	const char *reason; /* never empty */
	const char *until;  /* last day it holds, "2027-01-31", or NULL: always */
	const char *where;  /* where it was accepted, "recipes/x.json:12:5", or NULL */
};

struct audit_accepts LIST(struct audit_accept);

struct rule;  /* inspect/audit/rules.h */
struct model; /* inspect/model/model.h: what is in the image */
struct pem_memo;
struct records; /* inspect/model/packages.h: what reading package records brought to light */

struct finding {
	const struct rule *rule;
	enum severity severity; /* the rule's, or what the policy makes of it */
	const char *path;	/* in the image without leading slash, or NULL: the image */
	const char *message;
	const struct audit_accept
		*expected; /* why it need not count if nobody says anything else, or NULL */
	const struct audit_accept *accepted; /* NULL: it counts */
};

struct findings LIST(struct finding);

#define FINDINGS_MAX 100000 /* more are not noted: a list of so many does not tell all */

/* What the recipe says that the image is there to run. */
struct audit_expected {
	struct strings paths; /* globs over absolute paths */
	struct strings packages;
	const char *where; /* the recipe's file */
};

struct audit_run {
	struct arena *a;
	const struct model *m;
	const struct audit_expected *expected;
	const struct records *records;
	struct pem_memo *certificates; /* inspect/audit/pem_memo.h */
	int64_t now;
	struct findings *out;
	bool (*wanted)(const char *rule); /* of these alone; NULL: of all */
};

/* Adds a finding and gives it, or NULL when there are too many or nobody wants it. `rule` must be
 * in the table; `path` may be NULL. */
struct finding *finding_add(struct audit_run *r, const char *rule, const char *path,
			    const char *fmt, ...) PRINTF_LIKE(4, 5);

/* Whether it says that the image is larger than its budget allows. */
bool finding_exceeds_budget(const struct finding *f);

/* The place in the image for people: "/usr/bin/x", or "the image". */
const char *finding_subject(struct arena *a, const struct finding *f);

#endif
