/* SPDX-License-Identifier: Apache-2.0 */
/* B1, B2, B3, B12 and the HTTP rules, against the real health server. */

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_port.h"

#include "fixture_box.h"

static struct box box;
static char answer[65536];

static void health_box_start(void)
{
	box_make(&box);
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P\ncache_dir ufs %R/var/spool/squid 100 2 4\n");
	box_start(&box, getenv("BOX_FAKE") != NULL ? getenv("BOX_FAKE") : "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
}

static void health_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_health, .init = health_box_start, .fini = health_box_remove, .timeout = 300);

static pid_t squid_pid(void)
{
	return box_pid_after(&box, "Squid started with PID ");
}

static int ask_health_server(const char *request)
{
	return http_exchange(box.health_port, request, strlen(request), answer, sizeof answer,
			     10000);
}

/* Readiness is refreshed once a second: polls until `status` or 5 s. */
static bool status_becomes(const char *path, int status)
{
	long long deadline = now_ms() + 5000;

	while (now_ms() < deadline) {
		if (http_get(box.health_port, path, answer, sizeof answer) == status)
			return true;
		usleep(50000);
	}
	return false;
}

static const struct health_exchange {
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
	{ "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 200,
	  "\nsquid_client_http_requests_total 7\n" },
	{ "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404,
	  "404 Not Found\nAvailable endpoints: /health, /ready\n" },
	{ "GET /health/ HTTP/1.1\r\nHost: x\r\n\r\n", 404, "" },
	{ "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 405,
	  "Allow: GET, HEAD, OPTIONS\r\n" },
	{ "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na=b", 405,
	  "Allow: GET, HEAD, OPTIONS\r\n" },
	{ "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 405,
	  "Allow: " },
	{ "POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400, "" },
	{ "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 204, "Allow: " },
	{ "GET /health HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
	  "" },
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
		int status = ask_health_server(exchanges[i].request);

		cr_expect_eq(status, exchanges[i].status, "%s: %d", exchanges[i].request, status);
		cr_expect(strstr(answer, exchanges[i].part), "%s:\n%s", exchanges[i].request,
			  answer);
		cr_expect(strstr(answer, "Connection: close\r\n"));
	}
}

Test(scenario_health, head_has_the_length_but_no_body)
{
	cr_expect_eq(ask_health_server("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
	cr_expect(strstr(answer, "Content-Length: 3\r\n"));
	cr_expect_str_eq(strstr(answer, "\r\n\r\n"), "\r\n\r\n");
}

Test(scenario_health, a_head_that_is_too_long_is_431)
{
	static char request[20000] = "GET /health HTTP/1.1\r\n";

	while (strlen(request) < 10000)
		strcat(request, "X-Filler: 0123456789012345678901234567890123456789\r\n");
	cr_expect_eq(ask_health_server(request), 431);
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
}

static void send_a_megabyte_of_head(void)
{
	static const char head[] = "GET /health HTTP/1.1\r\nX: ";
	static char request[1 << 20];
	int status;

	memset(request, 'x', sizeof request);
	memcpy(request, head, strlen(head));
	status = http_exchange(box.health_port, request, sizeof request, answer, sizeof answer,
			       10000);
	cr_expect(status == 431 || status == -1, "%d", status); /* -1: reset while we still sent */
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
}

Test(scenario_health, a_megabyte_of_head_is_refused_and_not_kept)
{
	pid_t server = box_pid_after(&box, "Health check server started (PID: ");
	long long before;

	send_a_megabyte_of_head(); /* the pages of code that an answer takes are counted, too */
	before = status_of(server, "VmRSS:", 10);
	for (int i = 0; i < 3; i++)
		send_a_megabyte_of_head();
	cr_expect_leq(status_of(server, "VmRSS:", 10), before + 512);
}

Test(scenario_health, a_client_that_has_said_all_may_close_its_half)
{
	static const char request[] = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
	int fd = connect_to(box.health_port);
	ssize_t n;

	cr_assert_eq(send(fd, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
	shutdown(fd, SHUT_WR);
	n = recv(fd, answer, sizeof answer, MSG_WAITALL);
	cr_expect(n > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0);
	close(fd);
	fd = connect_to(box.health_port);
	cr_assert_eq(send(fd, request, 10, MSG_NOSIGNAL),
		     10); /* half a request, and nothing more */
	shutdown(fd, SHUT_WR);
	cr_expect_eq(recv(fd, answer, sizeof answer, 0), 0);
	close(fd);
}

Test(scenario_health, the_first_of_a_hundred_pipelined_requests_is_answered)
{
	static char request[8000];

	for (int i = 0; i < 100; i++)
		strcat(request, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
	cr_expect_eq(ask_health_server(request), 200);
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
	n = recv(idle, answer, sizeof answer, 0); /* after the deadline of 5 s */
	cr_expect(n > 12 && memcmp(answer, "HTTP/1.1 408", 12) == 0);
	close(idle);
}

Test(scenario_health, a_refused_request_may_be_sent_to_its_end)
{
	static const char *const pieces[] = { "POST /health HTTP/1.1\r\nContent-Length: 5",
					      "\r\nHost: x\r\n", "\r\n", "hello" };
	int fd = connect_to(box.health_port);
	ssize_t n, have = 0;

	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		cr_expect_eq(send(fd, pieces[i], strlen(pieces[i]), MSG_NOSIGNAL),
			     (ssize_t)strlen(pieces[i]), "piece %zu: %s", i, strerror(errno));
		usleep(50000);
	}
	while ((n = recv(fd, answer + have, sizeof answer - 1 - (size_t)have, 0)) > 0)
		have += n;
	cr_expect_eq(n, 0, "%s", strerror(errno));
	answer[have] = '\0';
	cr_expect(strstr(answer, "HTTP/1.1 405 "), "%s", answer);
	close(fd);
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
	cr_expect_lt(worst, 1000, "%lld ms", worst); /* a loaded machine; the benchmark measures */
	for (int i = 0; i < 1000; i++)
		close(fds[i]);
}

/* A byte each per round: none is ever complete, none ever idle. */
Test(scenario_health, a_thousand_slow_connections_do_not_disturb_a_probe)
{
	static const char request[] =
		"GET /health HTTP/1.1\r\nX: 0123456789012345678901234567890123456789";
	const char *seconds = getenv("SLOW_SECONDS");
	long long end = now_ms() + (seconds != NULL ? atoll(seconds) : 2) * 1000, worst = 0;
	struct rlimit r = { 2048, 2048 };
	static int fds[1000];
	size_t at = 0;

	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		cr_skip_test("too few descriptors");
	for (; now_ms() < end; at = (at + 1) % (sizeof request - 1)) {
		for (int i = 0; i < 1000; i++) {
			if (at == 0 && fds[i] > 0)
				close(fds[i]);
			if (at == 0)
				fds[i] = connect_to(box.health_port);
			send(fds[i], request + at, 1, MSG_NOSIGNAL);
		}
		for (int i = 0; i < 5; i++) {
			long long start = now_ms();

			cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer),
				     200);
			worst = now_ms() - start > worst ? now_ms() - start : worst;
		}
	}
	cr_expect_lt(worst, 1000, "%lld ms", worst); /* a loaded machine; the benchmark measures */
}

Test(scenario_health, a_dead_squid_is_unhealthy_before_the_container_ends)
{
	kill(squid_pid(), SIGSTOP);
	cr_expect(status_becomes("/ready", 503));
	cr_expect(strstr(answer, "  - Squid process is suspended\n"), "%s", answer);
	kill(squid_pid(), SIGCONT);
	cr_expect(status_becomes("/ready", 200));
	kill(box.pid, SIGSTOP); /* the supervisor cannot react now */
	kill(squid_pid(), SIGKILL);
	cr_expect(status_becomes("/health", 503));
	cr_expect(strstr(answer, "Service Unavailable: Squid not running\n"));
	cr_expect(status_becomes("/ready", 503));
	cr_expect(strstr(answer, "Service Unavailable:\n  - Squid process not running\n"));
	kill(box.pid, SIGCONT);
	cr_expect_eq(box_wait_end(&box, 5000), 1);
}

Test(scenario_health, readiness_sees_the_configuration_and_the_cache)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	cr_expect(status_becomes("/ready", 503));
	cr_expect(strstr(answer, "  - Configuration file not found\n"), "%s", answer);
	box_put(&box, "/etc/squid/squid.conf", "");
	cr_expect(status_becomes("/ready", 200));
	char from[512], to[512];
	snprintf(from, sizeof from, "%s/var/spool/squid", box.root);
	snprintf(to, sizeof to, "%s/var/spool/gone", box.root);
	rename(from, to);
	cr_expect(status_becomes("/ready", 503));
	cr_expect(strstr(answer, "  - Cache directory not writable\n"), "%s", answer);
}

static int run_health_check(const char *ready, unsigned port)
{
	char text[16];
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		snprintf(text, sizeof text, "%u", port);
		setenv("HEALTH_PORT", text, 1);
		dup2(open(box_path(&box, "/check"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
		     1);
		execl(program_path("scripts-free/healthcheck/healthcheck"), "healthcheck",
		      "--check", ready, (char *)NULL);
		_exit(99);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(scenario_health, check_exits_with_zero_or_one_within_three_seconds)
{
	long long start;

	cr_expect_eq(run_health_check(NULL, box.health_port), 0);
	cr_expect_eq(run_health_check("--ready", box.health_port), 0);
	cr_expect_eq(run_health_check(NULL, free_port()), 1);
	start = now_ms();
	cr_expect_eq(run_health_check(NULL, box.port), 1); /* something else answers there */
	kill(squid_pid(), SIGSTOP);			   /* accepts, but never answers */
	start = now_ms();
	cr_expect_eq(run_health_check(NULL, box.port), 1);
	cr_expect_lt(now_ms() - start, 8000);
	kill(squid_pid(), SIGCONT);
}

Test(scenario_health, check_prints_each_reason_on_a_line_of_its_own)
{
	ssize_t n;
	int fd;

	kill(squid_pid(), SIGSTOP);
	cr_expect(status_becomes("/ready", 503));
	cr_expect_eq(run_health_check("--ready", box.health_port), 1);
	fd = open(box_path(&box, "/check"), O_RDONLY | O_CLOEXEC);
	n = read(fd, answer, sizeof answer - 1);
	close(fd);
	answer[n > 0 ? n : 0] = '\0';
	cr_expect_str_eq(answer, "Service Unavailable:\n  - Squid process is suspended\n");
	kill(squid_pid(), SIGCONT);
}

static void only_ipv4(struct box *b)
{
	int fd;

	(void)b;
	if (unshare(CLONE_NEWNET) != 0)
		_exit(92);
	fd = open("/proc/sys/net/ipv6/conf/all/disable_ipv6", O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, "1", 1) != 1)
		_exit(91);
	close(fd);
}

Test(scenario_health, a_network_without_ipv6_is_enough)
{
	static struct box four;

	if (getuid() != 0)
		cr_skip_test("needs root");
	box_make(&four);
	four.prepare = only_ipv4;
	box_start(&four, "deaf", NULL); /* no loopback there either: Squid cannot listen */
	cr_expect(box_wait_text(&four, "Health check server started", 15000), "%s%s",
		  box_out(&four), box_err(&four));
	kill(four.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&four, 15000), 0);
	box_remove(&four);
}

Test(scenario_health, both_families_are_served)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT,
				  .sin6_port = htons((unsigned short)box.health_port) };
	static const char request[] = "GET /health HTTP/1.0\r\n\r\n";
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n;

	if (fd < 0 || (connect(fd, (struct sockaddr *)&a, sizeof a) != 0 && errno == EADDRNOTAVAIL))
		cr_skip_test("no IPv6 on this machine");
	cr_assert_eq(send(fd, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
	n = recv(fd, answer, sizeof answer, MSG_WAITALL);
	cr_expect(n > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0);
	close(fd);
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
}

Test(scenario_health, without_the_manager_metrics_are_501)
{
	static struct box closed;

	box_make(&closed);
	box_start(&closed, "no-manager", NULL);
	cr_assert(box_wait_text(&closed, "Container ready", 15000), "%s", box_err(&closed));
	cr_expect_eq(http_get(closed.health_port, "/metrics", answer, sizeof answer), 501);
	cr_expect(strstr(answer, "Content-Type: text/plain\r\n"));
	cr_expect(strstr(answer, "http_access allow localhost manager"));
	kill(closed.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&closed, 15000), 0);
	box_remove(&closed);
}

Test(scenario_health, metrics_of_a_squid_that_hangs_say_that_it_is_down)
{
	pid_t squid = squid_pid();

	kill(squid, SIGSTOP);
	cr_expect(status_becomes("/ready", 503));
	cr_expect_eq(http_get(box.health_port, "/metrics", answer, sizeof answer), 200);
	cr_expect(strstr(answer, "\nsquid_up 0\n"), "%s", answer);
	cr_expect(strstr(answer, "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
	kill(squid, SIGCONT);
}

Test(scenario_health, metrics_come_from_a_port_that_takes_plain_requests)
{
	static struct box odd;

	box_make(&odd);
	box_put(&odd, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:1 intercept\nhttp_port 127.0.0.1:2 require-proxy-header\n"
		"http_port 127.0.0.1:%P\n");
	box_start(&odd, "", NULL);
	cr_assert(box_wait_text(&odd, "Container ready", 15000), "%s", box_err(&odd));
	cr_expect_eq(http_get(odd.health_port, "/metrics", answer, sizeof answer), 200);
	cr_expect(strstr(answer, "\nsquid_up 1\n"), "%s", answer);
	kill(odd.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&odd, 15000), 0);
	box_remove(&odd);
}

Test(scenario_health, who_waits_for_metrics_does_not_keep_a_probe_out)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
	static struct box mute;
	int fds[1100], n = 0;
	struct rlimit r = { 2048, 2048 };

	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		cr_skip_test("too few descriptors");
	box_make(&mute);
	box_start(&mute, "mute", NULL);
	cr_assert(box_wait_text(&mute, "Container ready", 15000), "%s", box_err(&mute));
	for (; n < 1100 && (fds[n] = connect_to(mute.health_port)) >= 0; n++)
		send(fds[n], request, sizeof request - 1, MSG_NOSIGNAL);
	cr_expect_eq(n, 1100);
	cr_expect_eq(http_get(mute.health_port, "/health", answer, sizeof answer), 200, "%s",
		     answer);
	while (n > 0)
		close(fds[--n]);
	kill(mute.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&mute, 15000), 0);
	box_remove(&mute);
}

Test(scenario_health, descriptors_stay_flat_under_many_connections)
{
	pid_t server = box_pid_after(&box, "Health check server started (PID: ");
	int before;

	cr_assert(status_becomes("/ready", 200)); /* it has opened what it keeps */
	before = descriptors_of(server);
	for (int i = 0; i < 2000; i++) {
		int fd = connect_to(box.health_port);

		cr_assert_geq(fd, 0);
		if (i % 3 == 0)
			send(fd, "GET", 3, MSG_NOSIGNAL);
		if (i % 2 == 0) {
			struct linger l = { 1, 0 }; /* a reset */

			setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
		}
		close(fd);
	}
	cr_expect_eq(http_get(box.health_port, "/health", answer, sizeof answer), 200);
	for (int i = 0; i < 100 && descriptors_of(server) > before; i++)
		usleep(50000);
	cr_expect_leq(descriptors_of(server), before);
}
