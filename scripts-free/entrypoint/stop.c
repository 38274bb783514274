/* SPDX-License-Identifier: Apache-2.0 */
/* Stopping: TERM, INT, KILL, in this order and in time. */

#include "entrypoint/stop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/proc_net.h"
#include "entrypoint/loop.h"

#define LOOK_MS 250    /* between two looks at the open connections */
#define HEALTH_MS 5000 /* for the health server to go */
#define HELPER_MS 1000 /* for helpers that write what Squid has left them: logs, removals */

struct stop_times stop_deadlines(unsigned grace, bool in_service)
{
	struct stop_times t = { .interrupt = grace > 3 ? (grace - 3) * 1000ULL : 0,
				.kill = grace * 1000ULL };

	if (!in_service) {
		t.interrupt = 200;
		t.kill = t.kill < 1400 ? t.kill : 1400;
	}
	return t;
}

unsigned stop_lifetime(unsigned grace)
{
	return grace;
}

static void say_signal(struct supervisor *s, int signo)
{
	char name[32];

	if (signo != 0)
		log_info(&s->log, "Received signal %s, initiating graceful shutdown...",
			 signal_name(signo, name, sizeof name));
}

static void terminate_squid(struct supervisor *s)
{
	atomic_store(&s->board->phase, BOARD_STOPPING);
	s->term_sent = clock_ms();
	if (!s->squid.running)
		return;
	log_info(&s->log, "Sending SIGTERM to Squid (PID: %d)", s->squid.pid);
	child_signal(&s->squid, SIGCONT);
	child_signal(&s->squid, SIGTERM);
}

void stop_abandon(struct supervisor *s, int signo)
{
	say_signal(s, signo);
	child_signal_group(&s->tool, SIGKILL);
	terminate_squid(s);
}

void stop_begin(struct supervisor *s, int signo)
{
	say_signal(s, signo);
	terminate_squid(s);
}

static unsigned seconds_since_term(const struct supervisor *s)
{
	return (unsigned)((clock_ms() - s->term_sent + 500) / 1000);
}

void stop_interrupt(struct supervisor *s)
{
	if (s->interrupted || !s->squid.running)
		return;
	s->interrupted = true;
	if (s->clients > 0)
		log_warn(&s->log,
			 "%u client connections are still open after %u of %u s (SHUTDOWN_GRACE): "
			 "Squid is told to cut them",
			 s->clients, seconds_since_term(s), s->set.grace);
	log_info(&s->log, "Sending SIGINT to Squid (PID: %d)", s->squid.pid);
	child_signal(&s->squid, SIGINT);
}

void stop_kill(struct supervisor *s, int signo)
{
	char name[32];

	if (signo != 0)
		log_warn(&s->log, "Received signal %s during shutdown, forcing kill",
			 signal_name(signo, name, sizeof name));
	else if (!s->killed && s->squid.running)
		log_warn(&s->log, "Graceful shutdown timeout (%us) exceeded, forcing kill",
			 s->set.grace);
	if (signo != 0 && s->clients > 0)
		log_warn(&s->log, "%u client connections are cut after %u s", s->clients,
			 seconds_since_term(s));
	s->killed = true;
	child_signal_group(&s->squid, SIGKILL);
	child_signal(&s->squid, SIGKILL);
	child_signal_group(&s->tool, SIGKILL);
	child_signal_group(&s->health, SIGKILL);
}

/* No client connection on any of Squid's ports? Squid itself would wait shutdown_lifetime. */
static bool is_idle(struct supervisor *s)
{
	struct proc_ports found;

	s->clients = 0;
	if (proc_ports_count(s->board->ports, s->board->n_ports, &found))
		s->clients = found.busy;
	else
		return false;
	if (s->conf.dropped > 0)
		return false;
	for (size_t i = 0; i < s->conf.n_ports; i++)
		if (s->conf.ports[i].hidden)
			return false;
	return s->clients == 0;
}

static void wait_for_squid(struct supervisor *s)
{
	struct stop_times t = stop_deadlines(s->set.grace, s->was_ready);
	uint64_t passed = clock_ms() - s->term_sent;

	if (passed >= t.kill) {
		supervisor_post(s, EV_KILL_DUE, 0);
		supervisor_turn(s, LOOK_MS);
		return;
	}
	if (s->was_ready && !s->interrupted && passed >= LOOK_MS)
		s->idle_looks = is_idle(s) ? s->idle_looks + 1 : 0;
	if (passed >= t.interrupt || s->idle_looks >= 2)
		supervisor_post(s, EV_INTERRUPT_DUE, 0);
	supervisor_turn(s, clock_left(s->term_sent + t.kill, s->was_ready ? LOOK_MS : 100));
}

/* Orphans of ours that would outlive us if we are not PID 1; named by the kernel. */
static void kill_orphans(void)
{
	char path[64], buf[4096], *p = buf, *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	for (long pid; (pid = strtol(p, &end, 10)) > 0 && end != p; p = end)
		kill((pid_t)pid, SIGKILL);
}

/* Helpers of Squid see their pipes close and go by themselves; one that hangs is killed. */
static void wait_for_orphans(struct supervisor *s)
{
	uint64_t start = clock_ms(), patience = s->was_ready && !s->killed ? HELPER_MS : 250;

	for (;;) {
		siginfo_t info = { 0 };

		supervisor_turn(s, 10);
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
			return; /* ECHILD: nobody is left */
		if (clock_ms() - start > patience || s->killed)
			kill_orphans();
		if (clock_ms() - start > patience + 3000)
			return;
	}
}

static void stop_health(struct supervisor *s)
{
	uint64_t deadline = clock_ms() + HEALTH_MS;

	if (s->health.running)
		child_signal(&s->health, SIGTERM);
	while (s->health.running && clock_left(deadline, HEALTH_MS) > 0 && !s->killed)
		supervisor_turn(s, clock_left(deadline, HEALTH_MS));
	child_signal_group(&s->health, SIGKILL);
	while (s->health.running || s->tool.running)
		supervisor_turn(s, 100);
}

void stop_continue(struct supervisor *s)
{
	if (s->squid.running) {
		wait_for_squid(s);
		return;
	}
	if (s->was_ready && s->clients > 0 && !s->interrupted && !s->killed)
		log_warn(
			&s->log,
			"Squid cut %u client connections after %u s: its shutdown_lifetime is shorter "
			"than SHUTDOWN_GRACE",
			s->clients, seconds_since_term(s));
	if (s->was_ready && s->exit_code == 0)
		log_info(&s->log, "Squid shutdown complete");
	stop_health(s);
	wait_for_orphans(s);
	supervisor_post(s, EV_ALL_GONE, 0);
}
