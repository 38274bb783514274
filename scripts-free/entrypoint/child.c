/* SPDX-License-Identifier: Apache-2.0 */
/* fork, exec, and the little between them. */

#include "entrypoint/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/board.h"

static void cap_descriptors(unsigned max_fd)
{
	struct rlimit r;

	if (max_fd == 0 || getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur <= max_fd)
		return;
	r.rlim_cur = max_fd;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* In the child: descriptors 0 to 2 and perhaps BOARD_FD, everything else close-on-exec. */
static bool arrange_descriptors(const struct child_order *o, int out, int report)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (dup2(null >= 0 ? null : out, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		return false;
	if (o->board_fd >= 0 && report != BOARD_FD)
		return o->board_fd == BOARD_FD ? fcntl(BOARD_FD, F_SETFD, 0) == 0
		                               : dup2(o->board_fd, BOARD_FD) >= 0;
	return true;
}

__attribute__((noreturn))
static void become(const struct child_order *o, int out, int report, pid_t parent)
{
	sigset_t none;
	int cause;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, o->death_signal);
	if (getppid() != parent)
		_exit(127);
	cap_descriptors(o->max_fd);
	if (arrange_descriptors(o, out, report)) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execv(o->argv[0], o->argv);
	}
	cause = errno;
	if (write(report, &cause, sizeof cause) != sizeof cause)
		_exit(125);
	_exit(cause == ENOENT ? 127 : 126);
}

static pid_t fork_patiently(void)
{
	struct timespec nap = { .tv_nsec = 50000000 };
	pid_t pid = fork();

	for (int i = 0; pid < 0 && errno == EAGAIN && i < 20; i++) {
		nanosleep(&nap, NULL);
		pid = fork();
	}
	return pid;
}

/* Descriptor numbers at 10 and above, so that dup2 in the child cannot hit one in use. */
static bool high_pipe(int p[2])
{
	int low[2], saved;

	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	p[0] = fcntl(low[0], F_DUPFD_CLOEXEC, 10);
	p[1] = fcntl(low[1], F_DUPFD_CLOEXEC, 10);
	saved = errno;
	close(low[0]);
	close(low[1]);
	if (p[0] >= 0 && p[1] >= 0)
		return true;
	if (p[0] >= 0)
		close(p[0]);
	if (p[1] >= 0)
		close(p[1]);
	errno = saved;
	return false;
}

static void close_pair(int p[2])
{
	int saved = errno;

	close(p[0]);
	close(p[1]);
	errno = saved;
}

bool child_start(struct child *c, const struct child_order *o)
{
	int out[2], report[2], cause = 0;
	pid_t parent = getpid(), pid;
	ssize_t n;

	if (!high_pipe(out))
		return false;
	if (!high_pipe(report)) {
		close_pair(out);
		return false;
	}
	pid = fork_patiently();
	if (pid == 0)
		become(o, out[1], report[1], parent);
	if (pid < 0) {
		close_pair(out);
		close_pair(report);
		return false;
	}
	setpgid(pid, pid);
	close(out[1]);
	close(report[1]);
	n = read(report[0], &cause, sizeof cause);
	close(report[0]);
	if (n == (ssize_t)sizeof cause) {
		waitpid(pid, NULL, 0);
		close(out[0]);
		errno = cause;
		return false;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	c->pid = pid;
	c->running = true;
	c->status = 0;
	relay_open(&c->relay, out[0], o->line, o->arg);
	return true;
}

void child_signal(const struct child *c, int signo)
{
	if (c->running)
		kill(c->pid, signo);
}

void child_signal_group(const struct child *c, int signo)
{
	if (c->running)
		kill(-c->pid, signo);
}

int child_code(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

const char *signal_name(int signo, char *buf, size_t cap)
{
	const char *abbreviation = sigabbrev_np(signo);

	if (abbreviation != NULL)
		snprintf(buf, cap, "SIG%s", abbreviation);
	else
		snprintf(buf, cap, "signal %d", signo);
	return buf;
}

const char *child_ending(int status, char *buf, size_t cap)
{
	char name[32];

	if (WIFSIGNALED(status))
		snprintf(buf, cap, "exit code %d (%s)", child_code(status),
		         signal_name(WTERMSIG(status), name, sizeof name));
	else
		snprintf(buf, cap, "exit code %d", child_code(status));
	return buf;
}
