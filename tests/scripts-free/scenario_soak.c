/* SPDX-License-Identifier: Apache-2.0 */
/* A day in short: orphans, log lines, probes, connections opened and dropped. What is held at the
 * end must be what was held after the first round. SOAK_SECONDS makes it longer. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture_box.h"

#define IDLE 200

static struct box box;

static void soak_box_make(void)
{
	box_make(&box);
}

static void soak_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_soak, .init = soak_box_make, .fini = soak_box_remove, .timeout = 100000);

struct held {
	long long rss, peak;
	int descriptors;
};

static struct held held_by(pid_t pid)
{
	return (struct held){ status_of(pid, "VmRSS:", 10), status_of(pid, "VmHWM:", 10),
			      descriptors_of(pid) };
}

/* Connections that say nothing, a bit, or everything, and go by FIN or RST. */
static unsigned one_round(unsigned seed)
{
	static const char request[] = "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n";
	static char answer[32768];
	int fds[IDLE];
	unsigned bad = 0;

	for (int i = 0; i < IDLE; i++) {
		fds[i] = connect_to(box.health_port);
		send(fds[i], request, (size_t)(seed + (unsigned)i) % sizeof request, MSG_NOSIGNAL);
	}
	for (int i = 0; i < 50; i++)
		bad += http_get(box.health_port, i % 10 == 0 ? "/metrics" : "/health", answer,
				sizeof answer) != 200;
	for (int i = 0; i < IDLE; i++) {
		struct linger reset = { 1, 0 };

		if (i % 2 == 0)
			setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		close(fds[i]);
	}
	return bad;
}

static void check_held(const char *name, struct held first, struct held last, long long most)
{
	cr_expect_leq(last.rss, first.rss + 64, "%s: %lld kB, then %lld kB", name, first.rss,
		      last.rss);
	cr_expect_leq(last.descriptors, first.descriptors, "%s: %d descriptors, then %d", name,
		      first.descriptors, last.descriptors);
	cr_expect_leq(last.descriptors, 20, "%s: %d descriptors", name, last.descriptors);
	if (!SANITIZED)
		cr_expect_leq(last.rss, most, "%s: %lld kB resident", name, last.rss);
}

Test(scenario_soak, nothing_grows)
{
	const char *seconds = getenv("SOAK_SECONDS");
	long long end = now_ms() + (seconds != NULL ? atoll(seconds) : 4) * 1000;
	static char answer[32768];
	struct held supervisor, health;
	unsigned rounds = 0, bad = 0;
	unsigned long reaped = 0;
	const char *line;
	pid_t server;

	box_start(&box, "busy", "LOG_LEVEL=DEBUG", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	server = box_pid_after(&box, "Health check server started (PID: ");
	for (; rounds < 3; rounds++)
		bad += one_round(rounds);
	usleep(1500000); /* what is kept a moment on purpose is gone */
	supervisor = held_by(box.pid);
	health = held_by(server);
	for (; now_ms() < end || rounds < 6; rounds++)
		bad += one_round(rounds);
	usleep(1500000);
	check_held("entrypoint", supervisor, held_by(box.pid), 1024);
	check_held("health server", health, held_by(server), 10240);
	cr_expect_eq(bad, 0, "%u of %u probes failed", bad, rounds * 50);
	cr_assert_eq(http_get(box.health_port, "/metrics", answer, sizeof answer), 200);
	line = strstr(answer, "\nsupervisor_reaped_orphans_total ");
	cr_assert(line != NULL && sscanf(line, "%*s %lu", &reaped) == 1);
	cr_expect_gt(reaped, 500);
	cr_expect(strstr(answer, "\nsupervisor_health_restarts_total 0\n"));
	cr_expect(strstr(answer, "\nsupervisor_dropped_log_lines_total 0\n"));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 15000), 0);
	cr_expect_str_empty(box_err(&box));
	cr_expect_eq(processes_of(&box), 0);
}
