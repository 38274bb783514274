/* SPDX-License-Identifier: Apache-2.0 */
/* Running a tool inside the loop, so that signals and orphans are looked after meanwhile. */

#include "entrypoint/tool.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/text.h"

enum tool_end tool_run(struct supervisor *s, char *const *argv, int timeout_ms,
                       void (*line)(void *, const char *, size_t), void *arg)
{
	struct child_order o = {
		.argv = argv, .board_fd = -1, .death_signal = SIGKILL, .max_fd = s->set.max_fd,
		.line = line, .arg = arg,
	};
	uint64_t deadline = clock_ms() + (uint64_t)timeout_ms;
	enum state here = s->state;
	enum tool_end end = TOOL_ENDED;

	s->tool_said[0] = '\0';
	if (s->state != ST_VALIDATING)
		return TOOL_STOPPED;
	if (!child_start(&s->tool, &o))
		return TOOL_NOT_STARTED;
	while (s->tool.running) {
		if (end == TOOL_ENDED && s->state != here)
			end = TOOL_STOPPED;
		else if (end == TOOL_ENDED && clock_left(deadline, 1) == 0)
			end = TOOL_TIMEOUT;
		if (end != TOOL_ENDED)
			child_signal_group(&s->tool, SIGKILL);
		supervisor_turn(s, end == TOOL_ENDED ? clock_left(deadline, 1000) : 100);
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
	struct text said = { .p = s->tool_said, .cap = sizeof s->tool_said };

	log_text(&s->log, LOG_INFO, "init-squid: ", line, n);
	if (n == 0 || strstr(s->tool_said, "FATAL") != NULL)
		return;
	text_add(&said, ": ");
	text_bytes(&said, line, n);
}
