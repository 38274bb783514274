/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_STEP_FAILURE_H
#define MAKE_COMPILE_STEP_FAILURE_H

/* What a person is told of a step that failed: the last lines of its log, what patch(1) could not
 * apply, what git left out; then, with --shell-on-failure, a shell in its sandbox. */

#include "make/compile/compile_job.h"
#include "make/compile/sandbox.h"

struct failed_step {
	const struct compile_request *rq;
	const struct sandbox *box;
	const char *log_path, *name, *dir;
	enum sandbox_outcome outcome;
	int status; /* not 0, or `outcome` is not SANDBOX_EXITED */
};

/* Tells it, unless the step was stopped or is tried again. Always false: ERR_INPUT where the
 * command failed, else ERR_SYSTEM. */
MUST_CHECK bool step_failure_tell(struct arena *a, const struct failed_step *s, struct error *e);

#endif
