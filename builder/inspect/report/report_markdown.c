/* SPDX-License-Identifier: Apache-2.0 */
/* The result in Markdown. Text of the image stands in code spans or has every mark escaped. */

#include "base/size.h"
#include "inspect/model/packages.h"
#include "inspect/report/escape.h"
#include "inspect/report/report.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vuln.h"

#define ROWS_MAX 20 /* of one rule */

static void markdown_add_head(const struct report *r, struct arena *a, struct buf *out)
{
	const struct model *m = r->result->model;
	bool failed = r->fail_on != SEV_NEVER && audit_failed(r->result, r->fail_on);

	buf_printf(out, "### %s ", failed ? "\xe2\x9d\x8c" : "\xe2\x9c\x85");
	escape_markdown(out, r->result->image);
	buf_printf(out, "\n\n**%s** (policy ", report_verdict(a, r));
	escape_markdown(out, r->result->policy);
	buf_puts(out, "): ");
	if (!m->image->rootfs)
		buf_printf(out, "%zu layers, ", m->image->layers.n);
	buf_printf(out, "%s, %zu packages\n\n|", size_text(a, m->bytes), m->packages.n);
	for (size_t s = SEV_NEVER; s-- > 0;)
		buf_printf(out, " %s |", severity_name((enum severity)s));
	buf_puts(out, " accepted |\n|---:|---:|---:|---:|---:|---:|\n|");
	for (size_t s = SEV_NEVER; s-- > 0;)
		buf_printf(out, " %zu |", r->result->counts[s]);
	buf_printf(out, " %zu |\n", r->result->accepted);
}

static void markdown_add_vulns(const struct vulns *l, struct buf *out)
{
	if (!l) {
		buf_puts(out, "\nKnown vulnerabilities: " NOT_LOOKED_AT ".\n");
		return;
	}
	buf_puts(out, "\nKnown vulnerabilities:");
	for (int s = 0; s < VULN_STATES; s++)
		buf_printf(out, "%s %zu %s", s ? "," : "", l->counts[s],
			   vuln_state_name((enum vuln_state)s));
	buf_puts(out, ".\n");
}

static void add_row(struct arena *a, const struct finding *f, struct buf *out)
{
	buf_puts(out, "| ");
	escape_markdown(out, finding_subject(a, f));
	buf_puts(out, " | ");
	escape_markdown(out, f->message);
	if (f->accepted) {
		buf_puts(out, " (accepted: ");
		escape_markdown(out, f->accepted->reason);
		buf_putc(out, ')');
	}
	buf_puts(out, " |\n");
}

static void markdown_add_group(struct arena *a, const struct findings *l, size_t from, size_t to,
			       struct buf *out)
{
	const struct finding *f = &l->v[from];

	buf_printf(
		out,
		"\n<details%s><summary><b>%s</b> %s: %s (%zu)</summary>\n\n| where | what |\n|---|---|\n",
		f->severity >= SEV_MEDIUM ? " open" : "", severity_name(f->severity), f->rule->id,
		f->rule->title, to - from);
	for (size_t i = from; i < to && i < from + ROWS_MAX; i++)
		add_row(a, &l->v[i], out);
	if (to - from > ROWS_MAX)
		buf_printf(out, "| ... | and %zu more |\n", to - from - ROWS_MAX);
	buf_puts(out, "\n</details>\n");
}

void report_markdown(const struct report *r, struct buf *out)
{
	const struct findings *l = &r->result->findings;
	AUTO_ARENA a = { 0 };

	markdown_add_head(r, &a, out);
	markdown_add_vulns(r->result->vulns, out);
	for (size_t i = 0, end; i < l->n; i = end) {
		struct buf group = { .a = &a };

		end = finding_group_end(l, i);
		markdown_add_group(&a, l, i, end, &group);
		if (out->n + group.n > MARKDOWN_MAX - 100) {
			buf_printf(out, "\n... and %zu more findings.\n", l->n - i);
			return;
		}
		buf_add(out, buf_str(&group));
	}
}
