/* SPDX-License-Identifier: Apache-2.0 */
/* dockerd, as a program. */

#include "e2e/fixture_docker.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_lacking.h"
#include "support/fixture_files.h"

#define UNPACKED "build/docker"

static void docker_skip(const char *why)
{
	lacking_note("docker", why);
	cr_skip_test("not run: docker: %s", why);
}

/* Downloads and unpacks once; a folder that is complete gets its name last. */
static bool docker_unpack(struct arena *a, const char *cwd)
{
	static const char *const packages[] = { "docker.io", "containerd", "runc" };
	const char *part = arena_printf(a, "%s/" UNPACKED ".part", cwd);
	const char *done = arena_printf(a, "%s/" UNPACKED, cwd);

	if (access(arena_printf(a, "%s/usr/sbin/dockerd", done), X_OK) == 0)
		return true;
	if (access(part, F_OK) == 0)
		files_remove(part);
	if (mkdir(part, 0755) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
		struct oracle_run r = oracle_run(a, (const char *const[]){
							    "env", "-C", part, "apt-get", "-o",
							    "APT::Sandbox::User=root", "download",
							    packages[i], NULL });

		if (r.status != 0)
			return false;
		ORACLE(a, "env", "-C", part, "find", ".", "-name",
		       arena_printf(a, "%s_*.deb", packages[i]), "-exec", "dpkg-deb", "-x", "{}",
		       ".", ";", "-delete");
	}
	return rename(part, done) == 0;
}

static void docker_start(struct docker *d)
{
	const char *log = arena_printf(d->a, "%s/log", d->dir);
	const char *path = arena_printf(d->a, "%s/usr/sbin:%s/usr/bin:%s", d->programs, d->programs,
					getenv("PATH"));
	const char *host = arena_printf(d->a, "unix://%s/s", d->dir);
	const char *const argv[] = { "dockerd",
				     "--data-root",
				     arena_printf(d->a, "%s/root", d->dir),
				     "--exec-root",
				     arena_printf(d->a, "%s/exec", d->dir),
				     "-H",
				     host,
				     "--pidfile",
				     arena_printf(d->a, "%s/pid", d->dir),
				     "--iptables=false",
				     "--bridge=none",
				     "--storage-driver=vfs",
				     NULL };

	d->pid = fork();
	if (d->pid != 0)
		return;
	dup2(open(log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), 2);
	dup2(2, 1);
	setenv("PATH", path, 1);
	execv(arena_printf(d->a, "%s/usr/sbin/dockerd", d->programs), (char *const *)argv);
	_exit(127);
}

void docker_open(struct docker *d, struct arena *a)
{
	char cwd[4096];

	*d = (struct docker){ .a = a, .dir = files_temporary(a) };
	cr_assert(getcwd(cwd, sizeof(cwd)));
	d->programs = arena_printf(a, "%s/" UNPACKED, cwd);
	if (geteuid() != 0)
		docker_skip("it needs root");
	if (!docker_unpack(a, cwd))
		docker_skip("its packages cannot be downloaded");
	docker_start(d);
	for (int i = 0; i < 300; i++) {
		if (DOCKER(d, "version").status == 0)
			return;
		if (waitpid(d->pid, NULL, WNOHANG) == d->pid)
			docker_skip("dockerd does not start");
		usleep(100000);
	}
	docker_close(d);
	docker_skip("dockerd does not answer");
}

void docker_close(struct docker *d)
{
	struct str names = DOCKER(d, "ps", "--all", "--quiet").out, name;

	while (str_next(&names, '\n', &name))
		DOCKER(d, "rm", "--force", arena_printf(d->a, STR_FMT, STR_ARG(name)));
	kill(d->pid, SIGTERM);
	waitpid(d->pid, NULL, 0);
	files_remove(d->dir);
}

struct oracle_run docker_run(const struct docker *d, const char *const *args)
{
	struct strings argv = { 0 };

	*list_push(d->a, &argv) = arena_printf(d->a, "%s/usr/bin/docker", d->programs);
	*list_push(d->a, &argv) = "--host";
	*list_push(d->a, &argv) = arena_printf(d->a, "unix://%s/s", d->dir);
	while (*args)
		*list_push(d->a, &argv) = *args++;
	*list_push(d->a, &argv) = NULL;
	return oracle_run(d->a, argv.v);
}

struct str docker_must(const struct docker *d, const char *const *args)
{
	struct oracle_run r = docker_run(d, args);

	cr_assert_eq(r.status, 0, "docker %s: %d\n%s%s", args[0], r.status, r.out.p, r.err.p);
	return r.out;
}
