/* SPDX-License-Identifier: Apache-2.0 */
/* What failed, once more where a program of tests ends: of a long run often only the last lines are
 * kept. */

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <stdio.h>
#include <string.h>

#define SHOWN 12
#define WIDTH 200 /* of a message, of which the first line is shown */

static int line_length(const char *text)
{
	size_t n = strcspn(text, "\n");

	return n < WIDTH ? (int)n : WIDTH;
}

/* The list begins with the latest. */
static const struct criterion_assert_stats *first_failure(const struct criterion_test_stats *t)
{
	const struct criterion_assert_stats *first = NULL;

	for (const struct criterion_assert_stats *x = t->asserts; x; x = x->next) {
		if (!x->passed)
			first = x;
	}
	return first;
}

static void tell_failure(const struct criterion_test_stats *t)
{
	const struct criterion_assert_stats *x = first_failure(t);

	fprintf(stderr, "failed: %s::%s", t->test->category, t->test->name);
	if (t->timed_out)
		fputs(": timed out", stderr);
	else if (t->crashed)
		fprintf(stderr, ": crashed, signal %d", t->signal);
	else if (x)
		fprintf(stderr, ": %s:%u: %.*s", x->file, x->line, line_length(x->message),
			x->message);
	fputc('\n', stderr);
}

static bool has_failed(const struct criterion_test_stats *t)
{
	return t->timed_out || t->crashed || t->test_status == CR_STATUS_FAILED;
}

/* Criterion names hooks by their lines: two of a program must not be on the same. */
ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
	unsigned failed = 0;

	for (const struct criterion_suite_stats *s = stats->suites; s; s = s->next) {
		for (const struct criterion_test_stats *t = s->tests; t; t = t->next) {
			if (has_failed(t) && failed++ < SHOWN)
				tell_failure(t);
		}
	}
	if (failed > SHOWN)
		fprintf(stderr, "failed: %u more\n", failed - SHOWN);
}
