/* SPDX-License-Identifier: Apache-2.0 */
/* Origins and ports for tests. */

#include "e2e/web.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/files.h"

static struct sockaddr_in loopback(unsigned port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

unsigned web_free_port(void)
{
	struct sockaddr_in at = loopback(0);
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		  getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	close(fd);
	return ntohs(at.sin_port);
}

bool web_is_open(unsigned port)
{
	struct sockaddr_in at = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool open = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	close(fd);
	return open;
}

void web_start(struct arena *a, struct web *w)
{
	const char *port;

	w->dir = files_temporary(a);
	w->port = web_free_port();
	port = arena_printf(a, "%u", w->port);
	w->pid = fork();
	cr_assert_geq(w->pid, 0);
	if (w->pid == 0) {
		int null = open("/dev/null", O_RDWR);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(null, 1);
		dup2(null, 2);
		execlp("/usr/bin/python3", "python3", "-m", "http.server", port, "--bind", "127.0.0.1",
		       "--directory", w->dir, (char *)NULL);
		_exit(127);
	}
	for (int i = 0; i < 100 && !web_is_open(w->port); i++)
		usleep(100000);
	cr_assert(web_is_open(w->port), "the web server did not start");
}

void web_stop(struct web *w)
{
	kill(w->pid, SIGKILL);
	waitpid(w->pid, NULL, 0);
	files_remove(w->dir);
}
