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

/* The writing ends of a child's pipes. */
struct ends {
	int out, err, report;
};

/* In the child: descriptors 0 to 2 and perhaps BOARD_FD, everything else close-on-exec. */
static bool arrange_descriptors(const struct child_order *o, struct ends e)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (dup2(null >= 0 ? null : e.err, 0) < 0 || dup2(e.out, 1) < 0 || dup2(e.err, 2) < 0)
		return false;
	if (o->board_fd >= 0 && e.report != BOARD_FD)
		return o->board_fd == BOARD_FD ? fcntl(BOARD_FD, F_SETFD, 0) == 0
					       : dup2(o->board_fd, BOARD_FD) >= 0;
	return true;
}

__attribute__((noreturn)) static void child_become(const struct child_order *o, struct ends e,
						   pid_t parent)
{
	sigset_t none;
	int cause;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, o->death_signal);
	if (getppid() != parent)
		_exit(127);
	cap_descriptors(o->max_fd);
	if (arrange_descriptors(o, e)) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execv(o->argv[0], o->argv);
	}
	cause = errno;
	if (write(e.report, &cause, sizeof cause) != sizeof cause)
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

/* Descriptor numbers at 10 and above, so that dup2 in the child cannot hit one in use. On failure
 * the caller closes what is not -1. */
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
	errno = saved;
	return p[0] >= 0 && p[1] >= 0;
}

static void close_pair(int p[2])
{
	int saved = errno;

	for (int i = 0; i < 2; i++)
		if (p[i] >= 0)
			close(p[i]);
	errno = saved;
}

/* The pipes of a child: what it says, what it says on stdout if that is wanted apart, and whether
 * exec worked. */
struct pipes {
	int err[2], out[2], report[2];
};

static void pipes_close(struct pipes *p)
{
	close_pair(p->err);
	close_pair(p->out);
	close_pair(p->report);
}

static bool pipes_open(struct pipes *p, bool apart)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (high_pipe(p->err) && (!apart || high_pipe(p->out)) && high_pipe(p->report))
		return true;
	pipes_close(p);
	return false;
}

static void relays_open(struct child *c, const struct child_order *o, struct pipes *p)
{
	fcntl(p->err[0], F_SETFL, O_NONBLOCK);
	relay_open(&c->relay, p->err[0], o->line, o->arg);
	c->out.fd = -1;
	if (p->out[0] >= 0) {
		fcntl(p->out[0], F_SETFL, O_NONBLOCK);
		relay_open(&c->out, p->out[0], o->out_line, o->arg);
	}
	if (o->wide != NULL)
		relay_widen(p->out[0] >= 0 ? &c->out : &c->relay, o->wide, o->wide_cap);
}

/* In the parent: closes the child's ends and hears why exec failed; 0 if it did not. */
static int exec_cause(struct pipes *p)
{
	int cause = 0;
	ssize_t n;

	close(p->err[1]);
	if (p->out[1] >= 0)
		close(p->out[1]);
	close(p->report[1]);
	p->err[1] = p->out[1] = p->report[1] = -1;
	n = read(p->report[0], &cause, sizeof cause);
	close(p->report[0]);
	p->report[0] = -1;
	return n == (ssize_t)sizeof cause ? cause : 0;
}

bool child_start(struct child *c, const struct child_order *o)
{
	pid_t parent = getpid(), pid;
	struct pipes p;
	int cause;

	if (!pipes_open(&p, o->out_line != NULL))
		return false;
	pid = fork_patiently();
	if (pid == 0)
		child_become(o,
			     (struct ends){ p.out[1] >= 0 ? p.out[1] : p.err[1], p.err[1],
					    p.report[1] },
			     parent);
	if (pid < 0) {
		pipes_close(&p);
		return false;
	}
	setpgid(pid, pid);
	cause = exec_cause(&p);
	if (cause != 0) {
		waitpid(pid, NULL, 0);
		pipes_close(&p);
		errno = cause;
		return false;
	}
	c->pid = pid;
	c->running = true;
	c->status = 0;
	relays_open(c, o, &p);
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
