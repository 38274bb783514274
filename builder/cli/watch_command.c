/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between fork() and exec() does system calls alone: other threads of ours may have
 * held any lock when we forked. */

#include "cli/watch_command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define GRACE_MS 10000
#define KEEPER_FD 3 /* in the process between */

static void command_signals(void (*handler)(int))
{
	static const int ours[] = { SIGINT, SIGTERM, SIGHUP };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		signal(ours[i], handler);
}

/* In the command's own process. */
__attribute__((noreturn)) static void command_exec(const char *text)
{
	sigset_t none;
	int empty = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	command_signals(SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (empty >= 0)
		dup2(empty, STDIN_FILENO);
	close_range(KEEPER_FD, ~0u, 0);
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

static int command_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void command_end(pid_t pid, int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	kill(-pid, SIGTERM);
	if (poll(&ended, 1, GRACE_MS) == 0)
		kill(-pid, SIGKILL);
	command_status(pid);
}

/* The process between: it ends with the command. */
__attribute__((noreturn)) static void command_keep(int fd, const char *text)
{
	struct pollfd fds[2] = { { .fd = KEEPER_FD, .events = POLLIN }, { .events = POLLIN } };
	int status;
	pid_t pid;

	command_signals(SIG_IGN);
	if (fd != KEEPER_FD && dup2(fd, KEEPER_FD) < 0)
		_exit(1);
	close_range(KEEPER_FD + 1, ~0u, 0);
	pid = fork();
	if (pid == 0)
		command_exec(text);
	if (pid < 0)
		_exit(1);
	setpgid(pid, pid); /* whoever of the two comes first */
	fds[1].fd = (int)syscall(SYS_pidfd_open, pid, 0);
	while (poll(fds, 2, -1) < 0 && errno == EINTR) {
	}
	if (fds[0].revents) {
		command_end(pid, fds[1].fd);
		_exit(0);
	}
	status = command_status(pid);
	_exit(write(KEEPER_FD, &status, sizeof(status)) == sizeof(status) ? 0 : 1);
}

bool watch_command_start(const char *text, struct watch_command *w, struct error *e)
{
	int fds[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return err_sys(e, "make a socket");
	pid = fork();
	if (pid == 0) {
		close(fds[0]);
		/* nobody's child: what ends our children at an interruption leaves it alone */
		pid = fork();
		if (pid == 0)
			command_keep(fds[1], text);
		_exit(pid < 0);
	}
	close(fds[1]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
		close(fds[0]);
		return err_sys(e, "start a process for \"%s\"", text);
	}
	w->fd = fds[0];
	return true;
}

int watch_command_ended(struct watch_command *w)
{
	int status = -1;

	if (read(w->fd, &status, sizeof(status)) != sizeof(status))
		status = -1;
	close(w->fd);
	w->fd = -1;
	return status;
}

void watch_command_stop(struct watch_command *w)
{
	if (w->fd < 0)
		return;
	shutdown(w->fd, SHUT_WR);
	(void)watch_command_ended(w);
}
