/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_IO_H
#define BASE_IO_H

/* Bytes in motion. Bytes are pulled from a source and pushed into a sink; adapters embed the
 * base as their first member and live on the stack. Also the few file operations that every
 * stage needs, with interrupted and short calls taken care of. */

#include "base/buf.h"

/* Pull: next() gives 1 and a chunk (never empty, valid until the next call), 0 at the end,
 * -1 with *e set. */
struct source {
	int (*next)(struct source *s, struct str *chunk, struct error *e);
	const char *name; /* for messages */
};

/* Push: write() takes all of the chunk; finish() flushes, once, last. */
struct sink {
	bool (*write)(struct sink *s, struct str chunk, struct error *e);
	bool (*finish)(struct sink *s, struct error *e);
};

/* Closes *fd if it is open; for the failure path. The success path closes and checks. */
void fd_closep(int *fd);
#define AUTO_FD __attribute__((cleanup(fd_closep))) int

/* Closes *fd, sets it to -1 and reports what close() says: ERR_SYSTEM naming `name`. */
MUST_CHECK bool fd_close(int *fd, const char *name, struct error *e);

/* Writes all bytes (at an offset) / reads exactly n bytes at an offset. ERR_SYSTEM naming `name`; a
 * file that ends too early is ERR_INPUT. */
MUST_CHECK bool fd_write(int fd, struct str bytes, const char *name, struct error *e);
MUST_CHECK bool fd_pwrite(int fd, struct str bytes, uint64_t at, const char *name, struct error *e);
MUST_CHECK bool fd_pread(int fd, void *out, size_t n, uint64_t at, const char *name,
			 struct error *e);

/* A sink that writes to a descriptor it borrows; finish() does nothing. */
struct fd_sink {
	struct sink base;
	int fd;
	const char *name;
};
void fd_sink_init(struct fd_sink *s, int fd, const char *name);

/* A source that reads `size` bytes of a borrowed descriptor from `offset` with pread; fewer
 * bytes in the file are an error (ERR_INPUT). FD_SOURCE_ALL reads to the end. */
#define FD_SOURCE_ALL UINT64_MAX
struct fd_source {
	struct source base;
	int fd;
	uint64_t at, left;
	char block[65536];
};
void fd_source_init(struct fd_source *s, int fd, uint64_t offset, uint64_t size, const char *name);

/* A source that reads a borrowed pipe, which has no places, as it comes. */
struct pipe_source {
	struct source base;
	int fd;
	uint64_t taken; /* bytes */
	char block[65536];
};
void pipe_source_init(struct pipe_source *s, int fd, const char *name);

/* A source over bytes in memory, given as one chunk. */
struct str_source {
	struct source base;
	struct str rest;
};
void str_source_init(struct str_source *s, struct str bytes, const char *name);

/* A source that keeps a copy of what passes, up to heard.max: then heard.overflow is set. */
struct heard_source {
	struct source base;
	struct source *from;
	struct buf heard;
};
void heard_source_init(struct arena *a, struct heard_source *s, struct source *from, size_t max);

/* A sink that collects into a buffer; passing the buffer's maximum is ERR_INPUT. */
struct buf_sink {
	struct sink base;
	struct buf *buf;
	const char *name;
};
void buf_sink_init(struct buf_sink *s, struct buf *buf, const char *name);

/* Passes on at most `max` bytes; more fail with ERR_INPUT naming `name`. */
struct limit_sink {
	struct sink base;
	struct sink *to;
	uint64_t max, given;
	const char *name;
};
void limit_sink_init(struct limit_sink *s, struct sink *to, uint64_t max, const char *name);

/* Moves everything from a source to a sink and finishes the sink. */
MUST_CHECK bool io_copy(struct source *from, struct sink *to, struct error *e);

/* Appends `size` bytes of `from`, which begin at `offset`, to `to`: in the kernel, and by hand
 * where it cannot. `name` is for errors. ERR_SYSTEM; ERR_INPUT where `from` has fewer bytes. */
MUST_CHECK bool io_copy_range(int from, uint64_t offset, uint64_t size, int to, const char *name,
			      struct error *e);

/* The whole content of a regular file of at most `max` bytes, NUL-terminated in the arena.
 * `dirfd` may be AT_FDCWD. ERR_SYSTEM if it cannot be read, ERR_INPUT if it is larger or not a
 * regular file. */
MUST_CHECK bool io_read_file(struct arena *a, int dirfd, const char *path, size_t max,
			     struct str *out, struct error *e);

/* The same for a file that a person named: that it is not there is the person's mistake, ERR_INPUT.
 */
MUST_CHECK bool io_read_named(struct arena *a, const char *path, size_t max, struct str *out,
			      struct error *e);

/* Read-only mapping of a part of a regular file; `bytes` borrows it until io_unmap(). A small part
 * is read instead: making and taking away a mapping costs more. */
struct mapping {
	struct str bytes;
	void *base;
	size_t length; /* 0: base is memory that was read into */
};
MUST_CHECK bool io_map(int fd, uint64_t offset, uint64_t size, const char *name, struct mapping *m,
		       struct error *e);
/* The same where the caller knows that the file has these bytes: asks the file nothing. */
MUST_CHECK bool io_map_known(int fd, uint64_t offset, uint64_t size, const char *name,
			     struct mapping *m, struct error *e);
void io_unmap(struct mapping *m);
/* What stands before `rest`, which is the end of m->bytes, need not stay in memory: reading it
 * again reads the file again. */
void io_map_pass(const struct mapping *m, struct str rest);
#define AUTO_MAPPING __attribute__((cleanup(io_unmap))) struct mapping

#endif
