/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/source_run.h"

#include <stdio.h>

#include "make/compile/step_failure.h"

void run_log_command(const struct source_run *r, const char *name, const struct strings *argv)
{
	dprintf(r->box->log, "== %s:", name);
	for (size_t i = 0; i < argv->n; i++)
		dprintf(r->box->log, " %s", argv->v[i]);
	dprintf(r->box->log, "\n");
}

/* Whether it did what it should. */
bool run_judge(const struct source_run *r, const char *name, const char *dir,
	       enum sandbox_outcome outcome, int status, struct error *e)
{
	const struct failed_step failed = {
		r->rq, r->box, r->log_path, name, dir, outcome, status
	};

	return (outcome == SANDBOX_EXITED && status == 0) || step_failure_tell(r->a, &failed, e);
}

void run_announce(const struct source_run *r, const char *name, const struct strings *argv)
{
	run_log_command(r, name, argv);
	progress_note(r->rq->progress, "%s: %s", r->rq->source->name, name);
}

bool run_argv(const struct source_run *r, const char *name, const char *dir,
	      const struct strings *argv, struct error *e)
{
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	int status = 0;

	run_announce(r, name, argv);
	return sandbox_run(r->box, dir, argv, &outcome, &status, e) &&
	       run_judge(r, name, dir, outcome, status, e);
}
