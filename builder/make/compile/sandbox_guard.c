/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/sandbox_guard.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define GUARD_SIGNAL SIGTERM

/* What else is open here would seem open to others: pipes, turns, sockets. */
static void guard_close_others(int gate)
{
	if (gate > 0)
		syscall(SYS_close_range, 0u, (unsigned)gate - 1, 0u);
	syscall(SYS_close_range, (unsigned)gate + 1, ~0u, 0u);
}

/* A fork of a process with threads: system calls alone. */
static _Noreturn void guard_watch(pid_t owner, pid_t group, int gate)
{
	sigset_t all, one;
	siginfo_t ignored;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	guard_close_others(gate);
	prctl(PR_SET_PDEATHSIG, GUARD_SIGNAL);
	sigemptyset(&one);
	sigaddset(&one, GUARD_SIGNAL);
	while (getppid() == owner)
		sigwaitinfo(&one, &ignored);
	kill(-group, SIGKILL);
	_exit(0);
}

pid_t guard_start(pid_t group, int gate)
{
	pid_t owner = getpid(), guard = fork();

	if (guard == 0)
		guard_watch(owner, group, gate);
	return guard;
}

void guard_end(pid_t *guard)
{
	if (*guard <= 0)
		return;
	kill(*guard, SIGKILL);
	while (waitpid(*guard, NULL, 0) < 0 && errno == EINTR)
		;
	*guard = 0;
}
