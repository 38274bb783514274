/* SPDX-License-Identifier: Apache-2.0 */
/* The result for CI systems: JUnit XML and GitHub's workflow commands. */

#include "inspect/report/escape.h"
#include "inspect/report/report.h"
#include "inspect/audit/rules.h"

#define ANNOTATIONS_MAX 10 /* of one kind that GitHub shows for one step */

static bool is_failing_finding(const struct report *r, const struct finding *f)
{
	return !f->accepted && r->fail_on != SEV_NEVER && f->severity >= r->fail_on;
}

static const struct finding *first_of(const struct findings *l, const struct rule *rule,
				      size_t *end)
{
	for (size_t i = 0; i < l->n; i++) {
		if (l->v[i].rule == rule) {
			*end = finding_group_end(l, i);
			return &l->v[i];
		}
	}
	*end = 0;
	return NULL;
}

static size_t count_failing(const struct report *r, const struct rule *rule)
{
	const struct findings *l = &r->result->findings;
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i].rule == rule && is_failing_finding(r, &l->v[i]);
	return n;
}

static void add_lines(const struct report *r, const struct finding *f, const struct finding *end,
		      bool failures, struct buf *out)
{
	AUTO_ARENA a = { 0 };

	for (; f && f < end; f++) {
		if (is_failing_finding(r, f) != failures)
			continue;
		escape_xml(out, arena_printf(&a, "%s: %s: %s%s%s\n", severity_name(f->severity),
					     finding_subject(&a, f), f->message,
					     f->accepted ? " (accepted) " : "",
					     f->accepted ? f->accepted->reason : ""));
	}
}

static bool is_skipped(const struct report *r, const struct rule *rule)
{
	return !r->result->vulns && str_starts(str_of(rule->id), STR("cve."));
}

static void junit_add_rule(const struct report *r, const struct rule *rule, struct buf *out)
{
	const struct findings *l = &r->result->findings;
	size_t end, bad = count_failing(r, rule);
	const struct finding *f = first_of(l, rule, &end);

	if (is_skipped(r, rule)) {
		buf_printf(
			out,
			"    <testcase classname=\"audit\" name=\"%s\"><skipped message=\"vulnerabilities were " NOT_LOOKED_AT
			"\"/></testcase>\n",
			rule->id);
		return;
	}
	buf_printf(out, "    <testcase classname=\"audit\" name=\"%s\">\n", rule->id);
	if (bad) {
		buf_printf(out,
			   "      <failure type=\"%s\" message=\"%zu: ", severity_name(f->severity),
			   bad);
		escape_xml(out, rule->title);
		buf_puts(out, "\">");
		add_lines(r, f, l->v + end, true, out);
		buf_puts(out, "</failure>\n");
	}
	if (f) {
		buf_puts(out, "      <system-out>");
		add_lines(r, f, l->v + end, false, out);
		buf_puts(out, "</system-out>\n");
	}
	buf_puts(out, "    </testcase>\n");
}

void report_junit(const struct report *r, struct buf *out)
{
	size_t failures = 0, skipped = 0;

	for (size_t i = 0; i < rules_count; i++) {
		failures += count_failing(r, &rules[i]) != 0;
		skipped += is_skipped(r, &rules[i]);
	}
	buf_puts(out,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"");
	escape_xml(out, r->result->image);
	buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n", rules_count,
		   failures, skipped);
	for (size_t i = 0; i < rules_count; i++)
		junit_add_rule(r, &rules[i], out);
	buf_puts(out, "  </testsuite>\n</testsuites>\n");
}

/* '%', CR and LF always; ':' and ',' in properties, too. */
static void github_escape(struct buf *out, const char *text, bool property)
{
	size_t room = strlen(text) * 4 + 1;
	char *shown = arena_alloc(out->a, room);

	str_escape(str_of(text), shown, room);
	for (const char *p = shown; *p; p++) {
		if (*p == '%' || *p == '\r' || *p == '\n' || (property && (*p == ':' || *p == ',')))
			buf_printf(out, "%%%02X", (unsigned char)*p);
		else
			buf_putc(out, *p);
	}
}

static enum annotation {
	NOTICE,
	WARNING,
	ERROR
} annotation_level(const struct report *r, const struct finding *f)
{
	return is_failing_finding(r, f) ? ERROR : f->severity >= SEV_MEDIUM ? WARNING : NOTICE;
}

static void add_annotation(const struct report *r, const struct finding *f, struct buf *out)
{
	static const char *const words[] = {
		[NOTICE] = "notice", [WARNING] = "warning", [ERROR] = "error"
	};
	AUTO_ARENA a = { 0 };

	buf_printf(out, "::%s ", words[annotation_level(r, f)]);
	if (r->result->recipe) {
		buf_puts(out, "file=");
		github_escape(out, r->result->recipe, true);
		buf_puts(out, ",line=1,");
	}
	buf_puts(out, "title=");
	github_escape(out, f->rule->id, true);
	buf_puts(out, "::");
	github_escape(out, arena_printf(&a, "%s: %s", finding_subject(&a, f), f->message), false);
	buf_putc(out, '\n');
}

/* Of each kind no more than are shown; the last notice is the verdict. */
void report_github(const struct report *r, struct buf *out)
{
	const struct findings *l = &r->result->findings;
	size_t left[] = { [NOTICE] = ANNOTATIONS_MAX - 1,
			  [WARNING] = ANNOTATIONS_MAX,
			  [ERROR] = ANNOTATIONS_MAX };
	size_t hidden = 0;
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		const struct finding *f = &l->v[i];

		if (f->accepted)
			continue;
		if (left[annotation_level(r, f)]) {
			left[annotation_level(r, f)]--;
			add_annotation(r, f, out);
		} else {
			hidden++;
		}
	}
	buf_printf(out, "::notice title=imgbuild audit::%s", report_verdict(&a, r));
	if (hidden)
		buf_printf(out, "; %zu more findings are not annotated", hidden);
	if (!r->result->vulns)
		buf_puts(out, "; vulnerabilities were " NOT_LOOKED_AT);
	buf_putc(out, '\n');
}
