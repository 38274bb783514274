/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/suite/command_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/spawn.h"

#define OUTPUT_MAX (1 << 20)

/* One of the two things a program says. */
struct output_stream {
	int fd; /* of the pipe's end to read from; -1: it has ended */
	struct buf text;
};

static void output_take(struct output_stream *s)
{
	char block[16384];
	ssize_t n = read(s->fd, block, sizeof(block));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0)
		fd_closep(&s->fd);
	else if (s->text.n < OUTPUT_MAX) /* the rest is let pass */
		buf_add(&s->text, (struct str){ block, (size_t)n });
}

/* Until the program has closed both. */
static bool listen_to(struct output_stream s[static 2], struct error *e)
{
	while (s[0].fd >= 0 || s[1].fd >= 0) {
		struct pollfd p[] = { { .fd = s[0].fd, .events = POLLIN },
				      { .fd = s[1].fd, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_sys(e, "wait for the output of a program");
		for (size_t i = 0; i < 2; i++)
			if (s[i].fd >= 0 && p[i].revents)
				output_take(&s[i]);
	}
	return true;
}

/* Starts it with a pipe for each stream. 1, 0: not installed, -1 error */
static int command_start(const char *const *argv, const char *dir, struct output_stream s[static 2],
			 pid_t *pid, struct error *e)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, started;

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0) {
		err_sys(e, "make a pipe");
		fd_closep(&out[0]);
		fd_closep(&out[1]);
		return -1;
	}
	started = spawn_start(&(struct spawn){ .argv = argv,
					       .dir = dir,
					       .n = 2,
					       .fds = (struct spawn_fd[]){ { out[1], 1 },
									   { err[1], 2 } } },
			      pid, e);
	fd_closep(&out[1]);
	fd_closep(&err[1]);
	s[0].fd = out[0];
	s[1].fd = err[0];
	return started;
}

int process_run(struct arena *a, const char *const *argv, const char *dir,
		struct process_result *out, struct error *e)
{
	struct output_stream s[2] = { { -1, { .a = a } }, { -1, { .a = a } } };
	struct error ignored = { 0 };
	int status, started;
	pid_t pid;
	bool ok;

	started = command_start(argv, dir, s, &pid, e);
	ok = started > 0 && listen_to(s, e);
	fd_closep(&s[0].fd);
	fd_closep(&s[1].fd);
	if (started <= 0)
		return started;
	if (!spawn_wait(pid, argv[0], &status, ok ? e : &ignored) || !ok)
		return -1;
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	out->out = buf_str(&s[0].text);
	out->err = buf_str(&s[1].text);
	return 1;
}
