/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting, and from what happened to events. What to do about an event is policy.c's business. */

#include "entrypoint/loop.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"

void supervisor_post(struct supervisor *s, enum event ev, int signo)
{
	struct state_rule r = policy_rule(s->state, ev);

	if (r.next != s->state) {
		log_debug(&s->log, "State %s -> %s", policy_state_name(s->state),
			  policy_state_name(r.next));
		if (r.next == ST_ERROR)
			s->exit_code = EXIT_FAILURE;
		s->state = r.next;
	}
	s->act(s, r.act, signo);
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
			enum event ev = policy_signal(signo, s->set.hup_reconfigures,
						      s->stop_asked);

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
static bool loop_wants_relay(const struct supervisor *s, const struct relay *r)
{
	return r->fd >= 0 && (log_has_room(&s->log) || relay_urgent(r));
}

void supervisor_turn(struct supervisor *s, int ms)
{
	struct relay *relays[] = { &s->squid.relay, &s->squid.out, &s->health.relay,
				   &s->tool.relay };
	enum { N_RELAYS = sizeof relays / sizeof relays[0] };
	struct pollfd p[3 + N_RELAYS] = {
		{ .fd = s->signal_fd, .events = POLLIN },
		{ .fd = s->log.out.len > 0 ? s->log.out.fd : -1, .events = POLLOUT },
		{ .fd = s->log.err.len > 0 ? s->log.err.fd : -1, .events = POLLOUT },
	};

	for (size_t i = 0; i < N_RELAYS; i++) {
		bool wanted = loop_wants_relay(s, relays[i]);

		p[i + 3] = (struct pollfd){ .fd = wanted ? relays[i]->fd : -1, .events = POLLIN };
		if (relays[i]->fd >= 0 && !wanted && ms > 5)
			ms = 5;
	}
	if (poll(p, 3 + N_RELAYS, ms) < 0)
		usleep(5000); /* out of kernel memory: no reason to spin */
	atomic_store(&s->board->beat_ms, clock_ms());
	atomic_store(&s->board->dropped, s->log.dropped);
	for (size_t i = 0; i < N_RELAYS; i++)
		if (p[i + 3].revents != 0)
			relay_read(relays[i]);
	log_flush(&s->log);
	if (p[0].revents != 0)
		take_signals(s);
}
