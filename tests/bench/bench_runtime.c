/* SPDX-License-Identifier: Apache-2.0 */
/* Figures of the health server under 1, 32 and 1,000 connections. Takes about 15 seconds.
 *
 * Usage: runtime [BUILD_DIR]   (default: the directory above the one this program is in) */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/board.h"
#include "support/fixture_bench.h"
#include "support/fixture_port.h"

#define MAX_CONN 1000
#define MAX_SAMPLES 200000
#define RUN_MS 3000

static const char request[] = "GET /health HTTP/1.1\r\nHost: bench\r\n\r\n";

/* A child that stays, to be taken for Squid. */
static pid_t stand_in(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

static pid_t start_health(const char *program, unsigned port, pid_t squid)
{
	int m = memfd_create("board", 0), out[2];
	struct board *b;
	char line[32];
	pid_t pid;

	if (m < 0 || ftruncate(m, sizeof *b) != 0 || pipe(out) != 0)
		bench_die("memfd");
	b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED, m, 0);
	if (b == MAP_FAILED)
		bench_die("mmap");
	b->size = sizeof *b;
	b->health_port = port;
	b->n_ports = 1;
	atomic_store(&b->squid_pid, squid);
	atomic_store(&b->beat_ms, ~0ULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(out[1], 1);
		if (m != BOARD_FD)
			dup2(m, BOARD_FD);
		execl(program, "healthcheck", "--serve", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	if (read(out[0], line, sizeof line) <= 0)
		bench_die(program);
	return pid;
}

static int compare_times(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct server_load {
	int epoll;
	unsigned port;
	double started[4096]; /* by descriptor */
	double sample[MAX_SAMPLES];
	size_t n, failed;
};

static void begin_one(struct server_load *l)
{
	int fd = bench_dial(l->port, SOCK_NONBLOCK);
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.fd = fd };

	if (fd < 0 || fd >= 4096) {
		l->failed++;
		return;
	}
	l->started[fd] = -bench_now(); /* negative: the request is not sent yet */
	epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev);
}

/* True when the exchange on `fd` is over. */
static int measure_progress(struct server_load *l, int fd, uint32_t events)
{
	char buf[2048];
	ssize_t n, got = 0;

	if ((events & EPOLLOUT) && l->started[fd] < 0 &&
	    send(fd, request, sizeof request - 1, MSG_NOSIGNAL) == (ssize_t)sizeof request - 1)
		l->started[fd] = -l->started[fd];
	if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		return 0;
	while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
		got = n;
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0 || (got > 0 && memcmp(buf, "HTTP/1.1 200", 12) != 0))
		l->failed++;
	else if (l->n < MAX_SAMPLES)
		l->sample[l->n++] = bench_now() -
				    (l->started[fd] < 0 ? -l->started[fd] : l->started[fd]);
	return 1;
}

static void measure_load(unsigned port, int connections, pid_t health)
{
	static struct server_load l;
	double start = bench_now(), passed;

	memset(&l, 0, sizeof l);
	l.port = port;
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	for (int i = 0; i < connections; i++)
		begin_one(&l);
	while ((passed = bench_now() - start) < RUN_MS) {
		struct epoll_event ev[256];
		int n = epoll_wait(l.epoll, ev, 256, 100);

		for (int i = 0; i < n; i++)
			if (measure_progress(&l, ev[i].data.fd, ev[i].events)) {
				close(ev[i].data.fd);
				begin_one(&l);
			}
	}
	qsort(l.sample, l.n, sizeof l.sample[0], compare_times);
	printf("  %11d %10.0f %10.3f %10.3f %10.3f %8zu %8ld\n", connections,
	       (double)l.n / passed * 1e3, l.n > 0 ? l.sample[l.n / 2] : 0,
	       l.n > 0 ? l.sample[l.n * 99 / 100] : 0, l.n > 0 ? l.sample[l.n - 1] : 0, l.failed,
	       bench_resident(health));
	for (int fd = 3; fd < 4096; fd++)
		if (l.started[fd] != 0)
			close(fd);
	close(l.epoll);
	usleep(200000);
}

/* A probe every 10 ms while a thousand connections send nothing. */
static void measure_idle(unsigned port)
{
	static double sample[200];
	int idle[MAX_CONN];

	for (int i = 0; i < MAX_CONN; i++)
		idle[i] = bench_dial(port, SOCK_NONBLOCK);
	for (int i = 0; i < 200; i++) {
		char buf[1024];
		double start = bench_now();
		int fd = bench_dial(port, SOCK_NONBLOCK), flags = fcntl(fd, F_GETFL);

		fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
		if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) < 0)
			bench_die("probe");
		while (recv(fd, buf, sizeof buf, 0) > 0)
			;
		sample[i] = bench_now() - start;
		close(fd);
		usleep(10000);
	}
	qsort(sample, 200, sizeof sample[0], compare_times);
	printf("  probe beside 1000 idle connections: median %.3f ms, p99 %.3f ms\n", sample[100],
	       sample[198]);
	for (int i = 0; i < MAX_CONN; i++)
		close(idle[i]);
}

static void health_figures(const char *build)
{
	unsigned port = free_port();
	pid_t squid = stand_in(), health;
	char program[1024];

	snprintf(program, sizeof program, "%s/scripts-free/healthcheck/healthcheck", build);
	health = start_health(program, port, squid);
	printf("health server: %s\n", program);
	printf("  connections      req/s  median ms     p99 ms     max ms   failed   RSS kB\n");
	measure_load(port, 1, health);
	measure_load(port, 32, health);
	measure_load(port, 1000, health);
	measure_idle(port);
	usleep(300000);
	printf("  at rest: %ld kB resident, %d descriptors\n", bench_resident(health),
	       bench_descriptors(health));
	kill(health, SIGKILL);
	kill(squid, SIGKILL);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	struct rlimit r = { 4096, 4096 };
	char build[512] = "build";
	ssize_t n;

	if (argc > 1) {
		snprintf(build, sizeof build, "%s", argv[1]);
	} else if ((n = readlink("/proc/self/exe", build, sizeof build - 1)) > 0) {
		build[n] = '\0'; /* BUILD/bench/runtime */
		for (int i = 0; i < 2; i++)
			*strrchr(build, '/') = '\0';
	}
	setrlimit(RLIMIT_NOFILE, &r);
	setvbuf(stdout, NULL, _IOLBF, 0);
	health_figures(build);
	return 0;
}
