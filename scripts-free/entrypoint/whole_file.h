/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_WHOLE_FILE_H
#define ENTRYPOINT_WHOLE_FILE_H

/* Files that appear complete or not at all, with their mode from the first byte on. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Makes or replaces `path` with `n` bytes. A file of another owner is replaced if the directory
 * allows it. False, errno set, if that fails: then `path` is as it was. */
bool file_write(const char *path, const void *data, size_t n, mode_t mode);

/* The same with the content of `from` (at most 16 MiB). */
bool file_copy(const char *from, const char *path, mode_t mode);

/* Reads all of `path` into `buf`. The size, or -1 with errno (EFBIG if it does not fit). */
ssize_t file_read(const char *path, char *buf, size_t cap);

/* A file in the making: a temporary name beside `path`. */
struct whole_file {
	int fd;
	char temporary[640];
	const char *path; /* borrowed */
};

/* Begins, continues, ends. After a false of any of them, nothing is left behind. */
bool file_new_open(struct whole_file *f, const char *path, mode_t mode);
bool file_new_add(struct whole_file *f, const void *data, size_t n);
bool file_new_commit(struct whole_file *f);
void file_new_abort(struct whole_file *f);

#endif
