/* SPDX-License-Identifier: Apache-2.0 */
/* One part of the path after the other, none of them through a symlink. */

#include "make/compile/folder_below.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_below_open(int dir, const char *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct str rest = str_of(path), one;
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), next;

	if (fd < 0)
		return err_sys(e, "open the folder of %s", path), -1;
	while (str_next(&rest, '/', &one)) {
		const char *name = str_dup(&a, one);

		if (mkdirat(fd, name, 0755) < 0 && errno != EEXIST) {
			err_sys(e, "make the folder %s", path);
			fd_closep(&fd);
			return -1;
		}
		next = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0 && (errno == ENOTDIR || errno == ELOOP))
			err_set(e, ERR_INPUT, "%s: %s is a symlink or a file, not a folder", path,
				name);
		else if (next < 0)
			err_sys(e, "open the folder %s", path);
		fd_closep(&fd);
		fd = next;
		if (fd < 0)
			return -1;
	}
	return fd;
}
