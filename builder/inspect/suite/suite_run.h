/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STRUCTURE_RUN_H
#define STRUCTURE_RUN_H

/* Structure tests against an image. Tests of files, settings and licences read the image as the
 * audit does: no container, nothing laid out on disk. Commands need podman; where they cannot be
 * run they are skipped, and say why. */

#include "inspect/model/inspect.h"
#include "base/progress.h"
#include "inspect/suite/suite.h"

enum outcome { OUTCOME_PASSED, OUTCOME_FAILED, OUTCOME_SKIPPED };

struct test_outcome {
	const struct structure_test *test;
	enum outcome outcome;
	struct strings failures;	/* OUTCOME_FAILED: at least one */
	const char *reason;		/* OUTCOME_SKIPPED: why */
};

struct suite_outcomes {
	const struct test_suite *suite;
	struct { struct test_outcome *v; size_t n, cap; } tests;
};

struct structure_request {
	const char *image, *platform;	/* as in struct audit_request */
	const struct strings *files;	/* of tests */
	const char *no_commands;	/* why commands are not even tried, or NULL */
	struct progress *progress;
};

struct structure_result {
	const char *image;
	struct { struct suite_outcomes *v; size_t n, cap; } suites;
	size_t passed, failed, skipped;
};

/* ERR_INPUT for a malformed image or file of tests, ERR_USAGE, ERR_SYSTEM. Failed tests are no
 * error. Everything lives in `a`. */
MUST_CHECK bool structure_run(struct arena *a, const struct structure_request *req,
			      struct structure_result *out, struct error *e);

/* The forms. */
void structure_text(const struct structure_result *r, struct buf *out);
void structure_json(const struct structure_result *r, struct buf *out);
void structure_junit(const struct structure_result *r, struct buf *out);
void structure_tap(const struct structure_result *r, struct buf *out);

#endif
