/* SPDX-License-Identifier: Apache-2.0 */
/* Sources, sinks and whole-file reads over descriptors. */

#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void fd_closep(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

bool fd_close(int *fd, const char *name, struct error *e)
{
	int status = close(*fd);

	*fd = -1;
	return status == 0 || err_sys(e, "close %s", name);
}

bool fd_write(int fd, struct str bytes, const char *name, struct error *e)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "write %s", name);
		bytes = str_from(bytes, (size_t)n);
	}
	return true;
}

bool fd_pwrite(int fd, struct str bytes, uint64_t at, const char *name, struct error *e)
{
	while (bytes.n) {
		ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, "write %s", name);
		bytes = str_from(bytes, (size_t)n);
		at += (uint64_t)n;
	}
	return true;
}

bool fd_pread(int fd, void *out, size_t n, uint64_t at, const char *name, struct error *e)
{
	char *p = out;

	while (n) {
		ssize_t got = pread(fd, p, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(e, "read %s", name);
		if (got == 0)
			return err_set(e, ERR_INPUT, "%s ends too early", name);
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

static bool fd_sink_write(struct sink *base, struct str chunk, struct error *e)
{
	struct fd_sink *s = (struct fd_sink *)base;

	return fd_write(s->fd, chunk, s->name, e);
}

static bool io_sink_finish(struct sink *base, struct error *e)
{
	(void)base;
	(void)e;
	return true;
}

void fd_sink_init(struct fd_sink *s, int fd, const char *name)
{
	*s = (struct fd_sink){ { fd_sink_write, io_sink_finish }, fd, name };
}

static int fd_source_next(struct source *base, struct str *chunk, struct error *e)
{
	struct fd_source *s = (struct fd_source *)base;
	size_t want = s->left < sizeof(s->block) ? (size_t)s->left : sizeof(s->block);
	ssize_t n;

	if (want == 0)
		return 0;
	do
		n = pread(s->fd, s->block, want, (off_t)s->at);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(e, "read %s", base->name);
		return -1;
	}
	if (n == 0) {
		if (s->left > INT64_MAX) /* counted down from FD_SOURCE_ALL */
			return 0;
		err_set(e, ERR_INPUT, "%s ends too early", base->name);
		return -1;
	}
	s->at += (uint64_t)n;
	s->left -= (uint64_t)n;
	*chunk = (struct str){ s->block, (size_t)n };
	return 1;
}

void fd_source_init(struct fd_source *s, int fd, uint64_t offset, uint64_t size, const char *name)
{
	s->base = (struct source){ fd_source_next, name };
	s->fd = fd;
	s->at = offset;
	s->left = size;
}

static int pipe_source_next(struct source *base, struct str *chunk, struct error *e)
{
	struct pipe_source *s = (struct pipe_source *)base;
	ssize_t n;

	do
		n = read(s->fd, s->block, sizeof(s->block));
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(e, "read %s", base->name);
		return -1;
	}
	s->taken += (uint64_t)n;
	*chunk = (struct str){ s->block, (size_t)n };
	return n > 0;
}

void pipe_source_init(struct pipe_source *s, int fd, const char *name)
{
	s->base = (struct source){ pipe_source_next, name };
	s->fd = fd;
	s->taken = 0;
}

static int str_source_next(struct source *base, struct str *chunk, struct error *e)
{
	struct str_source *s = (struct str_source *)base;

	(void)e;
	if (s->rest.n == 0)
		return 0;
	*chunk = s->rest;
	s->rest.n = 0;
	return 1;
}

void str_source_init(struct str_source *s, struct str bytes, const char *name)
{
	*s = (struct str_source){ { str_source_next, name }, bytes };
}

static int heard_source_next(struct source *base, struct str *chunk, struct error *e)
{
	struct heard_source *s = (struct heard_source *)base;
	int got = s->from->next(s->from, chunk, e);

	if (got > 0 && !s->heard.overflow)
		buf_add(&s->heard, *chunk);
	return got;
}

void heard_source_init(struct arena *a, struct heard_source *s, struct source *from, size_t max)
{
	*s = (struct heard_source){ .base = { heard_source_next, from->name },
				    .from = from,
				    .heard = { .a = a, .max = max } };
}

static bool buf_sink_write(struct sink *base, struct str chunk, struct error *e)
{
	struct buf_sink *s = (struct buf_sink *)base;

	buf_add(s->buf, chunk);
	return !s->buf->overflow || err_set(e, ERR_INPUT, "%s is larger than the %zu bytes allowed",
					    s->name, s->buf->max);
}

void buf_sink_init(struct buf_sink *s, struct buf *buf, const char *name)
{
	*s = (struct buf_sink){ { buf_sink_write, io_sink_finish }, buf, name };
}

static bool limit_write(struct sink *base, struct str chunk, struct error *e)
{
	struct limit_sink *s = (struct limit_sink *)base;

	if (chunk.n > s->max - s->given)
		return err_set(e, ERR_INPUT, "%s is larger than the %llu bytes allowed", s->name,
			       (unsigned long long)s->max);
	s->given += chunk.n;
	return s->to->write(s->to, chunk, e);
}

static bool limit_finish(struct sink *base, struct error *e)
{
	struct limit_sink *s = (struct limit_sink *)base;

	return s->to->finish(s->to, e);
}

void limit_sink_init(struct limit_sink *s, struct sink *to, uint64_t max, const char *name)
{
	*s = (struct limit_sink){ { limit_write, limit_finish }, to, max, 0, name };
}

bool io_copy(struct source *from, struct sink *to, struct error *e)
{
	struct str chunk;
	int got;

	while ((got = from->next(from, &chunk, e)) > 0) {
		if (!to->write(to, chunk, e))
			return false;
	}
	return got == 0 && to->finish(to, e);
}

bool io_copy_range(int from, uint64_t offset, uint64_t size, int to, const char *name,
		   struct error *e)
{
	uint64_t end = offset + size;
	struct fd_source source;
	struct fd_sink sink;
	off_t at = (off_t)offset;

	while ((uint64_t)at < end) {
		ssize_t n = copy_file_range(from, &at, to, NULL, end - (uint64_t)at, 0);

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
	}
	if ((uint64_t)at == end)
		return true;
	fd_source_init(&source, from, (uint64_t)at, end - (uint64_t)at, name);
	fd_sink_init(&sink, to, name);
	return io_copy(&source.base, &sink.base, e);
}

static bool check_regular(int fd, const char *path, size_t max, struct stat *st, struct error *e)
{
	if (fstat(fd, st) < 0)
		return err_sys(e, "stat %s", path);
	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_INPUT, "%s is not a regular file", path);
	if ((uint64_t)st->st_size > max)
		return err_set(e, ERR_INPUT, "%s has %lld bytes; at most %zu are read", path,
			       (long long)st->st_size, max);
	return true;
}

bool io_read_file(struct arena *a, int dirfd, const char *path, size_t max, struct str *out,
		  struct error *e)
{
	AUTO_FD fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *p;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	if (!check_regular(fd, path, max, &st, e))
		return false;
	p = arena_text(a, (size_t)st.st_size);
	if (!fd_pread(fd, p, (size_t)st.st_size, 0, path, e))
		return false;
	*out = (struct str){ p, (size_t)st.st_size };
	return true;
}

bool io_read_named(struct arena *a, const char *path, size_t max, struct str *out, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, ERR_INPUT, "there is no file %s", path);
	return io_read_file(a, AT_FDCWD, path, max, out, e);
}

bool io_map_known(int fd, uint64_t offset, uint64_t size, const char *name, struct mapping *m,
		  struct error *e)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t start = offset & ~(page - 1);
	void *base;

	*m = (struct mapping){ { "", 0 }, NULL, 0 };
	if (size == 0)
		return true;
	base = mmap(NULL, size + (offset - start), PROT_READ, MAP_PRIVATE, fd, (off_t)start);
	if (base == MAP_FAILED)
		return err_sys(e, "map %s", name);
	m->base = base;
	m->length = size + (offset - start);
	m->bytes = (struct str){ (const char *)base + (offset - start), size };
	return true;
}

#define MAPPED_MIN (32u << 10) /* bytes; less is read */

static bool map_read(int fd, uint64_t offset, size_t size, const char *name, struct mapping *m,
		     struct error *e)
{
	m->base = malloc(size + 1);
	if (!m->base)
		return err_set(e, ERR_SYSTEM, "out of memory");
	m->bytes = (struct str){ m->base, size };
	return fd_pread(fd, m->base, size, offset, name, e);
}

bool io_map(int fd, uint64_t offset, uint64_t size, const char *name, struct mapping *m,
	    struct error *e)
{
	struct stat st;

	*m = (struct mapping){ { "", 0 }, NULL, 0 };
	if (size < MAPPED_MIN)
		return map_read(fd, offset, size, name, m, e);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", name);
	if (offset > (uint64_t)st.st_size || size > (uint64_t)st.st_size - offset)
		return err_set(e, ERR_INPUT, "%s ends too early", name);
	return io_map_known(fd, offset, size, name, m, e);
}

void io_map_pass(const struct mapping *m, struct str rest)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t passed = m->length ? (size_t)(rest.p - (const char *)m->base) / page * page : 0;

	if (passed)
		(void)!madvise(m->base, passed, MADV_DONTNEED);
}

void io_unmap(struct mapping *m)
{
	if (m->length)
		munmap(m->base, m->length);
	else
		free(m->base);
	m->base = NULL;
}
