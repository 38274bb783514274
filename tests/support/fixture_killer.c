/* SPDX-License-Identifier: Apache-2.0 */
/* Counting system calls with ptrace(2). The child must not start threads. */

#include "support/fixture_killer.h"

#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

static _Noreturn void be_traced(bool (*work)(void *), void *ctx)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(99);
	raise(SIGSTOP);
	_exit(work(ctx) ? 0 : 1);
}

/* Lets the child run to its next stop: its wait status. */
static int go_on(pid_t pid)
{
	int status = 0;

	cr_assert_eq(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0, "ptrace: %s", strerror(errno));
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

bool killer_run(bool (*work)(void *), void *ctx, long n)
{
	pid_t pid = fork();
	int status = 0;

	cr_assert_geq(pid, 0);
	if (pid == 0)
		be_traced(work, ctx);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
		cr_skip_test("processes cannot be traced here");
	cr_assert(WIFSTOPPED(status));
	/* every call stops twice: at its beginning and at its end */
	for (long stops = 0; stops < 2 * n - 1; stops++) {
		status = go_on(pid);
		if (WIFEXITED(status)) {
			cr_assert_eq(WEXITSTATUS(status), 0, "the work failed");
			return true;
		}
		cr_assert(WIFSTOPPED(status), "the work ended by a signal");
	}
	kill(pid, SIGKILL);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_assert(WIFSIGNALED(status));
	return false;
}
