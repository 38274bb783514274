/* SPDX-License-Identifier: Apache-2.0 */
/* What a program gets of ours, and what is said when it cannot be had. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/spawn.h"

/* What `sh -c script` writes to its descriptor 5. */
static struct str shell_output(struct arena *a, const char *script, const char *const *env,
			       const char *dir)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	char *text = arena_alloc(a, 4096);
	struct error e = { 0 };
	int out[2], status = -1;
	ssize_t n;
	pid_t pid;

	cr_assert(pipe2(out, O_CLOEXEC) == 0);
	const struct spawn_fd fds[] = { { out[1], 5 } };
	cr_assert_eq(spawn_start(&(struct spawn){ argv, env, dir, fds, 1 }, &pid, &e), 1, "%s",
		     e.cause);
	close(out[1]);
	cr_assert(spawn_wait(pid, "sh", &status, &e), "%s", e.cause);
	cr_assert_eq(status, 0, "%s", script);
	n = read(out[0], text, 4096);
	close(out[0]);
	cr_assert_geq(n, 0);
	return (struct str){ text, (size_t)n };
}

Test(spawn, a_program_runs_where_and_with_what_it_is_given)
{
	static const char *const env[] = { "PATH=/usr/bin:/bin", "GIVEN=yes", NULL };
	AUTO_ARENA a = { 0 };

	setenv("OURS", "no", 1);
	cr_expect(str_eq(shell_output(&a, "echo $GIVEN$OURS >&5", env, NULL), STR("yes\n")));
	cr_expect(str_eq(shell_output(&a, "echo $OURS >&5", NULL, NULL), STR("no\n")));
	cr_expect(str_eq(shell_output(&a, "pwd >&5", NULL, "/usr/lib"), STR("/usr/lib\n")));
	cr_expect(str_eq(shell_output(&a, "readlink /proc/self/fd/0 >&5", NULL, NULL),
			 STR("/dev/null\n")));
}

Test(spawn, one_that_is_not_there_is_no_error_and_one_that_cannot_be_run_is)
{
	struct error e = { 0 };
	pid_t pid;

	cr_expect_eq(spawn_start(&(struct spawn){ .argv = (const char *[]){ "no-such-program",
									    NULL } },
				 &pid, &e),
		     0);
	cr_expect_eq(e.kind, ERR_NONE);
	cr_expect_eq(spawn_start(&(struct spawn){ .argv = (const char *[]){ "/etc/passwd", NULL } },
				 &pid, &e),
		     -1);
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect_str_eq(e.cause, "cannot run /etc/passwd: Permission denied");
}

Test(spawn, a_signal_that_we_ignore_ends_a_program_and_waiting_tells)
{
	const char *const argv[] = { "sh", "-c", "kill -PIPE $$", NULL };
	struct error e = { 0 };
	int status = 0;
	pid_t pid;

	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(spawn_start(&(struct spawn){ .argv = argv }, &pid, &e), 1, "%s", e.cause);
	cr_expect(spawn_wait(pid, "sh", &status, &e) && WIFSIGNALED(status) &&
		  WTERMSIG(status) == SIGPIPE);
	cr_expect(!spawn_wait(pid, "sh", &status, &e));
	cr_expect_str_eq(e.cause, "cannot wait for sh: No child processes");
}
