/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/kept_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/compile/incremental.h"

bool kept_place_open(struct arena *a, const struct compile_request *rq, const char *suffix,
		     struct kept_place *p, struct error *e)
{
	if (!incremental_folder(a, rq, suffix, &p->path, e))
		return false;
	p->fd = file_open_dir(AT_FDCWD, p->path, e);
	if (p->fd < 0)
		return false;
	p->lock = openat(p->fd, "lock", O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (p->lock < 0)
		return err_sys(e, "open the lock of %s", p->path);
	p->ours = flock(p->lock, LOCK_EX | LOCK_NB) == 0;
	return true;
}

bool kept_place_is_ahead(const struct kept_place *p, const char *notes, const struct timespec *now)
{
	struct stat st;

	return fstatat(p->fd, notes, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (st.st_mtim.tv_sec > now->tv_sec ||
		(st.st_mtim.tv_sec == now->tv_sec && st.st_mtim.tv_nsec > now->tv_nsec));
}

void kept_place_close(struct kept_place *p)
{
	fd_closep(&p->lock);
	fd_closep(&p->fd);
}
