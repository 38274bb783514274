/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_TOOL_H
#define ENTRYPOINT_TOOL_H

/* A program that is run to its end during preparation, with a deadline; a stop ends it at once. */

#include "entrypoint/supervisor.h"

enum tool_end {
	TOOL_ENDED,	 /* s->tool.status says how */
	TOOL_TIMEOUT,	 /* it was killed after the deadline */
	TOOL_STOPPED,	 /* a stop was asked for; it was killed */
	TOOL_NOT_STARTED /* errno says why */
};

struct tool_limit {
	unsigned quiet_ms; /* it may take this long, and as long again as it computes meanwhile, */
	unsigned busy_ms;  /* but this long at most */
};

/* Runs argv[0] and hands each line of its output to `line` with `arg`. */
enum tool_end tool_run(struct supervisor *s, char *const *argv, struct tool_limit limit,
		       void (*line)(void *, const char *, size_t), void *arg);

/* Did it end with status 0? */
bool tool_succeeded(const struct supervisor *s, enum tool_end end);

/* How it ended, in words, in `buf`; to be called before errno is lost. Returns `buf`. */
const char *tool_ending(const struct supervisor *s, enum tool_end end, char *buf, size_t cap);

/* Relay handler: one line as INFO `init-squid: <line>`; s->said keeps the first with FATAL, else
 * the last one. `arg` is the supervisor. */
void tool_line(void *arg, const char *line, size_t n);

#endif
