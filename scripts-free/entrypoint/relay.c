/* SPDX-License-Identifier: Apache-2.0 */
/* Line cutting for pipes of children. */

#include "entrypoint/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void relay_open(struct relay *r, int fd, void (*line)(void *, const char *, size_t), void *arg)
{
	r->fd = fd;
	r->len = r->cut = 0;
	r->line = line;
	r->arg = arg;
	relay_widen(r, r->own, sizeof r->own);
}

void relay_widen(struct relay *r, char *buf, size_t cap)
{
	r->buf = buf;
	r->cap = cap;
}

static void end_line(struct relay *r)
{
	char note[64];
	int n;

	if (r->cut > 0) {
		n = snprintf(note, sizeof note, " [%zu more bytes]", r->cut);
		memcpy(r->buf + r->cap - (size_t)n, note, (size_t)n);
		r->len = r->cap;
	}
	if (r->len > 0 && r->buf[r->len - 1] == '\r')
		r->len--;
	r->line(r->arg, r->buf, r->len);
	r->len = r->cut = 0;
}

static void relay_take(struct relay *r, const char *s, size_t n)
{
	while (n > 0) {
		const char *lf = memchr(s, '\n', n);
		size_t part = lf != NULL ? (size_t)(lf - s) : n;
		size_t room = r->cap - r->len;
		size_t fits = part < room ? part : room;

		memcpy(r->buf + r->len, s, fits);
		r->len += fits;
		r->cut += part - fits;
		if (lf == NULL)
			return;
		end_line(r);
		s = lf + 1;
		n -= part + 1;
	}
}

static void close_it(struct relay *r)
{
	if (r->len > 0 || r->cut > 0)
		end_line(r);
	close(r->fd);
	r->fd = -1;
}

bool relay_read(struct relay *r)
{
	char chunk[16384];

	if (r->fd < 0)
		return false;
	for (int i = 0; i < 4; i++) {
		ssize_t n = read(r->fd, chunk, sizeof chunk);

		if (n > 0) {
			relay_take(r, chunk, (size_t)n);
		} else if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			return true;
		} else {
			close_it(r);
			return false;
		}
	}
	return true;
}

void relay_finish(struct relay *r)
{
	/* 1 MiB is the largest pipe; a writer that is still there may fill it for ever. */
	for (int i = 0; r->fd >= 0 && i < 32; i++) {
		int waiting = 0;

		if (!relay_read(r) || ioctl(r->fd, FIONREAD, &waiting) != 0 || waiting == 0)
			break;
	}
	if (r->fd >= 0)
		close_it(r);
}

bool relay_urgent(const struct relay *r)
{
	int waiting = 0, size = fcntl(r->fd, F_GETPIPE_SZ);

	return ioctl(r->fd, FIONREAD, &waiting) != 0 || size <= 0 || waiting >= size / 2;
}
