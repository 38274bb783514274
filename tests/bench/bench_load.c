/* SPDX-License-Identifier: Apache-2.0 */
/* The main image under load: REQUESTS requests, IN_FLIGHT at a time, each on a connection of its
 * own, to an origin directly and through the proxy, in one run. The origin is a process of this
 * program that answers at once. Then the same with a TERM in the middle: what had been taken is
 * answered. Needs root, for chroot and mounts.
 *
 * Usage: load ROOT      (the unpacked image) */

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_bench.h"
#include "support/fixture_bench_image.h"
#include "support/fixture_port.h"

#define ROUNDS 3
#define REQUESTS 5000
#define IN_FLIGHT 128
#define MAX_FD 4096

static const char answer[] =
	"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 5\r\n\r\ndone\n";

static int load_listen(unsigned port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, (struct sockaddr *)&to, sizeof to) != 0 || listen(fd, 4096) != 0)
		bench_die("origin");
	return fd;
}

/* Answers each request on each connection; the requests of this program come in one piece. */
static pid_t start_origin(unsigned port)
{
	int fd = load_listen(port), epoll = epoll_create1(0);
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd }, evs[256];
	pid_t pid = fork();
	char buf[4096];

	if (pid != 0) {
		close(fd);
		close(epoll);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev);
	for (;;) {
		int n = epoll_wait(epoll, evs, 256, -1);

		for (int i = 0; i < n; i++) {
			int at = evs[i].data.fd;

			if (at == fd) {
				ev.data.fd = accept(fd, NULL, NULL);
				epoll_ctl(epoll, EPOLL_CTL_ADD, ev.data.fd, &ev);
			} else if (recv(at, buf, sizeof buf, 0) <= 0 ||
				   send(at, answer, sizeof answer - 1, MSG_NOSIGNAL) < 0) {
				close(at);
			}
		}
	}
}

struct proxy_load {
	const char *request;
	int epoll;
	unsigned port, begun, reset, lost;
	size_t n;
	double started[MAX_FD]; /* by descriptor; 0: not in use */
	double sample[REQUESTS];
};

static void load_begin(struct proxy_load *l)
{
	int fd = bench_dial(l->port, SOCK_NONBLOCK);
	struct epoll_event ev = { .events = EPOLLOUT, .data.fd = fd };

	if (fd < 0 || fd >= MAX_FD)
		bench_die("connect");
	l->started[fd] = bench_now();
	l->begun++;
	epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/* True when the exchange is over. A connection that the proxy had not accepted when it stopped is
 * reset by the kernel; one that it had accepted and closed without an answer is lost. */
static int load_progress(struct proxy_load *l, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };
	size_t size = strlen(l->request);
	char buf[4096];
	ssize_t n;

	if (events & EPOLLOUT) {
		if (send(fd, l->request, size, MSG_NOSIGNAL) == (ssize_t)size)
			return epoll_ctl(l->epoll, EPOLL_CTL_MOD, fd, &ev);
		l->reset++;
		return 1;
	}
	n = recv(fd, buf, sizeof buf, 0);
	if (n >= 12 && memcmp(buf, "HTTP/1.1 200", 12) == 0)
		l->sample[l->n++] = bench_now() - l->started[fd];
	else if (n < 0 && (errno == ECONNREFUSED || errno == ECONNRESET))
		l->reset++;
	else
		l->lost++;
	return 1;
}

static int compare_latencies(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* `count` requests. When `stop` is a process, it gets a TERM once half of them are answered. */
static void load_run(struct proxy_load *l, const char *request, unsigned port, unsigned count,
		     pid_t stop)
{
	struct epoll_event ev[256];
	unsigned over = 0;

	memset(l, 0, sizeof *l);
	l->request = request;
	l->port = port;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	while (l->begun < IN_FLIGHT)
		load_begin(l);
	while (over < l->begun) {
		int n = epoll_wait(l->epoll, ev, 256, 60000);

		if (n <= 0)
			bench_die("no answer within a minute");
		for (int i = 0; i < n; i++) {
			if (!load_progress(l, ev[i].data.fd, ev[i].events))
				continue;
			close(ev[i].data.fd);
			if (++over == count / 2 && stop > 0)
				kill(stop, SIGTERM);
			if (l->begun < count)
				load_begin(l);
		}
	}
	close(l->epoll);
	qsort(l->sample, l->n, sizeof l->sample[0], compare_latencies);
}

static double load_p95(const struct proxy_load *l, const char *name)
{
	double p95 = l->n > 0 ? l->sample[l->n * 95 / 100] : 0;

	printf("  %-8s median %6.2f ms, p95 %6.2f ms, max %6.2f ms; answered %zu, not answered %u\n",
	       name, l->n > 0 ? l->sample[l->n / 2] : 0, p95, l->n > 0 ? l->sample[l->n - 1] : 0,
	       l->n, l->lost);
	return p95;
}

/* Direct and through the proxy, in turns; then a stop under load. */
static void load_measure(const struct bench_image *m)
{
	static char log[65536], direct[64], proxied[128];
	static struct proxy_load l;
	unsigned port = free_port();
	pid_t origin = start_origin(port), proxy = bench_image_ready(m, log, sizeof log);
	int status;

	snprintf(direct, sizeof direct,
		 "GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n", port);
	snprintf(
		proxied, sizeof proxied,
		"GET http://127.0.0.1:%u/ HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n\r\n",
		port, port);
	for (int i = 0; i < ROUNDS; i++) {
		double d, p;

		load_run(&l, direct, port, REQUESTS, 0);
		d = load_p95(&l, "direct");
		load_run(&l, proxied, m->port, REQUESTS, 0);
		p = load_p95(&l, "proxied");
		printf("  p95 through the proxy: %+.1f ms\n", p - d);
	}
	load_run(&l, proxied, m->port, REQUESTS, proxy);
	printf("  TERM after half of them: answered %zu, never accepted %u, closed unanswered %u; ",
	       l.n, l.reset, l.lost);
	waitpid(proxy, &status, 0);
	printf("status %d\n", status);
	kill(origin, SIGKILL);
	waitpid(origin, &status, 0);
}

int main(int argc, char **argv)
{
	struct bench_image m;

	if (argc != 2 || geteuid() != 0) {
		printf("load: not measured, it needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_image_open(&m, argv[1],
			 "access_log stdio:/var/log/squid/access.log squid\n"
			 "http_access allow localhost\nhttp_access deny all\n");
	bench_image_empty(&m);
	printf("load: %d requests, %d in flight, %d rounds:\n", REQUESTS, IN_FLIGHT, ROUNDS);
	load_measure(&m);
	return 0;
}
