/* SPDX-License-Identifier: Apache-2.0 */
/* Running oracles: argument vectors, no shell. */

#include "support/fixture_oracle.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

static bool oracle_installed(const char *program)
{
	AUTO_ARENA a = { 0 };
	const char *path = getenv("PATH");
	struct str rest = str_of(path ? path : "/usr/bin:/bin"), dir;

	while (str_next(&rest, ':', &dir)) {
		if (access(arena_printf(&a, STR_FMT "/%s", STR_ARG(dir), program), X_OK) == 0)
			return true;
	}
	return false;
}

void oracle_need(const char *program)
{
	if (!oracle_installed(program))
		cr_skip_test("%s is not installed", program);
}

/* An unnamed file for one stream of the program. */
static int oracle_stream(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	cr_assert_geq(fd, 0, "temporary file");
	return fd;
}

static struct str oracle_content(struct arena *a, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *p = arena_alloc(a, (size_t)size + 1);

	cr_assert_eq(pread(fd, p, (size_t)size, 0), (ssize_t)size);
	close(fd);
	return (struct str){ p, (size_t)size };
}

static _Noreturn void oracle_become(const char *const *argv, int out, int err)
{
	int in = open("/dev/null", O_RDONLY);

	if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	setenv("TZ", "UTC0", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	/* execvp() does not write to its arguments; its type is older than const */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

struct oracle_run oracle_run(struct arena *a, const char *const *argv)
{
	struct oracle_run r = { 0 };
	int out = oracle_stream(), err = oracle_stream(), status = 0;
	pid_t pid = fork();

	cr_assert_geq(pid, 0, "fork");
	if (pid == 0)
		oracle_become(argv, out, err);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	r.out = oracle_content(a, out);
	r.err = oracle_content(a, err);
	return r;
}

struct str oracle_ask(struct arena *a, const char *const *argv)
{
	struct oracle_run r = oracle_run(a, argv);

	cr_assert_eq(r.status, 0, "%s exits %d: %s%s", argv[0], r.status, r.err.p, r.out.p);
	return r.out;
}
