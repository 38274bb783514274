/* SPDX-License-Identifier: Apache-2.0 */
/* The start of the main image: the entrypoint until "Container ready", beside what Squid itself
 * needs to parse its configuration, to make its cache directories and to listen. All of it in the
 * image's own files, in one run; what is written goes to memory. Needs root, for chroot and mounts.
 *
 * Usage: start ROOT      (the unpacked image) */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_bench.h"
#include "support/fixture_bench_image.h"

#define ROUNDS 5

static int port_listens(unsigned port)
{
	int fd = bench_dial(port, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static double time_in_image(const struct bench_image *m, char *const *argv)
{
	double begin = bench_now();
	int status;

	waitpid(bench_image_start(m, argv, -1), &status, 0);
	if (status != 0)
		bench_die(argv[1]);
	return bench_now() - begin;
}

/* Squid by itself: parse, -z, until it listens. */
static double squid_alone(const struct bench_image *m)
{
	char squid[] = "/usr/sbin/squid", k[] = "-k", parse[] = "parse", z[] = "-z", n[] = "-N",
	     f[] = "-f", conf[] = "/etc/squid/squid.conf";
	double a = time_in_image(m, (char *[]){ squid, k, parse, f, conf, NULL });
	double b = time_in_image(m, (char *[]){ squid, z, n, f, conf, NULL }), c = bench_now();
	pid_t pid = bench_image_start(m, (char *[]){ squid, n, f, conf, NULL }, -1);

	while (!port_listens(m->port) && bench_now() - c < 30000)
		usleep(1000);
	c = bench_now() - c;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("  Squid alone: parse %4.0f ms, -z %4.0f ms, start %4.0f ms, together %4.0f ms\n", a,
	       b, c, a + b + c);
	return a + b + c;
}

static void report_resident(pid_t pid, const char *log)
{
	const char *at = strstr(log, "Health check server started (PID: ");
	pid_t health = at != NULL ? (pid_t)strtol(at + 34, NULL, 10) : 0;
	double begin;
	int status;

	usleep(300000);
	printf("  entrypoint %ld kB resident, %d descriptors; health server %ld kB, %d descriptors; ",
	       bench_resident(pid), bench_descriptors(pid), bench_resident(health),
	       bench_descriptors(health));
	begin = bench_now();
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	printf("idle stop %.0f ms, status %d\n", bench_now() - begin, status);
}

static double time_entrypoint(const struct bench_image *m)
{
	static char log[65536];
	double begin = bench_now();
	pid_t pid = bench_image_ready(m, log, sizeof log);

	begin = bench_now() - begin;
	report_resident(pid, log);
	return begin;
}

int main(int argc, char **argv)
{
	struct bench_image m;

	if (argc != 2 || geteuid() != 0) {
		printf("start of the image: not measured, it needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_image_open(&m, argv[1],
			 "cache_dir ufs /var/spool/squid 250 16 256\naccess_log none\n");
	printf("start of the image, %d rounds:\n", ROUNDS);
	for (int i = 0; i < ROUNDS; i++) { /* the spread tells how busy the machine is */
		double alone, ready;

		bench_image_empty(&m);
		alone = squid_alone(&m);
		bench_image_empty(&m);
		ready = time_entrypoint(&m);
		printf("  to \"Container ready\" %4.0f ms: %+.0f ms\n", ready, ready - alone);
	}
	return 0;
}
