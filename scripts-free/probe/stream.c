/* SPDX-License-Identifier: Apache-2.0 */
/* poll(2) before whatever says EAGAIN. */

#include "probe/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#define STREAM_WAIT_MAX 60000

bool stream_wait(int fd, short events, struct deadline deadline)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int n = poll(&p, 1, deadline_left(deadline, STREAM_WAIT_MAX));

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

bool stream_send(int fd, const void *p, size_t n, struct deadline deadline)
{
	const char *at = p;

	while (n > 0) {
		ssize_t sent = send(fd, at, n, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		if (sent < 0 && !stream_wait(fd, POLLOUT, deadline))
			return false;
		at += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
	return true;
}

ssize_t stream_receive(int fd, void *p, size_t cap, struct deadline deadline)
{
	for (;;) {
		ssize_t n;

		if (!stream_wait(fd, POLLIN, deadline))
			return -1;
		n = recv(fd, p, cap, 0);
		if (n >= 0 || (errno != EAGAIN && errno != EINTR))
			return n;
	}
}
