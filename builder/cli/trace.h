/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

/* Where the time of a run goes: what stages tell (base/progress.h), with its time and thread. It
 * stands between the stages and whoever draws. A span is the time from a begin to its end in one
 * thread, or of one child process; what was not ended when the run failed ends with it. */

#include <stdio.h>

#include "base/progress.h"
#include "base/str.h"

struct trace_span {
	const char *name;    /* "decode" */
	const char *what;    /* "libc6"; empty: nothing in particular */
	const char *subject; /* "hello linux/amd64"; empty */
	unsigned thread;     /* 0 is the first that said something; of children a place beside those
				that run at the same time */
	pid_t child;	     /* 0: it is a thread's */
	uint64_t begun_us, ended_us;
	uint64_t bytes; /* 0: not said */
	bool ended;
};

/* In the order of their begins. */
struct trace_spans LIST(struct trace_span);

struct trace;

/* Tells `to` all that is told to it. Close with trace_close(). */
struct trace *trace_open(struct arena *a, struct progress *to);
struct progress *trace_progress(struct trace *t);

/* Ends the spans that still run, and gives all. Call it when nothing more is told. */
const struct trace_spans *trace_finish(struct trace *t);
void trace_close(struct trace *t);

/* --timing: a line for each kind of work, by the time in which at least one thread was at it. */
void trace_print(const struct trace_spans *l, FILE *out);

/* Before the work: whether a trace may stand there. No other file gives way to one. ERR_USAGE, or
 * ERR_SYSTEM where the folder cannot be looked at. */
MUST_CHECK bool trace_check(struct arena *a, const char *path, struct error *e);

/* --trace: the Trace Event Format of Chrome ("X" events, microseconds), which Perfetto reads.
 * ERR_SYSTEM. */
MUST_CHECK bool trace_write(const struct trace_spans *l, const char *path, struct error *e);

#endif
