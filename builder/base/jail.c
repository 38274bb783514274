/* SPDX-License-Identifier: Apache-2.0 */
/* Forks the child, gives up everything in it, and from outside watches its pipe, its clock and its
 * end. Knows nothing of what is parsed. */

#include "base/jail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/jail_rules.h"

#define PIPE_SIZE (1 << 20)

/* How the child ends. An arena that runs out of memory exits with the status of ERR_SYSTEM. */
enum { CHILD_DONE = 0, CHILD_FAILED = 100, CHILD_NO_JAIL = 101 };

static int64_t jail_clock(void)
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

/* A limit that is lower already stays: the soft one, too. */
static bool lower_limit(int what, uint64_t value)
{
	struct rlimit r;

	if (getrlimit((__rlimit_resource_t)what, &r) < 0)
		return false;
	if (r.rlim_max > value)
		r.rlim_max = value;
	if (r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

/* What the child starts with; on its parent's stack, copied by the fork. */
struct cell {
	const struct jail *jail;
	struct jail_files files;
	jail_work *work;
	void *ctx;
	int out;
	pid_t parent;
};

static bool jail_set_limits(const struct cell *c)
{
	const struct jail_limits *l = &c->jail->limits;

	return lower_limit(RLIMIT_AS, address_space() + l->memory) &&
	       lower_limit(RLIMIT_CPU, l->cpu_seconds) &&
	       lower_limit(RLIMIT_FSIZE, c->files.scratch < 0 ? 0 : c->files.scratch_max) &&
	       lower_limit(RLIMIT_CORE, 0) && lower_limit(RLIMIT_NPROC, 0);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The highest descriptor that is open; without /proc, the highest there can reasonably be. */
static unsigned highest_descriptor(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	uint64_t highest = 0, number;

	if (!dir)
		return UINT16_MAX;
	while ((entry = readdir(dir))) {
		if (str_u64(str_of(entry->d_name), &number) && number > highest)
			highest = number;
	}
	closedir(dir);
	return (unsigned)highest;
}

/* close_range(2), also where the kernel is older than it (5.9) or a container's policy does not
 * know it. */
static bool close_from_to(unsigned first, unsigned last)
{
	if (close_range(first, last, 0) == 0)
		return true;
	if (errno != ENOSYS && errno != EPERM)
		return false;
	for (unsigned fd = first, end = highest_descriptor(); fd <= last && fd <= end; fd++)
		close((int)fd);
	return true;
}

/* Closes all descriptors but these, the standard ones included. */
static bool close_others(const struct cell *c)
{
	int keep[] = { c->out, c->files.inputs[0], c->files.inputs[1], c->files.scratch };
	int next = 0;

	qsort(keep, ARRAY_SIZE(keep), sizeof(*keep), by_number);
	for (size_t i = 0; i < ARRAY_SIZE(keep); i++) {
		if (keep[i] > next && !close_from_to((unsigned)next, (unsigned)keep[i] - 1))
			return false;
		if (keep[i] >= next)
			next = keep[i] + 1;
	}
	return close_from_to((unsigned)next, UINT_MAX);
}

/* For debuggers and valgrind, which need what a jail forbids. */
static bool is_off(void)
{
	const char *off = getenv("IMGBUILD_NO_JAIL");

	return off && *off;
}

/* The input that is not a file but a pipe, or -1. */
static int jail_stream(const struct cell *c)
{
	struct stat st;

	return c->files.inputs[0] >= 0 && fstat(c->files.inputs[0], &st) == 0 &&
			       S_ISFIFO(st.st_mode)
		       ? c->files.inputs[0]
		       : -1;
}

/* A child of a thread has that thread's heap, and glibc opens /proc/sys/vm/overcommit_memory before
 * it gives a part of such a heap back: it keeps it instead. AddressSanitizer has no such setting,
 * and no need of one. */
static void jail_keep_heap(void)
{
	(void)mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

static bool jail_enter(const struct cell *c)
{
	const int stream = jail_stream(c);

	jail_keep_heap();
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == c->parent &&
	       prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && jail_set_limits(c) &&
	       close_others(c) && jail_deny_files() && lower_limit(RLIMIT_NOFILE, 0) &&
	       jail_deny_calls(c->out, c->files.inputs[0] >= 0 || c->files.scratch >= 0, stream,
			       c->files.scratch);
}

/* The pipe, written in blocks. */
struct pipe_sink {
	struct sink base;
	int fd;
	size_t n;
	char block[65536];
};

static bool pipe_flush(struct sink *base, struct error *e)
{
	struct pipe_sink *s = (struct pipe_sink *)base;
	struct str all = { s->block, s->n };

	s->n = 0;
	return fd_write(s->fd, all, "the parent's pipe", e);
}

static bool pipe_write(struct sink *base, struct str chunk, struct error *e)
{
	struct pipe_sink *s = (struct pipe_sink *)base;

	if (chunk.n > sizeof(s->block) - s->n && !pipe_flush(base, e))
		return false;
	if (chunk.n > sizeof(s->block))
		return fd_write(s->fd, chunk, "the parent's pipe", e);
	if (chunk.n)
		memcpy(s->block + s->n, chunk.p, chunk.n);
	s->n += chunk.n;
	return true;
}

static _Noreturn void jail_child(const struct cell *c)
{
	struct pipe_sink out = { .base = { pipe_write, pipe_flush }, .fd = c->out };
	struct error e = { 0 };

	interrupt_forget();
	if (!is_off() && !jail_enter(c))
		_exit(CHILD_NO_JAIL);
	if (c->work(c->ctx, &out.base, &e) && pipe_flush(&out.base, &e))
		_exit(CHILD_DONE);
	/* what was not flushed would not be used */
	*c->jail->failure = e;
	_exit(CHILD_FAILED);
}

/* What the child said, as far as its word is good: strings end, and the kind is one that bytes
 * can cause. */
static bool pass_on(const struct jail *j, struct error *e)
{
	const struct error said = *j->failure;

	if (said.kind != ERR_INPUT && said.kind != ERR_VERIFY && said.kind != ERR_SYSTEM)
		return err_set(e, ERR_INPUT, "%s cannot be read", j->base.name);
	err_set(e, said.kind, "%.*s", (int)sizeof(said.cause) - 1, said.cause);
	memcpy(e->context, said.context, sizeof(e->context) - 1);
	e->at = said.at;
	e->at.file[sizeof(e->at.file) - 1] = '\0';
	return false;
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

static bool judge_exit(const struct jail *j, int status, struct error *e)
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
		return pass_on(j, e);
	default:
		return err_set(e, ERR_INPUT, "%s needs more than %llu MiB of memory to read",
			       j->base.name, (unsigned long long)(j->limits.memory >> 20));
	}
}

/* false: its end was taken by someone else, or by the kernel where SIGCHLD is ignored. */
static bool jail_reap(struct jail *j, int *status)
{
	pid_t got;

	do
		got = waitpid(j->pid, status, 0);
	while (got < 0 && errno == EINTR);
	j->pid = 0;
	return got > 0;
}

/* Waits until `fd` is readable: the pipe has bytes, or the child behind a pidfd has ended. What is
 * there already is never too late: a child that was read late has waited for its parent. */
static bool jail_wait(struct jail *j, int fd, struct error *e)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		int64_t start = jail_clock(), left = j->patience > 0 ? j->patience / 1000000 : 0;
		int r = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);

		if (r < 0 && errno != EINTR)
			return err_sys(e, "wait for the parser of %s", j->base.name);
		j->patience -= jail_clock() - start;
		if (r > 0)
			return true;
		if (j->patience <= 0)
			return err_set(e, ERR_INPUT, "%s takes more than %u seconds to read",
				       j->base.name, j->limits.wall_seconds);
	}
}

/* The child has closed the pipe: did it do what it should? One that could close it without ending
 * (there is no seccomp filter) has no more time than before, if it can be watched. */
static bool jail_finish(struct jail *j, struct error *e)
{
	AUTO_FD child = (int)syscall(SYS_pidfd_open, j->pid, 0u);
	int status = 0;

	if (child >= 0 && !jail_wait(j, child, e))
		return false;
	if (!jail_reap(j, &status))
		return err_sys(e, "learn how the parser of %s ended", j->base.name);
	return judge_exit(j, status, e);
}

static int jail_next(struct source *base, struct str *chunk, struct error *e)
{
	struct jail *j = (struct jail *)base;
	ssize_t n;

	if (j->pid == 0)
		return 0;
	if (!jail_wait(j, j->fd, e))
		return -1;
	do
		n = read(j->fd, j->block, sizeof(j->block));
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(e, "read from the parser of %s", base->name);
		return -1;
	}
	if (n == 0)
		return jail_finish(j, e) ? 0 : -1;
	*chunk = (struct str){ j->block, (size_t)n };
	return 1;
}

void jail_drop(struct jail *j)
{
	int status;

	if (j->pid > 0) {
		kill(j->pid, SIGKILL);
		(void)jail_reap(j, &status);
	}
	if (j->base.next)
		fd_closep(&j->fd);
	if (j->failure)
		munmap(j->failure, sizeof(*j->failure));
	j->failure = NULL;
}

/* Zeroed memory that a child can write to. */
static struct error *shared_error(void)
{
	void *p = mmap(NULL, sizeof(struct error), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

bool jail_start(struct jail *j, const char *name, const struct jail_limits *limits,
		const struct jail_files *files, jail_work *work, void *ctx, struct error *e)
{
	struct cell cell = { j, { { -1, -1 }, -1, 0 }, work, ctx, -1, getpid() };
	int ends[2];

	*j = (struct jail){ .base = { jail_next, name }, .fd = -1, .limits = *limits };
	j->patience = (int64_t)limits->wall_seconds * 1000000000;
	j->failure = shared_error();
	if (!j->failure)
		return err_sys(e, "share memory with the parser of %s", name);
	if (pipe2(ends, O_CLOEXEC) < 0) {
		err_sys(e, "make a pipe for the parser of %s", name);
		jail_drop(j);
		return false;
	}
	/* a large pipe means fewer changes from one to the other; a small one will do */
	(void)fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
	if (files)
		cell.files = *files;
	cell.out = ends[1];
	j->fd = ends[0];
	j->pid = fork();
	if (j->pid == 0)
		jail_child(&cell);
	/* children to come have no business in what this one says; where another thread forks at
	 * this very moment one sees it, which is why pass_on() reads it once */
	(void)madvise(j->failure, sizeof(*j->failure), MADV_DONTFORK);
	close(ends[1]);
	if (j->pid < 0) {
		j->pid = 0;
		err_sys(e, "start the parser of %s", name);
		jail_drop(j);
		return false;
	}
	return true;
}

void jail_report(struct progress *p)
{
	bool files = jail_has_landlock(), calls = jail_has_seccomp();

	if (is_off())
		progress_warn(p, "IMGBUILD_NO_JAIL is set: untrusted files are parsed without "
				 "any protection");
	else if (!files || !calls)
		progress_warn(p,
			      "this kernel has no %s%s%s: untrusted files are parsed with less "
			      "protection",
			      files ? "" : "Landlock", files || calls ? "" : " and no ",
			      calls ? "" : "seccomp filters");
}
