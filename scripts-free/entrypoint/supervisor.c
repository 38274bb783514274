/* SPDX-License-Identifier: Apache-2.0 */
/* What is there before the first state, and what every part says through it. */

#include "entrypoint/supervisor.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/text.h"

static const char *environment_value(const char *name)
{
	return getenv(name);
}

bool supervisor_init(struct supervisor *s, const struct paths *paths,
		     void (*act)(struct supervisor *s, enum act a, int signo))
{
	sigset_t all;

	s->paths = paths;
	s->act = act;
	settings_read(&s->set, environment_value);
	log_init(&s->log, STDOUT_FILENO, STDERR_FILENO);
	s->log.level = s->set.level;
	sigfillset(&all);
	s->signal_fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signal_fd < 0)
		return false;
	s->board = board_create(&s->board_fd);
	s->squid.relay.fd = s->squid.out.fd = s->health.relay.fd = s->tool.relay.fd = -1;
	return s->board != NULL;
}

bool supervisor_fail(struct supervisor *s, const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (s->told != NULL)
		s->told(s->told_arg, text);
	log_line(&s->log, s->reloading ? LOG_WARNING : LOG_ERROR, "%s", text);
	return false;
}

void supervisor_keep(struct supervisor *s, const char *line, size_t n)
{
	struct text said = { .p = s->said, .cap = sizeof s->said };

	if (strstr(s->said, "FATAL") != NULL)
		return;
	text_add(&said, ": ");
	text_bytes(&said, line, n);
}
