/* SPDX-License-Identifier: Apache-2.0 */
/* dockerd, as a program. */

#include "e2e/fixture_docker.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_run.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

static void docker_skip(const char *why)
{
	run_lacks("docker", why);
	cr_skip_test("not run: docker: %s", why);
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
	struct test_patience p = PATIENCE;

	*d = (struct docker){ .a = a, .dir = files_temporary(a) };
	if (geteuid() != 0)
		docker_skip("it needs root");
	d->programs = debs_unpack(a, "docker",
				  (const char *const[]){ "docker.io", "containerd", "runc", NULL });
	if (!d->programs)
		docker_skip("its packages cannot be downloaded");
	docker_start(d);
	do {
		if (DOCKER(d, "version").status == 0)
			return;
		if (waitpid(d->pid, NULL, WNOHANG) == d->pid)
			docker_skip("dockerd does not start");
	} while (patience_left(&p));
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
