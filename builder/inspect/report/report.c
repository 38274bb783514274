/* SPDX-License-Identifier: Apache-2.0 */
/* What the forms of the report share, and the text for people. */

#include "inspect/report/report.h"

#include "base/date.h"
#include "base/size.h"
#include "format/text/platform_name.h"
#include "inspect/model/model.h"
#include "inspect/model/packages.h"
#include "inspect/audit/rules.h"
#include "inspect/vuln/vuln.h"

#define SHOWN_PER_RULE 12 /* findings of one rule in the text; JSON has all */

size_t finding_group_end(const struct findings *l, size_t i)
{
	const struct rule *rule = l->v[i].rule;

	while (i < l->n && l->v[i].rule == rule)
		i++;
	return i;
}

const char *report_verdict(struct arena *a, const struct report *r)
{
	size_t n = 0;

	if (r->fail_on == SEV_NEVER)
		return "report only";
	for (size_t s = r->fail_on; s < SEV_NEVER; s++)
		n += r->result->counts[s];
	return n == 0 ? arena_printf(a, "passed: nothing at or above %s", severity_name(r->fail_on))
		      : arena_printf(a, "failed: %zu finding%s at or above %s", n,
				     n == 1 ? "" : "s", severity_name(r->fail_on));
}

static const char *report_color(const struct report *r, enum severity s)
{
	static const char *const codes[] = {
		[SEV_INFO] = "\033[2m",	 [SEV_LOW] = "\033[36m",	[SEV_MEDIUM] = "\033[33m",
		[SEV_HIGH] = "\033[31m", [SEV_CRITICAL] = "\033[1;31m", [SEV_NEVER] = "\033[1m",
	};

	return r->color ? codes[s] : "";
}

static const char *report_plain(const struct report *r)
{
	return r->color ? "\033[0m" : "";
}

/* Text of the image, with everything that could drive a terminal or begin a line escaped. */
static void report_add_text(struct buf *out, const char *text)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(out->a, room);
	size_t n = str_escape(str_of(text), shown, room);

	for (size_t i = 0; i < n; i++) {
		if (shown[i] == '\n' || shown[i] == '\t')
			buf_puts(out, shown[i] == '\n' ? "\\n" : "\\t");
		else
			buf_putc(out, shown[i]);
	}
}

static size_t count_type(const struct model *m, enum item_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < m->items.n; i++)
		n += m->items.v[i]->type == type;
	return n;
}

static void add_facts(const struct report *r, struct arena *a, struct buf *out)
{
	const struct model *m = r->result->model;
	const struct image_facts *f = m->image;

	buf_puts(out, f->rootfs ? "rootfs    " : "image     ");
	report_add_text(out, r->result->image);
	buf_printf(out, "\nplatform  ");
	report_add_text(out, platform_name(out->a, f->os, f->architecture, f->variant));
	if (f->has_digest) {
		buf_printf(out, "\nmanifest  %s", content_digest_text(a, &f->manifest));
	}
	if (f->rootfs)
		buf_puts(out, "\ncontents  ");
	else
		buf_printf(out, "\nconfig    %s\ncontents  %zu layers, ",
			   content_digest_text(a, &f->config), f->layers.n);
	buf_printf(out, "%zu files, %s, %zu packages", count_type(m, ITEM_FILE),
		   size_text(a, m->bytes), m->packages.n);
	if (m->os_id) {
		buf_puts(out, ", ");
		report_add_text(out, m->os_id);
		buf_putc(out, ' ');
		report_add_text(out, m->os_version ? m->os_version : "");
	}
	buf_puts(out, "\npolicy    ");
	report_add_text(out, r->result->policy);
	buf_putc(out, '\n');
}

static void add_accepts(const struct report *r, struct buf *out)
{
	buf_puts(out, "accepts   ");
	if (r->result->accepts_of) {
		buf_printf(out, "%zu exceptions of ", r->result->accepts);
		report_add_text(out, r->result->accepts_of);
	} else {
		report_add_text(out, r->result->no_accepts ? r->result->no_accepts : "none");
	}
	buf_putc(out, '\n');
}

static void report_add_counts(const struct report *r, struct arena *a, struct buf *out)
{
	bool failed = r->fail_on != SEV_NEVER && audit_failed(r->result, r->fail_on);

	buf_printf(out, "verdict   %s%s%s\n          ",
		   report_color(r, failed ? SEV_CRITICAL : SEV_NEVER), report_verdict(a, r),
		   report_plain(r));
	for (size_t s = SEV_NEVER; s-- > 0;)
		buf_printf(out, "%zu %s, ", r->result->counts[s], severity_name((enum severity)s));
	buf_printf(out, "%zu accepted\n", r->result->accepted);
}

static void report_add_vulns(const struct report *r, struct buf *out)
{
	const struct vulns *l = r->result->vulns;

	if (!l) {
		buf_puts(out, "known     vulnerabilities " NOT_LOOKED_AT "\n");
		return;
	}
	buf_printf(out, "known     %zu vulnerabilit%s: ", l->n, l->n == 1 ? "y" : "ies");
	for (int s = 0; s < VULN_STATES; s++)
		buf_printf(out, "%s%zu %s", s ? ", " : "", l->counts[s],
			   vuln_state_name((enum vuln_state)s));
	buf_putc(out, '\n');
	list_each(in, &r->result->cve) {
		char date[DATE_TEXT];

		if (!in->when)
			continue;
		date_text(in->when, date);
		buf_printf(out, "          data of %s from ", date);
		report_add_text(out, in->name);
		buf_putc(out, '\n');
	}
}

static void add_finding(const struct report *r, struct arena *a, const struct finding *f,
			struct buf *out)
{
	buf_puts(out, "    ");
	report_add_text(out, finding_subject(a, f));
	buf_puts(out, ": ");
	report_add_text(out, f->message);
	if (f->accepted) {
		buf_printf(out, "%s (accepted: ", report_color(r, SEV_INFO));
		report_add_text(out, f->accepted->reason);
		if (f->accepted->until) {
			buf_puts(out, ", until ");
			report_add_text(out, f->accepted->until);
		}
		buf_printf(out, ")%s", report_plain(r));
	}
	buf_putc(out, '\n');
}

static void report_add_group(const struct report *r, struct arena *a, size_t from, size_t to,
			     struct buf *out)
{
	const struct findings *l = &r->result->findings;
	const struct finding *f = &l->v[from];
	size_t shown = to - from > SHOWN_PER_RULE + 1 ? SHOWN_PER_RULE : to - from;

	if (f->severity == SEV_INFO) { /* counted, not listed: nobody acts on them one by one */
		bool first = from == 0 || l->v[from - 1].severity != SEV_INFO;

		buf_printf(out, "%s%s%s%s  %s: %s (%zu)\n", first ? "\n" : "",
			   report_color(r, f->severity), severity_name(f->severity),
			   report_plain(r), f->rule->id, f->rule->title, to - from);
		return;
	}
	buf_printf(out, "\n%s%s%s  %s: %s\n", report_color(r, f->severity),
		   severity_name(f->severity), report_plain(r), f->rule->id, f->rule->title);
	for (size_t i = from; i < from + shown; i++)
		add_finding(r, a, &l->v[i], out);
	if (shown < to - from)
		buf_printf(out, "    ... and %zu more (--format json has all)\n",
			   to - from - shown);
}

static void add_unused(const struct report *r, struct buf *out)
{
	const struct audit_accepts *l = &r->result->unused;

	for (size_t i = 0; i < l->n; i++) {
		buf_puts(out,
			 i ? "" : "\nexceptions that no finding needed (or that have expired):\n");
		buf_puts(out, "    ");
		report_add_text(out, l->v[i].rule);
		if (l->v[i].path) {
			buf_putc(out, ' ');
			report_add_text(out, l->v[i].path);
		}
		if (l->v[i].where) {
			buf_puts(out, " at ");
			report_add_text(out, l->v[i].where);
		}
		buf_putc(out, '\n');
	}
}

void report_text(const struct report *r, struct buf *out)
{
	const struct findings *l = &r->result->findings;
	AUTO_ARENA scratch = { 0 };

	add_accepts(r, out);
	add_facts(r, &scratch, out);
	report_add_counts(r, &scratch, out);
	report_add_vulns(r, out);
	for (size_t i = 0, end; i < l->n; i = end) {
		end = finding_group_end(l, i);
		report_add_group(r, &scratch, i, end, out);
	}
	add_unused(r, out);
	if (l->n)
		buf_puts(
			out,
			"\n`imgbuild explain RULE` tells why a finding matters and what to do; --format json lists all.\n");
}
