/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

_Noreturn void bench_die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

_Noreturn void bench_give_up(const struct error *e)
{
	char text[2048];

	err_format(e, text, sizeof(text));
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, text);
	exit(err_status(e->kind));
}

static double bench_seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double bench_cpu(int who)
{
	struct rusage use;

	getrusage(who, &use);
	return bench_seconds(use.ru_utime) + bench_seconds(use.ru_stime);
}

void bench_run(const char *dir, const char *const *argv, struct bench_usage *sum)
{
	double start = bench_now();
	struct rusage use;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int none = open("/dev/null", O_RDWR);

		if (none >= 0 && dup2(none, 0) == 0 && dup2(none, 1) == 1 &&
		    (!dir || chdir(dir) == 0))
			execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		bench_die(argv[0]);
	if (status != 0) {
		fprintf(stderr, "%s: %s ended with status %d\n", program_invocation_short_name,
			argv[0], WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		exit(1);
	}
	sum->wall += (bench_now() - start) / 1e3;
	sum->cpu += bench_seconds(use.ru_utime) + bench_seconds(use.ru_stime);
	if (use.ru_maxrss > sum->peak)
		sum->peak = use.ru_maxrss;
}

void bench_row_head(void)
{
	printf("%-22s %8s %8s %-12s %5s %5s %-6s %8s %5s %5s\n", "seconds", "ours", "peer", "",
	       "ratio", "goal", "", "limit", "ratio", "goal");
}

static const char *bench_verdict(double ratio, double goal)
{
	return ratio <= goal ? "met" : "missed";
}

void bench_row(const struct bench_row *r)
{
	printf("%-22s %8.3f", r->what, r->ours);
	if (r->peer > 0)
		printf(" %8.3f %-12s %5.2f", r->peer, r->peer_name, r->ours / r->peer);
	else
		printf(" %8s %-12s %5s", "-", r->peer_name ? r->peer_name : "", "-");
	if (r->peer > 0 && r->goal > 0)
		printf(" %5.2f %-6s", r->goal, bench_verdict(r->ours / r->peer, r->goal));
	else
		printf(" %5s %-6s", "-", "");
	if (r->limit > 0)
		printf(" %8.3f %5.2f", r->limit, r->ours / r->limit);
	if (r->limit > 0 && r->limit_goal > 0)
		printf(" %5.2f %s", r->limit_goal,
		       bench_verdict(r->ours / r->limit, r->limit_goal));
	putchar('\n');
	fflush(stdout);
}

static struct sockaddr_in bench_loopback(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

int bench_dial(unsigned port, int flags)
{
	struct sockaddr_in at = bench_loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 &&
	    errno != EINPROGRESS) {
		close(fd);
		return -1;
	}
	return fd;
}

long bench_resident(pid_t pid)
{
	char path[64], line[256];
	long kb = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = strtol(line + 6, NULL, 10);
	}
	if (f)
		fclose(f);
	return kb;
}

int bench_descriptors(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	int n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	d = opendir(path);
	while (d && (entry = readdir(d)))
		n += entry->d_name[0] != '.';
	if (d)
		closedir(d);
	return n;
}
