/* SPDX-License-Identifier: Apache-2.0 */
/* Origins and ports for tests. */

#include "e2e/fixture_web.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_patience.h"
#include "support/fixture_port.h"

static struct sockaddr_in web_loopback(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

bool web_is_open(unsigned port)
{
	struct sockaddr_in at = web_loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool open = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return open;
}

/* The last that was written to a file. */
static void web_read_end(int fd, char *text, size_t size)
{
	off_t all = lseek(fd, 0, SEEK_END), from = all < (off_t)size ? 0 : all - (off_t)size + 1;
	ssize_t n = all < 0 ? -1 : pread(fd, text, size - 1, from);

	text[n > 0 ? n : 0] = '\0';
}

void web_await(pid_t pid, unsigned port, const char *name, int said)
{
	struct test_patience p = PATIENCE;
	char text[400];
	int status = 0;

	while (!web_is_open(port)) {
		bool ended = waitpid(pid, &status, WNOHANG) == pid;

		if (!ended && patience_left(&p))
			continue;
		web_read_end(said, text, sizeof(text));
		cr_assert_fail("%s %s, and does not listen on port %u: %s", name,
			       ended ? "has ended" : "runs", port, text);
	}
}

static void web_start_server(struct web *w, const char *const *argv)
{
	AUTO_FD said = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	cr_assert_geq(said, 0);
	w->pid = fork();
	cr_assert_geq(w->pid, 0);
	if (w->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(said, 1);
		dup2(said, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	web_await(w->pid, w->port, argv[0], said);
}

static const char *web_open_folder(struct arena *a, struct web *w)
{
	w->dir = files_temporary(a);
	w->port = free_port();
	return arena_printf(a, "%u", w->port);
}

void web_start(struct arena *a, struct web *w)
{
	const char *port = web_open_folder(a, w);

	web_start_server(w, (const char *const[]){ "/usr/bin/python3", "-m", "http.server", port,
						   "--bind", "127.0.0.1", "--directory", w->dir,
						   NULL });
}

void web_run(struct arena *a, struct web *w, const char *program, const char *const *more)
{
	struct strings argv = { 0 };
	const char *port = web_open_folder(a, w);

	*list_push(a, &argv) = "/usr/bin/python3";
	*list_push(a, &argv) = "-c";
	*list_push(a, &argv) = program;
	*list_push(a, &argv) = port;
	*list_push(a, &argv) = w->dir;
	while (*more)
		*list_push(a, &argv) = *more++;
	*list_push(a, &argv) = NULL;
	web_start_server(w, argv.v);
}

void web_stop(struct web *w)
{
	kill(w->pid, SIGKILL);
	waitpid(w->pid, NULL, 0);
	files_remove(w->dir);
}
