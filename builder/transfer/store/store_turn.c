/* SPDX-License-Identifier: Apache-2.0 */
/* Two names may share a byte, by a chance of one in 2^62: then one waits for nothing. */

#include "transfer/store/store_turn.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static struct flock turn_of(const char *name)
{
	const struct digest digest = digest_of(str_of(name));
	uint64_t at;

	memcpy(&at, digest.b, sizeof(at));
	return (struct flock){
		.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)(at >> 2), .l_len = 1
	};
}

int store_turn_take(const struct store *s, const char *name, void (*waits)(void *ctx), void *ctx)
{
	struct flock turn = turn_of(name);
	int fd = openat(s->fd, "turns", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &turn) < 0 && (errno == EAGAIN || errno == EACCES)) {
		if (waits)
			waits(ctx);
		while (fcntl(fd, F_OFD_SETLKW, &turn) < 0 && errno == EINTR)
			;
	}
	return fd;
}
