/* SPDX-License-Identifier: Apache-2.0 */
/* A thread and a pipe. */

#include "inspect/layers/rootfs_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/io.h"
#include "inspect/layers/rootfs_walk.h"

/* Frames are small; a pipe takes 64 KiB. */
struct feed_sink {
	struct sink base;
	int fd;
	bool deaf; /* nobody reads any more */
	size_t n;
	char block[65536];
};

static bool feed_flush(struct sink *base, struct error *e)
{
	struct feed_sink *s = (struct feed_sink *)base;
	struct str rest = { s->block, s->n };

	for (s->n = 0; rest.n;) {
		ssize_t n = write(s->fd, rest.p, rest.n);

		if (n < 0 && errno == EINTR)
			continue;
		s->deaf = n < 0 && errno == EPIPE;
		if (n < 0)
			return err_sys(e, "write into a pipe");
		rest = str_from(rest, (size_t)n);
	}
	return true;
}

static bool feed_write(struct sink *base, struct str chunk, struct error *e)
{
	struct feed_sink *s = (struct feed_sink *)base;

	while (chunk.n) {
		size_t fits = sizeof(s->block) - s->n;

		if (fits > chunk.n)
			fits = chunk.n;
		memcpy(s->block + s->n, chunk.p, fits);
		s->n += fits;
		chunk = str_from(chunk, fits);
		if (s->n == sizeof(s->block) && !feed_flush(base, e))
			return false;
	}
	return true;
}

static void *feed_run(void *arg)
{
	struct rootfs_feed *f = arg;
	struct feed_sink sink = { .base = { feed_write, feed_flush }, .fd = f->out };
	sigset_t broken;

	sigemptyset(&broken);
	sigaddset(&broken, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &broken, NULL);
	f->ok = rootfs_walk(f->dir, f->expand_max, &sink.base, &f->error) &&
		feed_flush(&sink.base, &f->error);
	if (sink.deaf) {
		f->error = (struct error){ 0 };
		f->ok = true;
	}
	fd_closep(&f->out);
	return NULL;
}

bool rootfs_feed_open(struct rootfs_feed *f, int dir, uint64_t expand_max, struct error *e)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	*f = (struct rootfs_feed){
		.dir = dir, .expand_max = expand_max, .in = ends[0], .out = ends[1]
	};
	return true;
}

bool rootfs_feed_start(struct rootfs_feed *f, struct error *e)
{
	fd_closep(&f->in);
	errno = pthread_create(&f->thread, NULL, feed_run, f);
	if (errno != 0)
		return err_sys(e, "start a thread");
	f->running = true;
	return true;
}

bool rootfs_feed_end(struct rootfs_feed *f, struct error *e)
{
	if (!f->running)
		return true;
	pthread_join(f->thread, NULL);
	f->running = false;
	if (!f->ok)
		*e = f->error;
	return f->ok;
}

void rootfs_feed_drop(struct rootfs_feed *f)
{
	struct error ignored = { 0 };

	fd_closep(&f->in);
	if (!rootfs_feed_end(f, &ignored))
		err_clear(&ignored);
	fd_closep(&f->out);
}
