/* SPDX-License-Identifier: Apache-2.0 */
/* Rings in front of stdout and stderr. Their file descriptions may be shared with others (a shell,
 * a log driver), so they are not made non-blocking: a pipe that polls writable takes PIPE_BUF bytes
 * without waiting, and no more is written at a time. */

#include "entrypoint/log.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log_escape.h"

/* A terminal that polls writable may still take less than what is written and make the writer wait:
 * it is opened once more, non-blocking, if it may be. */
static int log_unshared(int fd)
{
	char path[32];
	int own;

	if (!isatty(fd))
		return fd;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return own >= 0 ? own : fd;
}

static void ring_init(struct log_ring *r, int fd, char *buf, size_t cap)
{
	struct stat st;

	r->fd = fd = log_unshared(fd);
	r->head = r->len = 0;
	r->buf = buf;
	r->cap = cap;
	r->broken = fstat(fd, &st) != 0;
	r->is_file = !r->broken && S_ISREG(st.st_mode);
}

void log_init(struct log *l, int out, int err)
{
	l->level = LOG_INFO;
	l->stamp[0] = '\0';
	l->dropped = l->told = 0;
	ring_init(&l->out, out, l->out_buf, sizeof l->out_buf);
	ring_init(&l->err, err, l->err_buf, sizeof l->err_buf);
	tzset();
}

static bool ring_put(struct log_ring *r, const char *s, size_t n)
{
	size_t tail, first;

	if (r->broken || n > r->cap - r->len)
		return false;
	tail = (r->head + r->len) % r->cap;
	first = r->cap - tail < n ? r->cap - tail : n;
	memcpy(r->buf + tail, s, first);
	memcpy(r->buf, s + first, n - first);
	r->len += n;
	return true;
}

static void ring_flush(struct log_ring *r)
{
	while (r->len > 0) {
		struct pollfd p = { .fd = r->fd, .events = POLLOUT };
		size_t n = r->cap - r->head < r->len ? r->cap - r->head : r->len;
		ssize_t done;

		if (!r->is_file && (poll(&p, 1, 0) <= 0 || !(p.revents & (POLLOUT | POLLERR))))
			return;
		if (!r->is_file && n > PIPE_BUF)
			n = PIPE_BUF;
		done = write(r->fd, r->buf + r->head, n);
		if (done < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (done < 0) {
			r->broken = errno != ENOSPC;
			r->len = 0;
			return;
		}
		r->len -= (size_t)done;
		r->head = r->len == 0 ? 0 : (r->head + (size_t)done) % r->cap;
	}
}

void log_flush(struct log *l)
{
	ring_flush(&l->out);
	ring_flush(&l->err);
}

bool log_has_room(const struct log *l)
{
	return l->out.broken || l->out.len < l->out.cap / 2;
}

void log_drain(struct log *l, int ms)
{
	uint64_t deadline = clock_ms() + (uint64_t)ms;

	for (;;) {
		struct pollfd p[2] = {
			{ .fd = l->out.len > 0 ? l->out.fd : -1, .events = POLLOUT },
			{ .fd = l->err.len > 0 ? l->err.fd : -1, .events = POLLOUT },
		};

		log_flush(l);
		if ((l->out.len == 0 && l->err.len == 0) || clock_left(deadline, ms) == 0)
			return;
		poll(p, 2, clock_left(deadline, ms));
	}
}

/* Local time, but never before the last line: clocks are set back, and summer ends. */
static void take_stamp(struct log *l)
{
	char now[sizeof l->stamp];
	time_t t = time(NULL);
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL ||
	    strftime(now, sizeof now, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		return;
	if (strcmp(now, l->stamp) > 0)
		memcpy(l->stamp, now, sizeof now);
}

/* Escaped, as far as it fits with `spare` bytes left over. How many bytes of it that was. */
static size_t text_put(struct log_ring *r, const char *s, size_t n, size_t spare)
{
	char part[1024];
	size_t done = 0, taken;

	while (done < n) {
		size_t len = log_escape_part(s + done, n - done, part, sizeof part, &taken);

		if (r->cap - r->len < len + spare || !ring_put(r, part, len))
			break;
		done += taken;
	}
	return done;
}

/* A line that does not fit now is dropped whole; one that never would is cut. */
static void put_line(struct log *l, enum log_level level, const char *prefix, const char *s,
		     size_t n)
{
	static const char *const names[] = { "DEBUG", "INFO", "WARNING", "ERROR" };
	struct log_ring *r = level == LOG_ERROR ? &l->err : &l->out;
	char head[64 + 128], note[64] = "\n";
	size_t before = r->len, done;
	int len;

	take_stamp(l);
	len = snprintf(head, sizeof head, "%s [%s] %.120s", l->stamp, names[level], prefix);
	if (ring_put(r, head, (size_t)(len > 0 ? len : 0))) {
		done = text_put(r, s, n, sizeof note);
		if (done < n)
			snprintf(note, sizeof note, " [at least %zu more bytes]\n", n - done);
		if ((done == n || before == 0) && ring_put(r, note, strlen(note)))
			return;
	}
	r->len = before;
	l->dropped++;
}

/* Mentions lost lines as soon as there is room to do so. */
static void tell_drops(struct log *l)
{
	char text[96];
	int n;

	if (l->dropped == l->told || l->out.broken || l->out.cap - l->out.len < 4096)
		return;
	n = snprintf(text, sizeof text, "%llu log lines dropped: the reader of stdout is too slow",
		     (unsigned long long)(l->dropped - l->told));
	l->told = l->dropped;
	put_line(l, LOG_WARNING, "", text, (size_t)n);
}

static void line_put(struct log *l, enum log_level level, const char *prefix, const char *s,
		     size_t n)
{
	tell_drops(l);
	put_line(l, level, prefix, s, n);
	log_flush(l);
}

void log_text(struct log *l, enum log_level level, const char *prefix, const char *s, size_t n)
{
	if (level >= l->level)
		line_put(l, level, prefix, s, n);
}

void log_always(struct log *l, const char *prefix, const char *s, size_t n)
{
	line_put(l, LOG_INFO, prefix, s, n);
}

void log_line(struct log *l, enum log_level level, const char *fmt, ...)
{
	char text[LOG_TEXT_MAX];
	va_list ap;
	int n;

	if (level < l->level)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	log_text(l, level, "", text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}
