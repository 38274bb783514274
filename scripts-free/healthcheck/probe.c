/* SPDX-License-Identifier: Apache-2.0 */
/* A minimal HTTP client with a deadline. */

#include "healthcheck/probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

int probe_status(const char *s, size_t n)
{
	if (n < 13 || memcmp(s, "HTTP/1.", 7) != 0 || s[8] != ' ')
		return 0;
	for (size_t i = 9; i < 12; i++)
		if (s[i] < '0' || s[i] > '9')
			return 0;
	if (s[12] != ' ' && s[12] != '\r')
		return 0;
	return (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
}

static bool probe_wait(int fd, short events, uint64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, clock_left(deadline, PROBE_MS));

	if (n == 0)
		errno = ETIMEDOUT;
	return n > 0;
}

static bool probe_connect(int fd, unsigned port, uint64_t deadline)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int cause = 0;
	socklen_t len = sizeof cause;

	if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
		return true;
	if (errno != EINPROGRESS || !probe_wait(fd, POLLOUT, deadline) ||
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &len) != 0)
		return false;
	errno = cause;
	return cause == 0;
}

/* Everything until the server closes; what does not fit is not needed. */
static ssize_t probe_exchange(int fd, const char *path, char *buf, size_t cap, uint64_t deadline)
{
	char request[128];
	size_t have = 0;
	int n = snprintf(request, sizeof request,
			 "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);

	if (send(fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		return -1;
	while (have < cap) {
		ssize_t got;

		if (!probe_wait(fd, POLLIN, deadline))
			return -1;
		got = recv(fd, buf + have, cap - have, 0);
		if (got < 0 && errno != EAGAIN)
			return -1;
		if (got == 0)
			break;
		have += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)have;
}

bool probe_server(unsigned port, const char *path, struct text *answer)
{
	uint64_t deadline = clock_ms() + PROBE_MS - 100;
	char buf[4096], *body;
	ssize_t n;
	int status, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || !probe_connect(fd, port, deadline) ||
	    (n = probe_exchange(fd, path, buf, sizeof buf - 1, deadline)) < 0) {
		text_addf(answer, "no answer from 127.0.0.1:%u: %s", port, strerror(errno));
		if (fd >= 0)
			close(fd);
		return false;
	}
	close(fd);
	buf[n] = '\0';
	status = probe_status(buf, (size_t)n);
	body = strstr(buf, "\r\n\r\n");
	if (body == NULL || status == 0)
		text_addf(answer, "no HTTP answer from 127.0.0.1:%u", port);
	else
		text_add(answer, body + 4);
	while (answer->len > 0 && answer->p[answer->len - 1] == '\n')
		answer->p[--answer->len] = '\0';
	return status == 200 && body != NULL;
}
