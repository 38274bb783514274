/* SPDX-License-Identifier: Apache-2.0 */
/* E7 and the duties of PID 1: every signal, in a PID namespace of its own, against the table of
 * docs/debugging.md; terminals, process groups, dispositions, the end of a parent. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_box.h"

static struct box box;

static void init_box_make(void)
{
	box_make(&box);
}

static void init_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_init, .init = init_box_make, .fini = init_box_remove, .timeout = 300);

static void init_run_until_ready(const char *fake)
{
	box_start(&box, fake, NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
}

static void run_as_init(const char *fake)
{
	box.as_init = true;
	init_run_until_ready(fake);
	cr_assert(strstr(box_out(&box), "Squid started with PID 4\n") ||
			  strstr(box_out(&box), "Squid started with PID 3\n"),
		  "not in a namespace of its own:\n%s", box_out(&box));
}

/* The table of docs/debugging.md; what it does not name is ignored. */
static const struct meaning {
	int signo;
	const char *log; /* what is said */
	int code;	 /* -1: goes on running */
} meanings[] = {
	{ SIGTERM, "Received signal SIGTERM, initiating graceful shutdown...", 0 },
	{ SIGINT, "Received signal SIGINT, initiating graceful shutdown...", 0 },
	{ SIGHUP, "Received signal SIGHUP, initiating graceful shutdown...", 0 },
	{ SIGUSR1, "Squid: got signal 10", -1 },
	{ SIGUSR2, "Squid: got signal 12", -1 },
	{ SIGKILL, "", 137 },
};

static const struct meaning *meaning_of(int signo)
{
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
		if (meanings[i].signo == signo)
			return &meanings[i];
	return NULL;
}

Test(scenario_init, each_of_the_64_signals_does_what_the_table_says)
{
	run_as_init("");
	for (int signo = 1; signo <= 64; signo++) {
		const struct meaning *m = meaning_of(signo);

		if (m != NULL && m->code >= 0)
			continue; /* below: these end it */
		kill(box.pid, signo);
		if (signo == SIGSTOP)
			kill(box.pid, SIGCONT);
		if (m != NULL)
			cr_expect(box_wait_text(&box, m->log, 5000), "signal %d: %s", signo,
				  m->log);
	}
	usleep(200000);
	cr_expect_eq(box_wait_end(&box, 1), -1, "a signal ended it");
	cr_expect_str_empty(box_err(&box));
	for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
		if (meanings[i].code < 0)
			continue;
		kill(box.pid, meanings[i].signo);
		cr_expect_eq(box_wait_end(&box, 10000), meanings[i].code, "signal %d",
			     meanings[i].signo);
		cr_expect(strstr(box_out(&box), meanings[i].log), "signal %d", meanings[i].signo);
		cr_expect_eq(processes_of(&box), 0, "signal %d left a process", meanings[i].signo);
		box_remove(&box);
		box_make(&box);
		run_as_init("");
	}
}

Test(scenario_init, signals_before_squid_runs_are_the_same_but_for_what_squid_would_get)
{
	box.as_init = true;
	box_start(&box, "deaf", NULL);
	cr_assert(box_wait_text(&box, "fake squid runs", 15000), "%s", box_out(&box));
	for (int signo = 1; signo <= 64; signo++)
		if (signo != SIGKILL && signo != SIGSTOP && signo != SIGTERM && signo != SIGINT &&
		    signo != SIGHUP)
			kill(box.pid, signo);
	usleep(200000);
	cr_expect_eq(box_wait_end(&box, 1), -1, "a signal ended it");
	cr_expect(strstr(box_out(&box), "got signal") == NULL,
		  "passed on before Squid is in service");
	kill(box.pid, SIGHUP);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_init, a_child_cannot_stop_or_kill_pid_1)
{
	run_as_init("signal-init");
	cr_expect(box_wait_text(&box, "init was signalled", 5000));
	usleep(100000);
	cr_expect_eq(box_wait_end(&box, 1), -1);
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0, "%s", box_out(&box));
}

Test(scenario_init, a_signal_to_the_whole_group_reaches_squid_only_through_us)
{
	init_run_until_ready("");
	cr_assert_eq(getpgid(box.pid), getpgid(0));
	cr_expect_neq(getpgid(box_pid_after(&box, "Squid started with PID ")), getpgid(0));
	kill(box.pid, SIGINT);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

static int terminal = -1;

/* In the foreground of a terminal that is its standard output, as with `docker run -t`. */
static void become_foreground(struct box *b)
{
	(void)b;
	setsid();
	dup2(terminal, 0);
	dup2(terminal, 1);
	ioctl(0, TIOCSCTTY, 0);
}

static void run_on_terminal(const char *fake, int *master)
{
	static char buf[65536];
	size_t have = 0;

	cr_assert(openpty(master, &terminal, NULL, NULL, NULL) == 0);
	fcntl(*master, F_SETFD, FD_CLOEXEC);
	box.prepare = become_foreground;
	box_start(&box, fake, NULL);
	close(terminal);
	while (memmem(buf, have, "fake squid runs", 15) == NULL) {
		ssize_t n = read(*master, buf + have, sizeof buf - have);

		cr_assert_gt(n, 0, "%.*s", (int)have, buf);
		have += (size_t)n;
	}
}

Test(scenario_init, interrupt_on_a_terminal_is_a_graceful_stop)
{
	int master;

	run_on_terminal("", &master);
	cr_assert_eq(write(master, "\x03", 1), 1);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	close(master);
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_init, a_terminal_that_nobody_reads_blocks_nobody)
{
	char answer[1024];
	long long deadline = now_ms() + 30000;
	int master;

	run_on_terminal("flood=1", &master); /* and no more is read from here on */
	while (now_ms() < deadline && http_get(box.port, "/", answer, sizeof answer) != 403)
		usleep(50000);
	cr_expect_eq(http_get(box.port, "/", answer, sizeof answer), 403, "Squid is blocked");
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0, "PID 1 is blocked");
	close(master);
}

static void ignore_some(struct box *b)
{
	(void)b;
	signal(SIGHUP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
}

Test(scenario_init, ignored_signals_stay_ignored_but_for_the_one_we_need)
{
	unsigned long long ignored;

	box.prepare = ignore_some;
	init_run_until_ready("");
	ignored = (unsigned long long)status_of(box_pid_after(&box, "Squid started with PID "),
						"SigIgn:", 16);
	cr_expect(ignored & 1ull << (SIGTTOU - 1), "SigIgn %llx", ignored);
	cr_expect(!(ignored & 1ull << (SIGCHLD - 1)), "SigIgn %llx", ignored);
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

Test(scenario_init, when_the_supervisor_is_killed_its_children_go_too)
{
	init_run_until_ready("");
	kill(box.pid, SIGKILL);
	cr_expect_eq(box_wait_end(&box, 5000), 137);
	for (int i = 0; i < 100 && processes_of(&box) > 0; i++)
		usleep(50000);
	cr_expect_eq(processes_of(&box), 0);
}

static void close_standard_descriptors(struct box *b)
{
	(void)b;
	close_range(0, 2, 0);
}

Test(scenario_init, without_standard_descriptors_the_proxy_runs_all_the_same)
{
	char answer[1024];
	long long deadline = now_ms() + 15000;

	box.prepare = close_standard_descriptors;
	box_start(&box, "", NULL);
	while (now_ms() < deadline &&
	       http_get(box.health_port, "/ready", answer, sizeof answer) != 200)
		usleep(50000);
	cr_expect_eq(http_get(box.health_port, "/ready", answer, sizeof answer), 200);
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}
