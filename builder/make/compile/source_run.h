/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SOURCE_RUN_H
#define MAKE_COMPILE_SOURCE_RUN_H

/* One command after the other in the sandbox of a source: what unpacks it (source_unpack.c) and its
 * recipe's steps (compile_steps.c) share. */

#include "base/jobserver.h"
#include "make/compile/compile_job.h"
#include "make/compile/sandbox.h"

struct source_run {
	struct arena *a;
	const struct compile_request *rq;
	const struct sandbox *box;
	const char *log_path;
	struct jobserver jobserver;
};

/* "== NAME: ARGV" into the log; and, to announce it, the name to who waits. */
void run_log_command(const struct source_run *r, const char *name, const struct strings *argv);
void run_announce(const struct source_run *r, const char *name, const struct strings *argv);

/* Whether a command did what it should; if not, what is known of it is told (step_failure.h):
 * ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool run_judge(const struct source_run *r, const char *name, const char *dir,
			  enum sandbox_outcome outcome, int status, struct error *e);

/* Announces a command, runs it in `dir` of the sandbox, and judges it. */
MUST_CHECK bool run_argv(const struct source_run *r, const char *name, const char *dir,
			 const struct strings *argv, struct error *e);

#define RUN(r, name, dir, e, ...)                                                  \
	run_argv((r), (name), (dir),                                               \
		 &(struct strings){ .v = (const char *[]){ __VA_ARGS__ },          \
				    .n = sizeof((const char *[]){ __VA_ARGS__ }) / \
					 sizeof(const char *) },                   \
		 (e))

#endif
