/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_REPORT_REPORT_H
#define INSPECT_REPORT_REPORT_H

/* One result, told in several forms. Every text that comes from the image is untrusted: each form
 * escapes it in its own way (T37, T38). */

#include "inspect/audit/audit.h"
#include "base/buf.h"

/* In place of vulnerabilities, when no data about them were given: none found is something else. */
#define NOT_LOOKED_AT "not looked at (no --cve data)"

struct report {
	const struct audit_result *result;
	enum severity fail_on; /* the level that decides */
	bool color;	       /* text only */
	const char *tool_version;
};

/* For people: the verdict and what is in the image first, then the findings by rule. */
void report_text(const struct report *r, struct buf *out);

/* docs/audit.schema.json. */
void report_json(const struct report *r, struct buf *out);

/* SARIF 2.1.0 (OASIS). */
void report_sarif(const struct report *r, struct buf *out);

/* JUnit XML: one test case for each rule. */
void report_junit(const struct report *r, struct buf *out);

/* Workflow commands of GitHub Actions, worst first: of each kind as many as are shown. */
void report_github(const struct report *r, struct buf *out);

/* Tables in Markdown, for summaries and comments: at most MARKDOWN_MAX bytes. */
#define MARKDOWN_MAX (512u << 10) /* a step's summary may have 1 MiB in all */
void report_markdown(const struct report *r, struct buf *out);

/* One page for the browser, self-contained: what is in the image at a glance, and the findings with
 * filters and search. */
void report_html(const struct report *r, struct buf *out);

/* What failed() says in one line: "2 findings at or above medium". */
const char *report_verdict(struct arena *a, const struct report *r);

/* How many groups of findings share a rule with finding i: the index behind the last of them. */
size_t finding_group_end(const struct findings *l, size_t i);

#endif
