/* SPDX-License-Identifier: Apache-2.0 */
/* Paths below a folder, component by component: none of them may be a link. */

#include "inspect/image/beneath.h"

#include <errno.h>
#include <fcntl.h>

#include "base/io.h"

int beneath_open(int dirfd, const char *name, int flags)
{
	AUTO_FD dir = -1;
	struct str rest = str_of(name), one;

	while (str_cut(rest, '/', &one, &rest)) {
		char part[256];
		int next;

		if (one.n >= sizeof(part)) {
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(part, one.p, one.n);
		part[one.n] = '\0';
		next = openat(dir < 0 ? dirfd : dir, part,
			      O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -1;
		fd_closep(&dir);
		dir = next;
	}
	return openat(dir < 0 ? dirfd : dir, one.p,
		      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | flags);
}
