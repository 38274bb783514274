/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_image.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "support/fixture_bench.h"
#include "support/fixture_port.h"

void bench_image_empty(const struct bench_image *m)
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

static void write_conf(const struct bench_image *m, const char *lines)
{
	char path[1024];
	FILE *f;

	snprintf(path, sizeof path, "%s/etc/squid/squid.conf", m->root);
	f = fopen(path, "we");
	if (f == NULL)
		bench_die(path);
	fprintf(f,
		"visible_hostname bench\nhttp_port 127.0.0.1:%u\ncache_log stdio:/var/log/squid/cache.log\n"
		"coredump_dir /var/cache/squid\n%s",
		m->port, lines);
	fclose(f);
}

void bench_image_open(struct bench_image *m, const char *root, const char *lines)
{
	char path[1024];

	*m = (struct bench_image){ .root = root, .port = free_port(), .health = free_port() };
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		bench_die("mount namespace");
	write_conf(m, lines);
	snprintf(path, sizeof path, "%s/proc", root);
	if (mount("proc", path, "proc", 0, NULL) != 0)
		bench_die(path);
	snprintf(path, sizeof path, "%s/dev", root);
	if (mount("/dev", path, NULL, MS_BIND | MS_REC, NULL) != 0)
		bench_die(path);
}

pid_t bench_image_start(const struct bench_image *m, char *const *argv, int out)
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

/* Reads what the entrypoint writes after its start, so that its pipe does not fill: in a process of
 * its own. */
static void bench_image_drain(int fd)
{
	char buf[4096];

	if (fork() != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(fd, buf, sizeof buf) > 0)
		;
	_exit(0);
}

pid_t bench_image_ready(const struct bench_image *m, char *log, size_t size)
{
	char program[] = "/usr/local/bin/entrypoint";
	size_t have = 0;
	int out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) != 0)
		bench_die("pipe");
	pid = bench_image_start(m, (char *[]){ program, NULL }, out[1]);
	close(out[1]);
	memset(log, 0, size);
	while (strstr(log, "Container ready") == NULL && have < size - 1) {
		ssize_t n = read(out[0], log + have, size - 1 - have);

		if (n <= 0)
			bench_die("the entrypoint ended");
		have += (size_t)n;
	}
	bench_image_drain(out[0]);
	close(out[0]);
	return pid;
}
