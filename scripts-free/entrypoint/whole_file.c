/* SPDX-License-Identifier: Apache-2.0 */
/* Write to a temporary name, then rename. */

#include "entrypoint/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

bool file_new_open(struct whole_file *f, const char *path, mode_t mode)
{
	int n = snprintf(f->temporary, sizeof f->temporary, "%s.new", path);

	f->path = path;
	f->fd = -1;
	if (n < 0 || (size_t)n >= sizeof f->temporary) {
		errno = ENAMETOOLONG;
		return false;
	}
	if (unlink(f->temporary) != 0 && errno != ENOENT)
		return false;
	f->fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return false;
	if (mode != 0600 && fchmod(f->fd, mode) != 0) {
		file_new_abort(f);
		return false;
	}
	return true;
}

bool file_new_add(struct whole_file *f, const void *data, size_t n)
{
	const char *p = data;

	while (n > 0) {
		ssize_t done = write(f->fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			file_new_abort(f);
			return false;
		}
		p += done;
		n -= (size_t)done;
	}
	return true;
}

bool file_new_commit(struct whole_file *f)
{
	bool ok = close(f->fd) == 0;

	f->fd = -1;
	if (ok && rename(f->temporary, f->path) == 0)
		return true;
	file_new_abort(f);
	return false;
}

void file_new_abort(struct whole_file *f)
{
	int saved = errno;

	if (f->fd >= 0)
		close(f->fd);
	unlink(f->temporary);
	errno = saved;
}

bool file_write(const char *path, const void *data, size_t n, mode_t mode)
{
	struct whole_file f;

	return file_new_open(&f, path, mode) && file_new_add(&f, data, n) && file_new_commit(&f);
}

bool file_copy(const char *from, const char *path, mode_t mode)
{
	struct whole_file f;
	char buf[8192];
	ssize_t n;
	int saved, fd = open(from, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return false;
	ok = file_new_open(&f, path, mode);
	while (ok && (n = read(fd, buf, sizeof buf)) != 0) {
		if (n < 0)
			file_new_abort(&f);
		ok = n > 0 && file_new_add(&f, buf, (size_t)n);
	}
	saved = errno;
	close(fd);
	errno = saved;
	return ok && file_new_commit(&f);
}

ssize_t file_read(const char *path, char *buf, size_t cap)
{
	int saved, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	size_t have = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (have < cap && (n = read(fd, buf + have, cap - have)) > 0)
		have += (size_t)n;
	saved = n < 0 ? errno : EFBIG;
	close(fd);
	errno = saved;
	return n == 0 ? (ssize_t)have : -1;
}
