/* SPDX-License-Identifier: Apache-2.0 */
/* E3, E5, E6, B5, B6, B7: what happens while Squid runs. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_box.h"

static struct box box;

static void run_box_make(void)
{
	box_make(&box);
}

static void run_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_run, .init = run_box_make, .fini = run_box_remove, .timeout = 300);

static void run_until_ready(const char *fake)
{
	box_start(&box, fake, NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
}

static void stop_running_box(void)
{
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 15000), 0, "%s", box_out(&box));
}

Test(scenario_run, a_squid_that_is_killed_ends_the_container_in_two_seconds)
{
	run_until_ready("");
	kill(box_pid_after(&box, "Squid started with PID "), SIGKILL);
	cr_expect_eq(box_wait_end(&box, 2000), 1);
	cr_expect(strstr(box_err(&box), "[ERROR] Squid process died with exit code 137 (SIGKILL)"),
		  "%s", box_err(&box));
}

Test(scenario_run, a_dead_health_server_is_started_again)
{
	char answer[4096];

	run_until_ready("");
	kill(box_pid_after(&box, "Health check server started (PID: "), SIGKILL);
	cr_expect(box_wait_text(&box, "Health check server restarted", 5000));
	for (int i = 0;
	     i < 100 && http_get(box.health_port, "/health", answer, sizeof answer) != 200; i++)
		usleep(50000);
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
	cr_expect_eq(http_get(box.health_port, "/metrics", answer, sizeof answer), 200);
	cr_expect(strstr(answer, "supervisor_health_restarts_total 1\n"), "%s", answer);
	stop_running_box();
}

Test(scenario_run, a_health_server_that_keeps_dying_ends_the_container)
{
	box_fake_health(&box);
	box_start(&box, "health-dies", NULL);
	cr_expect_eq(box_wait_end(&box, 40000), 1);
	cr_expect(strstr(box_err(&box), "died 6 times within a minute"), "%s", box_err(&box));
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_run, a_health_server_that_dies_while_squid_starts_is_noticed)
{
	box_fake_health(&box);
	box_start(&box, "health-dies,slow-start", NULL);
	cr_expect(box_wait_text(&box, "Health check server restarted", 30000), "%s", box_out(&box));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 15000), 0);
}

Test(scenario_run, a_health_server_that_never_listens_is_an_error)
{
	box_fake_health(&box);
	box_start(&box, "health-mute", NULL);
	cr_expect_eq(box_wait_end(&box, 8000), 1);
	cr_expect(strstr(box_err(&box), "Health check server failed to start"), "%s",
		  box_err(&box));
}

Test(scenario_run, lines_of_the_health_server_keep_their_level)
{
	box_fake_health(&box);
	run_until_ready("health-noisy");
	cr_expect(box_wait_text(&box, "[INFO] Health: plain", 5000));
	cr_expect(strstr(box_out(&box), "[WARNING] Health: a warning"));
	cr_expect(strstr(box_err(&box), "[ERROR] Health: an error"));
	stop_running_box();
}

Test(scenario_run, ten_thousand_orphans_are_reaped)
{
	char path[64], line[256] = "";
	int zombies = 1;

	run_until_ready("orphans=10000");
	cr_assert(box_wait_text(&box, "orphans over", 50000));
	for (int i = 0; i < 200 && zombies > 0; i++) {
		FILE *f;

		zombies = 0;
		snprintf(path, sizeof path, "/proc/%d/task/%d/children", box.pid, box.pid);
		f = fopen(path, "re");
		if (f != NULL && fgets(line, sizeof line, f) != NULL)
			for (char *p = line; *p != '\0'; p++)
				zombies += *p == ' ';
		if (f != NULL)
			fclose(f);
		zombies = zombies > 2 ? zombies : 0; /* Squid and the health server */
		usleep(10000);
	}
	cr_expect_eq(zombies, 0, "%s", line);
	stop_running_box();
}

Test(scenario_run, a_flood_of_binary_without_newlines_is_taken_and_escaped)
{
	run_until_ready("flood=64,noline,binary");
	cr_expect(box_wait_text(&box, "Squid: flood over", 30000));
	cr_expect(strstr(box_out(&box), "\\x1b\\x1b"));
	cr_expect(strstr(box_out(&box), "more bytes]"));
	cr_expect(strchr(box_out(&box), 0x1b) == NULL);
	stop_running_box();
}

static int pipe_end = -1;

static void write_to_pipe(struct box *b)
{
	(void)b;
	dup2(pipe_end, 1);
}

/* Nobody reads stdout: Squid must get on all the same, and the loss be told afterwards. */
Test(scenario_run, a_reader_that_stalls_blocks_nobody)
{
	int p[2];
	char buf[65536], answer[1024];
	bool told = false;
	long long deadline, rss;

	cr_assert(pipe2(p, O_CLOEXEC | O_NONBLOCK) == 0);
	fcntl(p[1], F_SETFL, 0);
	pipe_end = p[1];
	box.prepare = write_to_pipe;
	box_start(&box, "flood=16", NULL);
	close(p[1]);
	deadline = now_ms() + 20000; /* Squid serves after the flood: so it got through */
	while (now_ms() < deadline && http_get(box.port, "/", answer, sizeof answer) != 403)
		usleep(50000);
	cr_expect_eq(http_get(box.port, "/", answer, sizeof answer), 403, "Squid is blocked");
	rss = status_of(box.pid, "VmRSS:", 10);
	cr_expect(rss > 0 && rss < 8192, "%lld kB", rss);
	deadline = now_ms() + 10000;
	while (now_ms() < deadline && !told) {
		ssize_t n = read(p[0], buf, sizeof buf);

		if (n > 0)
			told = memmem(buf, (size_t)n, "log lines dropped", 17) != NULL;
		else if (n < 0)
			kill(box.pid, SIGUSR1), usleep(20000); /* something to say */
		else
			break;
	}
	cr_expect(told);
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 15000), 0);
}

Test(scenario_run, a_child_has_no_blocked_signal_and_no_descriptor_of_ours)
{
	unsigned long long ignored;
	char path[64];
	pid_t squid;

	for (int signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL); /* a shell's "&" leaves some ignored; they would stay so */
	run_until_ready("");
	squid = box_pid_after(&box, "Squid started with PID ");
	cr_expect_eq(status_of(squid, "SigBlk:", 16), 0);
	ignored = (unsigned long long)status_of(squid, "SigIgn:", 16);
	ignored &= ~(
		3ull << 31); /* signals 32 and 33 are the C library's: make leaves them ignored */
	cr_expect_eq(ignored, 0, "SigIgn %llx", ignored);
	for (int fd = 4; fd < 32; fd++) { /* 3 is its listening socket */
		snprintf(path, sizeof path, "/proc/%d/fd/%d", squid, fd);
		/* one it has for a moment, to read a file, is its own */
		for (int i = 0; i < 100 && access(path, F_OK) == 0; i++)
			usleep(50000);
		cr_expect(access(path, F_OK) != 0, "descriptor %d", fd);
	}
	stop_running_box();
}
