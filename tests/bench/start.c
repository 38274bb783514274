/* SPDX-License-Identifier: Apache-2.0 */
/* The start of the main image: the entrypoint until "Container ready", beside what Squid itself needs to
 * parse its configuration, to make its cache directories and to listen. All of it in the image's own files,
 * in one run; what is written goes to memory. Needs root, for chroot and mounts.
 *
 * Usage: start ROOT      (the unpacked image) */

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/bench.h"

#define ROUNDS 5

struct image {
	const char *root;
	unsigned port, health;
};

static int listens(unsigned port)
{
	int fd = bench_dial(port, 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Empty folders in memory, as at the start of a container. Mounts of earlier rounds stay below. */
static void fresh_folders(const struct image *m)
{
	static const char *const dirs[] = { "/var/run/squid", "/var/log/squid", "/var/lib/squid",
					    "/var/spool/squid", "/var/cache/squid" };
	char path[1024];

	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++) {
		snprintf(path, sizeof path, "%s%s", m->root, dirs[i]);
		if (mount("tmpfs", path, "tmpfs", 0, "mode=0777") != 0)
			bench_die(path);
	}
}

static void open_image(struct image *m)
{
	char path[1024];
	FILE *f;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		bench_die("mount namespace");
	m->port = bench_free_port();
	m->health = bench_free_port();
	snprintf(path, sizeof path, "%s/etc/squid/squid.conf", m->root);
	f = fopen(path, "we");
	if (f == NULL)
		bench_die(path);
	fprintf(f, "visible_hostname bench\nhttp_port 127.0.0.1:%u\ncache_dir ufs /var/spool/squid 250 16 256\n"
		   "cache_log stdio:/var/log/squid/cache.log\naccess_log none\ncoredump_dir /var/cache/squid\n",
		m->port);
	fclose(f);
	snprintf(path, sizeof path, "%s/proc", m->root);
	if (mount("proc", path, "proc", 0, NULL) != 0)
		bench_die(path);
	snprintf(path, sizeof path, "%s/dev", m->root);
	if (mount("/dev", path, NULL, MS_BIND | MS_REC, NULL) != 0)
		bench_die(path);
}

/* In the image, as its user. */
static pid_t start(const struct image *m, char *const *argv, int out)
{
	char health[16];
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	snprintf(health, sizeof health, "%u", m->health);
	setenv("HEALTH_PORT", health, 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chroot(m->root) != 0 || chdir("/") != 0)
		_exit(126);
	dup2(out >= 0 ? out : open("/dev/null", O_WRONLY), 1);
	dup2(open("/dev/null", O_WRONLY), 2);
	if (setgid(0) != 0 || setuid(1000) != 0)
		_exit(126);
	execv(argv[0], argv);
	_exit(127);
}

static double run(const struct image *m, char *const *argv)
{
	double begin = bench_now();
	int status;

	waitpid(start(m, argv, -1), &status, 0);
	if (status != 0)
		bench_die(argv[1]);
	return bench_now() - begin;
}

/* Squid by itself: parse, -z, until it listens. */
static double squid_alone(const struct image *m)
{
	char squid[] = "/usr/sbin/squid", k[] = "-k", parse[] = "parse", z[] = "-z", n[] = "-N", f[] = "-f",
	     conf[] = "/etc/squid/squid.conf";
	double a = run(m, (char *[]){ squid, k, parse, f, conf, NULL });
	double b = run(m, (char *[]){ squid, z, n, f, conf, NULL }), c = bench_now();
	pid_t pid = start(m, (char *[]){ squid, n, f, conf, NULL }, -1);

	while (!listens(m->port) && bench_now() - c < 30000)
		usleep(1000);
	c = bench_now() - c;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("  Squid alone: parse %4.0f ms, -z %4.0f ms, start %4.0f ms, together %4.0f ms\n", a, b, c,
	       a + b + c);
	return a + b + c;
}

static void report(pid_t pid, const char *log)
{
	const char *at = strstr(log, "Health check server started (PID: ");
	pid_t health = at != NULL ? (pid_t)strtol(at + 34, NULL, 10) : 0;
	double begin;
	int status;

	usleep(300000);
	printf("  entrypoint %ld kB resident, %d descriptors; health server %ld kB, %d descriptors; ",
	       bench_resident(pid), bench_descriptors(pid), bench_resident(health), bench_descriptors(health));
	begin = bench_now();
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	printf("idle stop %.0f ms, status %d\n", bench_now() - begin, status);
}

static double entrypoint(const struct image *m)
{
	char program[] = "/usr/local/bin/entrypoint";
	static char log[65536];
	size_t have = 0;
	double begin = bench_now();
	int out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0)
		bench_die("pipe");
	pid = start(m, (char *[]){ program, NULL }, out[1]);
	close(out[1]);
	memset(log, 0, sizeof log);
	while (strstr(log, "Container ready") == NULL && have < sizeof log - 1) {
		ssize_t n = read(out[0], log + have, sizeof log - 1 - have);

		if (n <= 0)
			bench_die("the entrypoint ended");
		have += (size_t)n;
	}
	begin = bench_now() - begin;
	report(pid, log);
	close(out[0]);
	return begin;
}

int main(int argc, char **argv)
{
	struct image m = { .root = argc == 2 ? argv[1] : NULL };

	if (m.root == NULL || geteuid() != 0) {
		printf("start of the image: not measured, it needs root\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	open_image(&m);
	printf("start of the image, %d rounds:\n", ROUNDS);
	for (int i = 0; i < ROUNDS; i++) {      /* the spread tells how busy the machine is */
		double alone, ready;

		fresh_folders(&m);
		alone = squid_alone(&m);
		fresh_folders(&m);
		ready = entrypoint(&m);
		printf("  to \"Container ready\" %4.0f ms: %+.0f ms\n", ready, ready - alone);
	}
	return 0;
}
