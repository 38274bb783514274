/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SUITE_SUITE_RESULT_H
#define INSPECT_SUITE_SUITE_RESULT_H

/* What is asked of structure tests, and what came of them. */

#include "base/progress.h"
#include "inspect/suite/structure_test.h"

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED };

struct test_outcome {
	const struct structure_test *test;
	enum outcome outcome;
	struct strings failures; /* OUTCOME_FAILED: at least one */
	const char *reason;	 /* OUTCOME_SKIPPED: why */
};

struct suite_outcomes {
	const struct test_suite *suite;
	struct LIST(struct test_outcome) tests;
};

struct structure_request {
	const char *image, *platform; /* as in struct audit_request */
	const struct strings *files;  /* of tests */
	const char *no_commands;      /* why commands are not even tried, or NULL */
	struct progress *progress;
	const struct bundle *opened; /* the image, if it is open already; else NULL */
};

struct structure_result {
	const char *image;
	struct LIST(struct suite_outcomes) suites;
	size_t passed, failed, skipped;
};

#endif
