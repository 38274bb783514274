/* SPDX-License-Identifier: Apache-2.0 */
/* One connection with one deadline. */

#include "probe/ask_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ASK_LINE_MAX 512 /* bytes of a first line; more of it is not needed */
#define ASK_WAIT_MAX 60000

static bool ask_wait(int fd, short events, struct deadline deadline)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int n = poll(&p, 1, deadline_left(deadline, ASK_WAIT_MAX));

		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
		if (deadline_left(deadline, 1) == 0) {
			errno = ETIMEDOUT;
			return false;
		}
	}
}

/* A Unix socket whose queue is full says EAGAIN and tells nobody when it is not: try again. */
static bool ask_connect(int fd, const struct target *t, struct deadline deadline)
{
	int cause = 0;
	socklen_t n = sizeof cause;

	while (connect(fd, (const struct sockaddr *)&t->address, t->address_size) != 0) {
		if (errno == EAGAIN && deadline_left(deadline, 20) > 0) {
			poll(NULL, 0, deadline_left(deadline, 20));
			continue;
		}
		if (errno == EAGAIN)
			errno = ETIMEDOUT;
		if (errno != EINPROGRESS || !ask_wait(fd, POLLOUT, deadline) ||
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &n) != 0)
			return false;
		errno = cause;
		return cause == 0;
	}
	return true;
}

static bool ask_send(int fd, const char *p, size_t n, struct deadline deadline)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent < 0 && !ask_wait(fd, POLLOUT, deadline))
			return false;
		p += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
	return true;
}

/* Reads until the first line ends, the buffer is full or the server closes. */
static ssize_t ask_first_line(int fd, char *line, size_t cap, struct deadline deadline)
{
	size_t have = 0;

	while (have < cap && !memchr(line, '\n', have)) {
		ssize_t n;

		if (!ask_wait(fd, POLLIN, deadline))
			return -1;
		n = recv(fd, line + have, cap - have, 0);
		if (n == 0)
			break;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		have += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)have;
}

unsigned ask_status(const char *s, size_t n)
{
	unsigned status = 0;

	if (n < 13 || memcmp(s, "HTTP/1.", 7) != 0 || s[7] < '0' || s[7] > '9' || s[8] != ' ' ||
	    !strchr(" \r\n", s[12]))
		return 0;
	for (size_t i = 9; i < 12; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		status = status * 10 + (unsigned)(s[i] - '0');
	}
	return status;
}

static bool ask_http(int fd, const struct target *t, struct deadline deadline,
		     struct objection *why)
{
	char request[TARGET_TEXT_MAX + 256], line[ASK_LINE_MAX] = "";
	int size = snprintf(
		request, sizeof request,
		"GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: imgbuild-probe\r\nAccept: */*\r\n"
		"Connection: close\r\n\r\n",
		t->path, t->host);
	unsigned status;
	ssize_t n;
	size_t end;

	if (!ask_send(fd, request, (size_t)size, deadline) ||
	    (n = ask_first_line(fd, line, sizeof line, deadline)) < 0) {
		objection_add(why, "no answer: %s", strerror(errno));
		return false;
	}
	status = ask_status(line, (size_t)n);
	if (status >= 200 && status < 400)
		return true;
	for (end = 0; end < (size_t)n && line[end] != '\r' && line[end] != '\n';)
		end++;
	if (status)
		objection_add(why, "the answer is ");
	else
		objection_add(why, n ? "the answer is not HTTP/1: " : "closed without an answer");
	objection_bytes(why, status ? line + 9 : line, status ? end - 9 : end);
	return false;
}

bool ask_socket(const struct target *t, struct deadline deadline, struct objection *why)
{
	int fd = socket(t->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && ask_connect(fd, t, deadline);

	if (!ok)
		objection_add(why, "cannot connect: %s", strerror(errno));
	else if (t->kind == TARGET_HTTP)
		ok = ask_http(fd, t, deadline, why);
	if (fd >= 0)
		close(fd);
	return ok;
}
