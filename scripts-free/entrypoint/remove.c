/* SPDX-License-Identifier: Apache-2.0 */
/* unlinkat, bounded in depth. */

#include "entrypoint/remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/dir_list.h"
#include "common/text.h"

#define DEPTH 3

struct level {
	int fd, depth;
	bool removed; /* something: the directory may have to be read again */
};

static bool remove_in(int fd, int depth);

static bool remove_name(const char *name, void *arg)
{
	struct level *l = arg;
	int fd;

	if (unlinkat(l->fd, name, 0) == 0) {
		l->removed = true;
		return true;
	}
	if (errno != EISDIR && errno != EPERM)
		return true;
	fd = openat(l->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return true;
	if (l->depth > 1)
		remove_in(fd, l->depth - 1);
	close(fd);
	l->removed |= unlinkat(l->fd, name, AT_REMOVEDIR) == 0;
	return true;
}

static bool remove_in(int fd, int depth)
{
	struct level l = { .fd = fd, .depth = depth };

	do {
		l.removed = false;
		if (lseek(fd, 0, SEEK_SET) != 0 || !dir_each(fd, remove_name, &l))
			return false;
	} while (l.removed);
	return true;
}

bool remove_tree(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT;
	remove_in(fd, DEPTH);
	close(fd);
	return rmdir(path) == 0;
}

void remove_siblings(const char *path, const char *pattern)
{
	char dir[512], full[512 + 260], glob[300];
	const char *slash = strrchr(path, '/');
	struct dir_name name;

	if (slash == NULL || !text_copy(dir, sizeof dir, path, (size_t)(slash - path)))
		return;
	snprintf(glob, sizeof glob, "%s%s", slash + 1, pattern);
	for (int i = 0; i < 64 && dir_next_match(dir, glob, "", &name); i++) {
		snprintf(full, sizeof full, "%s/%s", dir, name.s);
		if (!remove_tree(full))
			return;
	}
}
