/* SPDX-License-Identifier: Apache-2.0 */
/* B1, B2, B3, B12 and the HTTP rules, against the real health server. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

static struct box box;
static char answer[65536];

static void make(void)
{
	box_make(&box);
	box_put(&box, "/etc/squid/squid.conf",
	        "http_port 127.0.0.1:%P\ncache_dir ufs %R/var/spool/squid 100 16 256\n");
	box_start(&box, getenv("BOX_FAKE") != NULL ? getenv("BOX_FAKE") : "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box), box_err(&box));
}

static void done(void)
{
	box_remove(&box);
}

TestSuite(scenario_health, .init = make, .fini = done, .timeout = 300);

static pid_t squid_pid(void)
{
	return box_pid_after(&box, "Squid started with PID ");
}

static int ask(const char *request)
{
	return http_exchange(box.health_port, request, strlen(request), answer, sizeof answer, 10000);
}

/* Readiness is refreshed once a second: polls until `status` or 5 s. */
static bool becomes(const char *path, int status)
{
	long long deadline = now_ms() + 5000;

	while (now_ms() < deadline) {
		if (http_get(box.health_port, path, answer, sizeof answer) == status)
			return true;
		usleep(50000);
	}
	return false;
}

static const struct exchange {
	const char *request;
	int status;
	const char *part;
} exchanges[] = {
	{ "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", 200, "\r\n\r\nOK\n" },
	{ "GET /health HTTP/1.0\r\n\r\n", 200, "Content-Type: text/plain\r\n" },
	{ "GET /health HTTP/1.1\n\n", 200, "\r\n\r\nOK\n" },
	{ "GET /health?x=1 HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK\n" },
	{ "GET /ready HTTP/1.1\r\nHost: x\r\n\r\n", 200, "\r\n\r\nREADY\n" },
	{ "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK\n" },
	{ "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK\n" },
	{ "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n", 200, "READY\n" },
	{ "GET http://x/health HTTP/1.1\r\nHost: x\r\n\r\n", 200, "OK\n" },
	{ "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 200, "\nsquid_client_http_requests_total 7\n" },
	{ "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404,
	  "404 Not Found\nAvailable endpoints: /health, /ready\n" },
	{ "GET /health/ HTTP/1.1\r\nHost: x\r\n\r\n", 404, "" },
	{ "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405, "Allow: GET, HEAD, OPTIONS\r\n" },
	{ "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 204, "Allow: " },
	{ "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "" },
	{ "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", 400, "" },
	{ "GET /health HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400, "" },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "" },
	{ "GET /health HTTP/2.0\r\n\r\n", 505, "" },
	{ "SSH-2.0-OpenSSH_9.9\r\n", 400, "" },
	{ "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "" },
};

Test(scenario_health, each_request_gets_its_answer)
{
	for (size_t i = 0; i < sizeof exchanges / sizeof exchanges[0]; i++) {
		int status = ask(exchanges[i].request);

		cr_expect_eq(status, exchanges[i].status, "%s: %d", exchanges[i].request, status);
		cr_expect(strstr(answer, exchanges[i].part), "%s:\n%s", exchanges[i].request, answer);
		cr_expect(strstr(answer, "Connection: close\r\n"));
	}
}

Test(scenario_health, head_has_the_length_but_no_body)
{
	cr_expect_eq(ask("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
	cr_expect(strstr(answer, "Content-Length: 3\r\n"));
	cr_expect_str_eq(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

Test(scenario_health, a_head_that_is_too_long_is_431)
{
	static char request[20000] = "GET /health HTTP/1.1\r\n";

	while (strlen(request) < 10000)
		strcat(request, "X-Filler: 0123456789012345678901234567890123456789\r\n");
	cr_expect_eq(ask(request), 431);
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
}

Test(scenario_health, the_first_of_a_hundred_pipelined_requests_is_answered)
{
	static char request[8000];

	for (int i = 0; i < 100; i++)
		strcat(request, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_expect_eq(ask(request), 200);
	cr_expect(strstr(answer, "OK\n"));
}

Test(scenario_health, a_byte_at_a_time_is_fine_and_nothing_at_all_is_408)
{
	static const char request[] = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
	int slow = connect_to(box.health_port), idle = connect_to(box.health_port);
	ssize_t n;

	for (size_t i = 0; i < sizeof request - 1; i++) {
		cr_assert_eq(send(slow, request + i, 1, MSG_NOSIGNAL), 1);
		usleep(1000);
	}
	n = recv(slow, answer, sizeof answer, 0);
	cr_expect(n > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0);
	close(slow);
	n = recv(idle, answer, sizeof answer, 0);       /* after the deadline of 5 s */
	cr_expect(n > 12 && memcmp(answer, "HTTP/1.1 408", 12) == 0);
	close(idle);
}

Test(scenario_health, a_thousand_idle_connections_do_not_disturb_a_probe)
{
	int fds[1000], open = 0;
	struct rlimit r = { 2048, 2048 };
	long long worst = 0;

	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		cr_skip_test("too few descriptors");
	for (int i = 0; i < 1000; i++) {
		fds[i] = connect_to(box.health_port);
		open += fds[i] >= 0 && send(fds[i], "GET /he", 7, MSG_NOSIGNAL) == 7;
	}
	cr_expect_eq(open, 1000);
	for (int i = 0; i < 50; i++) {
		long long start = now_ms();

		cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
		worst = now_ms() - start > worst ? now_ms() - start : worst;
	}
	cr_expect_lt(worst, 1000, "%lld ms", worst);    /* a loaded machine; the benchmark measures */
	for (int i = 0; i < 1000; i++)
		close(fds[i]);
}

Test(scenario_health, a_dead_squid_is_unhealthy_before_the_container_ends)
{
	kill(squid_pid(), SIGSTOP);
	cr_expect(becomes("/ready", 503));
	cr_expect(strstr(answer, "  - Squid process is suspended\n"), "%s", answer);
	kill(squid_pid(), SIGCONT);
	cr_expect(becomes("/ready", 200));
	kill(box.pid, SIGSTOP);                 /* the supervisor cannot react now */
	kill(squid_pid(), SIGKILL);
	cr_expect(becomes("/health", 503));
	cr_expect(strstr(answer, "Service Unavailable: Squid not running\n"));
	cr_expect(becomes("/ready", 503));
	cr_expect(strstr(answer, "Service Unavailable:\n  - Squid process not running\n"));
	kill(box.pid, SIGCONT);
	cr_expect_eq(box_wait_end(&box, 5000), 1);
}

Test(scenario_health, readiness_sees_the_configuration_and_the_cache)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	cr_expect(becomes("/ready", 503));
	cr_expect(strstr(answer, "  - Configuration file not found\n"), "%s", answer);
	box_put(&box, "/etc/squid/squid.conf", "");
	cr_expect(becomes("/ready", 200));
	char from[512], to[512];
	snprintf(from, sizeof from, "%s/var/spool/squid", box.root);
	snprintf(to, sizeof to, "%s/var/spool/gone", box.root);
	rename(from, to);
	cr_expect(becomes("/ready", 503));
	cr_expect(strstr(answer, "  - Cache directory not writable\n"), "%s", answer);
}

static int check(const char *ready, unsigned port)
{
	char text[16];
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		snprintf(text, sizeof text, "%u", port);
		setenv("HEALTH_PORT", text, 1);
		execl(program_path("scripts-free/healthcheck/healthcheck"), "healthcheck", "--check", ready, (char *)NULL);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(scenario_health, check_exits_with_zero_or_one_within_three_seconds)
{
	long long start;

	cr_expect_eq(check(NULL, box.health_port), 0);
	cr_expect_eq(check("--ready", box.health_port), 0);
	cr_expect_eq(check(NULL, free_port()), 1);
	start = now_ms();
	cr_expect_eq(check(NULL, box.port), 1); /* something else answers there */
	kill(squid_pid(), SIGSTOP);             /* accepts, but never answers */
	start = now_ms();
	cr_expect_eq(check(NULL, box.port), 1);
	cr_expect_lt(now_ms() - start, 8000);
	kill(squid_pid(), SIGCONT);
}

Test(scenario_health, descriptors_stay_flat_under_many_connections)
{
	for (int i = 0; i < 2000; i++) {
		int fd = connect_to(box.health_port);

		cr_assert_geq(fd, 0);
		if (i % 3 == 0)
			send(fd, "GET", 3, MSG_NOSIGNAL);
		if (i % 2 == 0) {
			struct linger l = { 1, 0 };             /* a reset */

			setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
		}
		close(fd);
	}
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
}
