/* SPDX-License-Identifier: Apache-2.0 */
/* Forks the child, gives up everything in it, and from outside watches its pipe, its clock and its
 * end. Knows nothing of what is parsed. */

#include "base/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/jail_rules.h"

/* How the child ends. An arena that runs out of memory exits with the status of ERR_SYSTEM. */
enum { CHILD_DONE = 0, CHILD_FAILED = 100, CHILD_NO_JAIL = 101 };

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Address space in use, in bytes; without /proc, what a large program of its kind has. */
static uint64_t address_space(void)
{
	AUTO_FD fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	char text[128];
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
	struct str pages, rest;
	uint64_t count;

	if (n <= 0 || !str_cut((struct str){ text, (size_t)n }, ' ', &pages, &rest) ||
	    !str_u64(pages, &count))
		return (uint64_t)4 << 30;
	return count * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool limit(int what, uint64_t value)
{
	struct rlimit r = { value, value };

	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

static bool set_limits(const struct jail_limits *l)
{
	uint64_t used = address_space();

	return limit(RLIMIT_AS, used + l->memory) && limit(RLIMIT_CPU, l->cpu_seconds) &&
	       limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NPROC, 0);
}

/* Closes all descriptors but `keep`, the standard ones included. */
static bool close_others(int keep)
{
	return (keep == 0 || close_range(0, (unsigned)keep - 1, 0) == 0) &&
	       close_range((unsigned)keep + 1, UINT_MAX, 0) == 0;
}

static _Noreturn void child(struct jail *j, int out, pid_t parent, bool (*work)(void *, int),
			    void *ctx)
{
	bool ok = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
		  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && set_limits(&j->limits) &&
		  close_others(out) && jail_deny_files() && limit(RLIMIT_NOFILE, 0) &&
		  jail_deny_calls();

	if (!ok)
		_exit(CHILD_NO_JAIL);
	_exit(work(ctx, out) ? CHILD_DONE : CHILD_FAILED);
}

/* 1 when there is something to read, -1 with *e set when time is up. */
static int wait_readable(struct jail *j, struct error *e)
{
	struct pollfd p = { .fd = j->fd, .events = POLLIN };

	for (;;) {
		int64_t left = (j->deadline - now()) / 1000000;
		int r = left <= 0 ? 0 : poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);

		if (r > 0)
			return 1;
		if (r < 0 && errno != EINTR) {
			err_sys(e, "wait for the parser of %s", j->base.name);
			return -1;
		}
		if (r == 0 && now() >= j->deadline) {
			err_set(e, ERR_INPUT, "%s takes more than %u seconds to read", j->base.name,
				j->limits.wall_seconds);
			return -1;
		}
	}
}

static int jail_next(struct source *base, struct str *chunk, struct error *e)
{
	struct jail *j = (struct jail *)base;
	ssize_t n;

	if (wait_readable(j, e) < 0)
		return -1;
	do
		n = read(j->fd, j->block, sizeof(j->block));
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(e, "read from the parser of %s", base->name);
		return -1;
	}
	*chunk = (struct str){ j->block, (size_t)n };
	return n > 0;
}

bool jail_start(struct jail *j, const char *name, const struct jail_limits *limits,
		bool (*work)(void *ctx, int out), void *ctx, struct error *e)
{
	pid_t parent = getpid();
	int ends[2];

	j->base = (struct source){ jail_next, name };
	j->pid = 0;
	j->fd = -1;
	j->limits = *limits;
	j->deadline = now() + (int64_t)limits->wall_seconds * 1000000000;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe for the parser of %s", name);
	j->fd = ends[0];
	j->pid = fork();
	if (j->pid == 0)
		child(j, ends[1], parent, work, ctx);
	close(ends[1]);
	if (j->pid < 0) {
		j->pid = 0;
		err_sys(e, "start the parser of %s", name);
		jail_drop(j);
		return false;
	}
	return true;
}

static bool judge_signal(const struct jail *j, int sig, struct error *e)
{
	if (sig == SIGSYS)
		return err_set(e, ERR_INPUT,
			       "%s made its parser try a forbidden system call; it was ended",
			       j->base.name);
	if (sig == SIGXCPU || sig == SIGKILL)
		return err_set(e, ERR_INPUT,
			       "%s takes more than %u seconds of processor time to read, or "
			       "memory ran out",
			       j->base.name, j->limits.cpu_seconds);
	return err_set(e, ERR_INPUT, "%s crashes its parser (signal %d); nothing of it was used",
		       j->base.name, sig);
}

static bool judge(const struct jail *j, int status, struct error *e)
{
	if (WIFSIGNALED(status))
		return judge_signal(j, WTERMSIG(status), e);
	switch (WEXITSTATUS(status)) {
	case CHILD_DONE:
		return true;
	case CHILD_NO_JAIL:
		return err_set(e, ERR_SYSTEM, "the sandbox for the parser of %s cannot be set up",
			       j->base.name);
	case CHILD_FAILED:
		return err_set(e, ERR_INPUT, "%s cannot be read", j->base.name);
	default:
		return err_set(e, ERR_INPUT, "%s needs more than %llu MiB of memory to read",
			       j->base.name, (unsigned long long)(j->limits.memory >> 20));
	}
}

static int reap(struct jail *j)
{
	int status = 0;

	while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
		;
	j->pid = 0;
	fd_closep(&j->fd);
	return status;
}

bool jail_finish(struct jail *j, struct error *e)
{
	return judge(j, reap(j), e);
}

void jail_drop(struct jail *j)
{
	if (j->pid > 0) {
		kill(j->pid, SIGKILL);
		reap(j);
	}
	if (j->base.next)
		fd_closep(&j->fd);
}

void jail_report(struct progress *p)
{
	bool files = jail_has_landlock(), calls = jail_has_seccomp();

	if (!files || !calls)
		progress_warn(p, "this kernel has no %s%s%s: packages are parsed with less protection",
			      files ? "" : "Landlock", files || calls ? "" : " and no ",
			      calls ? "" : "seccomp filters");
}
