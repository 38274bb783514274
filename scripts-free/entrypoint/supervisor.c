/* SPDX-License-Identifier: Apache-2.0 */
/* The loop, and the way through the states. What to do about an event is policy.c's business,
 * how to do it that of the files named after the nouns. */

#include "entrypoint/supervisor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/text.h"
#include "entrypoint/health.h"
#include "entrypoint/prepare.h"
#include "entrypoint/reload.h"
#include "entrypoint/squid.h"
#include "entrypoint/stop.h"

static const char *environment(const char *name)
{
	return getenv(name);
}

bool supervisor_init(struct supervisor *s, const struct paths *paths)
{
	sigset_t all;

	s->paths = paths;
	settings_read(&s->set, environment);
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

void supervisor_squid_line(void *arg, const char *line, size_t n)
{
	struct supervisor *s = arg;

	if (s->conf.log_on_stderr)
		log_always(&s->log, "Squid: ", line, n);
	else
		log_text(&s->log, LOG_INFO, "Squid: ", line, n);
	if (s->state == ST_STARTING_SQUID && memmem(line, n, "FATAL", 5) != NULL)
		supervisor_keep(s, line, n);
}

void supervisor_access_line(void *arg, const char *line, size_t n)
{
	struct supervisor *s = arg;

	log_always(&s->log, "Squid: ", line, n);
}

static void act(struct supervisor *s, enum act a, int signo)
{
	switch (a) {
	case ACT_NONE:
	case ACT_MOVE:
		break;
	case ACT_ABANDON:
		stop_abandon(s, signo);
		break;
	case ACT_TERMINATE:
		stop_begin(s, signo);
		break;
	case ACT_INTERRUPT:
		stop_interrupt(s);
		break;
	case ACT_KILL:
		stop_kill(s, signo);
		break;
	case ACT_FORWARD:
		log_info(&s->log, "Passing signal %d on to Squid (PID: %d)", signo, s->squid.pid);
		child_signal(&s->squid, signo);
		break;
	case ACT_RELOAD:
		s->reload_asked = true;
		break;
	case ACT_REPORT_SQUID:
		squid_report(s);
		stop_begin(s, 0);
		break;
	case ACT_RESTART_HEALTH:
		health_lost(s);
		break;
	}
}

void supervisor_post(struct supervisor *s, enum event ev, int signo)
{
	struct rule r = policy_rule(s->state, ev);

	if (r.next != s->state) {
		log_debug(&s->log, "State %s -> %s", policy_state_name(s->state),
		          policy_state_name(r.next));
		if (r.next == ST_ERROR)
			s->exit_code = EXIT_FAILURE;
		s->state = r.next;
	}
	act(s, r.act, signo);
}

/* One ended process: ours, or an orphan that became our child. */
static void reap_one(struct supervisor *s, pid_t pid, int status)
{
	struct child *known[] = { &s->squid, &s->health, &s->tool };

	for (size_t i = 0; i < 3; i++) {
		if (!known[i]->running || known[i]->pid != pid)
			continue;
		known[i]->running = false;
		known[i]->status = status;
		relay_finish(&known[i]->relay);
		relay_finish(&known[i]->out);
		if (known[i] == &s->squid) {
			atomic_store(&s->board->squid_pid, 0);
			supervisor_post(s, EV_SQUID_GONE, 0);
		} else if (known[i] == &s->health) {
			supervisor_post(s, EV_HEALTH_GONE, 0);
		}
		return;
	}
	atomic_fetch_add(&s->board->reaped, 1);
}

static void reap_all(struct supervisor *s)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		reap_one(s, pid, status);
}

static void take_signals(struct supervisor *s)
{
	struct signalfd_siginfo info[16];
	ssize_t n;
	bool children = false;

	while ((n = read(s->signal_fd, info, sizeof info)) > 0) {
		for (size_t i = 0; i < (size_t)n / sizeof info[0]; i++) {
			int signo = (int)info[i].ssi_signo;
			enum event ev =
				policy_signal(signo, s->set.hup_reconfigures, s->stop_asked);

			if (signo == SIGCHLD) {
				children = true;
				continue;
			}
			s->stop_asked |= ev == EV_STOP;
			supervisor_post(s, ev, signo);
		}
	}
	if (children)
		reap_all(s);
}

/* Children wait for the log's reader only while their pipes have room to wait in. */
static bool want(const struct supervisor *s, const struct relay *r)
{
	return r->fd >= 0 && (log_has_room(&s->log) || relay_urgent(r));
}

void supervisor_turn(struct supervisor *s, int ms)
{
	struct relay *relays[] = { &s->squid.relay, &s->squid.out, &s->health.relay, &s->tool.relay };
	enum { N_RELAYS = sizeof relays / sizeof relays[0] };
	struct pollfd p[3 + N_RELAYS] = {
		{ .fd = s->signal_fd, .events = POLLIN },
		{ .fd = s->log.out.len > 0 ? s->log.out.fd : -1, .events = POLLOUT },
		{ .fd = s->log.err.len > 0 ? s->log.err.fd : -1, .events = POLLOUT },
	};

	for (size_t i = 0; i < N_RELAYS; i++) {
		bool wanted = want(s, relays[i]);

		p[i + 3] = (struct pollfd){ .fd = wanted ? relays[i]->fd : -1, .events = POLLIN };
		if (relays[i]->fd >= 0 && !wanted && ms > 5)
			ms = 5;
	}
	if (poll(p, 3 + N_RELAYS, ms) < 0)
		usleep(5000);           /* out of kernel memory: no reason to spin */
	atomic_store(&s->board->beat_ms, clock_ms());
	atomic_store(&s->board->dropped, s->log.dropped);
	for (size_t i = 0; i < N_RELAYS; i++)
		if (p[i + 3].revents != 0)
			relay_read(relays[i]);
	log_flush(&s->log);
	if (p[0].revents != 0)
		take_signals(s);
}

static void initialize(struct supervisor *s)
{
	log_info(&s->log, "CephaloProxy entrypoint starting (UID: %u, GID: %u)",
	         (unsigned)getuid(), (unsigned)getgid());
	for (size_t i = 0; i < s->set.n_notes; i++)
		log_warn(&s->log, "%s", s->set.notes[i]);
	if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		log_warn(&s->log, "Not PID 1 and no subreaper: orphans will not be reaped");
	supervisor_post(s, EV_DONE, 0);
}

/* One step of a start-up: it succeeds, fails, or a stop has changed the state meanwhile. */
static void step(struct supervisor *s, bool (*work)(struct supervisor *))
{
	enum state here = s->state;
	bool ok = work(s);

	if (s->state == here)
		supervisor_post(s, ok ? EV_DONE : EV_FAILED, 0);
}

static void watch(struct supervisor *s)
{
	int ms = 1000;

	if (!s->health.running && s->health_due == 0)
		supervisor_post(s, EV_HEALTH_GONE, 0);  /* it died while Squid was starting */
	if (s->state == ST_RUNNING && s->reload_asked)
		reload_configuration(s);
	if (s->state != ST_RUNNING)
		return;
	if (s->health_due != 0) {
		ms = clock_left(s->health_due, ms);
		if (ms == 0)
			health_restart(s);
	}
	supervisor_turn(s, ms);
}

int supervisor_run(struct supervisor *s)
{
	initialize(s);
	while (s->state != ST_EXITED) {
		switch (s->state) {
		case ST_INITIALIZING:
		case ST_EXITED:
			break;
		case ST_VALIDATING:
			step(s, prepare_everything);
			break;
		case ST_STARTING_HEALTH:
			step(s, health_start);
			break;
		case ST_STARTING_SQUID:
			step(s, squid_start);
			break;
		case ST_RUNNING:
			watch(s);
			break;
		case ST_SHUTTING_DOWN:
		case ST_ERROR:
			stop_continue(s);
			break;
		default:
			s->state = ST_EXITED;
		}
	}
	log_info(&s->log, s->exit_code == 0 ? "Shutdown complete" : "Main loop exiting");
	log_drain(&s->log, 1000);
	return s->exit_code;
}
