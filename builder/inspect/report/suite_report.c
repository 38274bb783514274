/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a result. Texts of images and of test files are escaped in each. */

#include "inspect/report/suite_report.h"

#include "format/json/jsonw.h"
#include "inspect/report/escape.h"
#include "inspect/suite/suite.h"

static const char *const outcome_names[] = { "passed", "failed", "skipped" };

#define EACH_TEST(r, s, t)                                                                      \
	for (const struct suite_outcomes *s = (r)->suites.v; s < (r)->suites.v + (r)->suites.n; \
	     s++)                                                                               \
		list_each(t, &s->tests)

void structure_text(const struct structure_result *r, struct buf *out)
{
	static const char *const words[] = { "ok  ", "FAIL", "skip" };

	EACH_TEST(r, s, t)
	{
		buf_printf(out, "%s %s: %s", words[t->outcome], test_kind_name(t->test->kind),
			   escape_line(out->a, t->test->name));
		if (t->outcome == OUTCOME_SKIPPED)
			buf_printf(out, " (%s)", escape_line(out->a, t->reason));
		if (t->outcome == OUTCOME_FAILED)
			buf_printf(out, " (%s)", escape_line(out->a, t->test->at));
		buf_putc(out, '\n');
		for (size_t i = 0; i < t->failures.n; i++)
			buf_printf(out, "       %s\n", escape_line(out->a, t->failures.v[i]));
	}
	buf_printf(out, "%zu passed, %zu failed, %zu skipped\n", r->passed, r->failed, r->skipped);
}

void structure_json(const struct structure_result *r, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "format", 1);
	jsonw_cstr(&w, "image", r->image);
	jsonw_u64(&w, "passed", r->passed);
	jsonw_u64(&w, "failed", r->failed);
	jsonw_u64(&w, "skipped", r->skipped);
	jsonw_array(&w, "tests");
	EACH_TEST(r, s, t)
	{
		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "name", t->test->name);
		jsonw_cstr(&w, "kind", test_kind_name(t->test->kind));
		jsonw_cstr(&w, "place", t->test->at);
		jsonw_cstr(&w, "outcome", outcome_names[t->outcome]);
		if (t->failures.n)
			jsonw_strings(&w, "failures", &t->failures);
		if (t->reason)
			jsonw_cstr(&w, "reason", t->reason);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}

static void add_attribute(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, " %s=\"", name);
	escape_xml(out, value);
	buf_putc(out, '"');
}

static void junit_add_test(const struct test_outcome *t, struct buf *out)
{
	buf_puts(out, "    <testcase");
	add_attribute(out, "classname", test_kind_name(t->test->kind));
	add_attribute(out, "name", t->test->name);
	if (t->outcome == OUTCOME_PASSED) {
		buf_puts(out, "/>\n");
		return;
	}
	buf_puts(out, ">\n");
	if (t->outcome == OUTCOME_SKIPPED) {
		buf_puts(out, "      <skipped");
		add_attribute(out, "message", t->reason);
		buf_puts(out, "/>\n");
	}
	if (t->failures.n) {
		buf_puts(out, "      <failure");
		add_attribute(out, "message", t->failures.v[0]);
		buf_puts(out, ">");
		escape_xml(out, t->test->at);
		buf_putc(out, '\n');
		for (size_t i = 0; i < t->failures.n; i++) {
			escape_xml(out, t->failures.v[i]);
			buf_putc(out, '\n');
		}
		buf_puts(out, "</failure>\n");
	}
	buf_puts(out, "    </testcase>\n");
}

static void junit_add_counts(struct buf *out, size_t tests, size_t failures, size_t skipped)
{
	buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", tests,
		   failures, skipped);
}

void structure_junit(const struct structure_result *r, struct buf *out)
{
	buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	junit_add_counts(out, r->passed + r->failed + r->skipped, r->failed, r->skipped);
	buf_puts(out, ">\n");
	for (size_t s = 0; s < r->suites.n; s++) {
		const struct suite_outcomes *o = &r->suites.v[s];
		size_t n[3] = { 0, 0, 0 };

		for (size_t i = 0; i < o->tests.n; i++)
			n[o->tests.v[i].outcome]++;
		buf_puts(out, "  <testsuite");
		add_attribute(out, "name", o->suite->file);
		junit_add_counts(out, o->tests.n, n[OUTCOME_FAILED], n[OUTCOME_SKIPPED]);
		buf_puts(out, ">\n");
		for (size_t i = 0; i < o->tests.n; i++)
			junit_add_test(&o->tests.v[i], out);
		buf_puts(out, "  </testsuite>\n");
	}
	buf_puts(out, "</testsuites>\n");
}

/* A description of TAP 14: '#' begins a directive, '\' escapes. */
static void add_description(struct buf *out, const char *text)
{
	for (const char *p = escape_line(out->a, text); *p; p++) {
		if (*p == '#' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
}

/* The YAML block of a failure; strings in JSON's quotes are YAML, too. */
static void add_diagnosis(const struct test_outcome *t, struct buf *out)
{
	struct jsonw w;

	buf_puts(out, "  ---\n  at: ");
	jsonw_init(&w, out, false);
	jsonw_cstr(&w, NULL, t->test->at);
	buf_puts(out, "\n  failures:\n");
	for (size_t i = 0; i < t->failures.n; i++) {
		buf_puts(out, "    - ");
		jsonw_init(&w, out, false);
		jsonw_cstr(&w, NULL, t->failures.v[i]);
		buf_putc(out, '\n');
	}
	buf_puts(out, "  ...\n");
}

void structure_tap(const struct structure_result *r, struct buf *out)
{
	size_t number = 0;

	buf_printf(out, "TAP version 14\n1..%zu\n", r->passed + r->failed + r->skipped);
	EACH_TEST(r, s, t)
	{
		buf_printf(out, "%sok %zu - ", t->outcome == OUTCOME_FAILED ? "not " : "",
			   ++number);
		add_description(out, t->test->name);
		if (t->outcome == OUTCOME_SKIPPED) {
			buf_puts(out, " # SKIP ");
			buf_puts(out, escape_line(out->a, t->reason));
		}
		buf_putc(out, '\n');
		if (t->outcome == OUTCOME_FAILED)
			add_diagnosis(t, out);
	}
}
