/* SPDX-License-Identifier: Apache-2.0 */
/* Running a tool inside the loop, so that signals and orphans are looked after meanwhile. */

#include "entrypoint/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"
#include "entrypoint/loop.h"

#define COMPUTES_MS 50 /* of processor time in quiet_ms; a small share of one is enough */

/* Processor time of a process; 0 if it cannot be told. */
static uint64_t cpu_ms(pid_t pid)
{
	clockid_t clock;
	struct timespec t;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct patience {
	struct tool_limit limit;
	uint64_t start, deadline; /* clock_ms */
	uint64_t computed;	  /* processor time when the deadline was set */
};

/* Is its time over? A list of a million names takes Squid longer than a configuration should. */
static bool is_overdue(struct supervisor *s, struct patience *p, const char *name)
{
	uint64_t now = clock_ms(), computed, end = p->start + p->limit.busy_ms;

	if (now < p->deadline)
		return false;
	computed = cpu_ms(s->tool.pid);
	if (now >= end || computed < p->computed + COMPUTES_MS)
		return true;
	log_warn(&s->log, "%s still computes after %llu s", name,
		 (unsigned long long)(now - p->start) / 1000);
	p->computed = computed;
	p->deadline = now + p->limit.quiet_ms < end ? now + p->limit.quiet_ms : end;
	return false;
}

enum tool_end tool_run(struct supervisor *s, char *const *argv, struct tool_limit limit,
		       void (*line)(void *, const char *, size_t), void *arg)
{
	struct child_order o = {
		.argv = argv,
		.board_fd = -1,
		.death_signal = SIGKILL,
		.max_fd = s->set.max_fd,
		.line = line,
		.arg = arg,
	};
	struct patience p = { .limit = limit, .start = clock_ms() };
	enum state here = s->state;
	enum tool_end end = TOOL_ENDED;

	s->said[0] = '\0';
	if (s->state != ST_VALIDATING && s->state != ST_RUNNING)
		return TOOL_STOPPED;
	if (!child_start(&s->tool, &o))
		return TOOL_NOT_STARTED;
	p.deadline = p.start + limit.quiet_ms;
	while (s->tool.running) {
		if (end == TOOL_ENDED && s->state != here)
			end = TOOL_STOPPED;
		else if (end == TOOL_ENDED && is_overdue(s, &p, argv[0]))
			end = TOOL_TIMEOUT;
		if (end != TOOL_ENDED)
			child_signal_group(&s->tool, SIGKILL);
		supervisor_turn(s, end == TOOL_ENDED ? clock_left(p.deadline, 1000) : 100);
	}
	return s->state != here ? TOOL_STOPPED : end;
}

bool tool_succeeded(const struct supervisor *s, enum tool_end end)
{
	return end == TOOL_ENDED && child_code(s->tool.status) == 0;
}

const char *tool_ending(const struct supervisor *s, enum tool_end end, char *buf, size_t cap)
{
	switch (end) {
	case TOOL_ENDED:
		return child_ending(s->tool.status, buf, cap);
	case TOOL_TIMEOUT:
		snprintf(buf, cap, "no end within its time limit");
		break;
	case TOOL_STOPPED:
		snprintf(buf, cap, "interrupted by a stop");
		break;
	case TOOL_NOT_STARTED:
		snprintf(buf, cap, "not started: %s", strerror(errno));
		break;
	}
	return buf;
}

void tool_line(void *arg, const char *line, size_t n)
{
	struct supervisor *s = arg;

	log_text(&s->log, LOG_INFO, "init-squid: ", line, n);
	if (n > 0)
		supervisor_keep(s, line, n);
}
