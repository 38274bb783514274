/* SPDX-License-Identifier: Apache-2.0 */
#include "structure/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX (1 << 20)

/* One of the two things a program says. */
struct stream {
	int fd;			/* of the pipe's end to read from; -1: it has ended */
	struct buf text;
};

static void take(struct stream *s)
{
	char block[16384];
	ssize_t n = read(s->fd, block, sizeof(block));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0)
		fd_closep(&s->fd);
	else if (s->text.n < OUTPUT_MAX)	/* the rest is let pass */
		buf_add(&s->text, (struct str){ block, (size_t)n });
}

/* Until the program has closed both. */
static bool listen_to(struct stream s[static 2], struct error *e)
{
	while (s[0].fd >= 0 || s[1].fd >= 0) {
		struct pollfd p[] = { { .fd = s[0].fd, .events = POLLIN }, { .fd = s[1].fd, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_sys(e, "wait for the output of a program");
		for (size_t i = 0; i < 2; i++)
			if (s[i].fd >= 0 && p[i].revents)
				take(&s[i]);
	}
	return true;
}

static int spawn(const char *const *argv, const char *dir, int out, int err, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all;
	int status;

	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, err, 2);
	if (dir)
		posix_spawn_file_actions_addchdir_np(&files, dir);
	status = posix_spawnp(pid, argv[0], &files, &attributes, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return status;
}

/* Starts it with a pipe for each stream. 1, 0: not installed, -1 error */
static int start(const char *const *argv, const char *dir, struct stream s[static 2], pid_t *pid,
		 struct error *e)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, why;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) {
		err_sys(e, "make a pipe");
		fd_closep(&out[0]);
		fd_closep(&out[1]);
		return -1;
	}
	why = spawn(argv, dir, out[1], err[1], pid);
	fd_closep(&out[1]);
	fd_closep(&err[1]);
	s[0].fd = out[0];
	s[1].fd = err[0];
	if (why == 0 || why == ENOENT)
		return why == 0;
	errno = why;
	err_sys(e, "run %s", argv[0]);
	return -1;
}

int process_run(struct arena *a, const char *const *argv, const char *dir,
		struct process_result *out, struct error *e)
{
	struct stream s[2] = { { -1, { .a = a } }, { -1, { .a = a } } };
	int status = 0, started;
	pid_t pid, got;
	bool ok;

	started = start(argv, dir, s, &pid, e);
	ok = started > 0 && listen_to(s, e);
	fd_closep(&s[0].fd);
	fd_closep(&s[1].fd);
	if (started <= 0)
		return started;
	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (!ok)
		return -1;
	if (got < 0) {
		err_sys(e, "wait for %s", argv[0]);
		return -1;
	}
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	out->out = buf_str(&s[0].text);
	out->err = buf_str(&s[1].text);
	return 1;
}
