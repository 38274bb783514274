/* SPDX-License-Identifier: Apache-2.0 */
/* One connection with one deadline. */

#include "probe/ask_socket.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe/ask_tls.h"
#include "probe/stream.h"

#define ASK_LINE_MAX 512 /* bytes of a first line; more of it is not needed */

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
		if (errno != EINPROGRESS || !stream_wait(fd, POLLOUT, deadline) ||
		    getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &n) != 0)
			return false;
		errno = cause;
		return cause == 0;
	}
	return true;
}

/* Sends a request and reads until the first line of the answer ends, the buffer is full or the
 * server closes. */
static ssize_t ask_plain(int fd, const char *request, size_t size, char *line, size_t cap,
			 struct deadline deadline)
{
	size_t have = 0;

	if (!stream_send(fd, request, size, deadline))
		return -1;
	while (have < cap && !memchr(line, '\n', have)) {
		ssize_t n = stream_receive(fd, line + have, cap - have, deadline);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		have += (size_t)n;
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

/* The answer's first line; -1: `why` says what went wrong. */
static ssize_t ask_line(int fd, const struct target *t, char *line, struct deadline deadline,
			struct objection *why)
{
	char request[TARGET_TEXT_MAX + 256];
	int size = snprintf(
		request, sizeof request,
		"GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: imgbuild-probe\r\nAccept: */*\r\n"
		"Connection: close\r\n\r\n",
		t->path, t->host);
	ssize_t n;

	if (t->kind == TARGET_HTTPS)
		return ask_tls(fd, t, request, (size_t)size, line, ASK_LINE_MAX, deadline, why);
	n = ask_plain(fd, request, (size_t)size, line, ASK_LINE_MAX, deadline);
	if (n < 0)
		objection_add(why, "no answer: %s", strerror(errno));
	return n;
}

static bool ask_http(int fd, const struct target *t, struct deadline deadline,
		     struct objection *why)
{
	char line[ASK_LINE_MAX] = "";
	ssize_t n = ask_line(fd, t, line, deadline, why);
	unsigned status;
	size_t end;

	if (n < 0)
		return false;
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
	else if (t->kind == TARGET_HTTP || t->kind == TARGET_HTTPS)
		ok = ask_http(fd, t, deadline, why);
	if (fd >= 0)
		close(fd);
	return ok;
}
