/* SPDX-License-Identifier: Apache-2.0 */
/* Mode and time are the same in every build. */

#include "make/compile/dependency_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"

bool dependency_copy(const struct compile_request *rq, const struct locked_file *f, int dir,
		     const char *path, struct error *e)
{
	static const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	AUTO_ARENA a = { 0 };
	AUTO_FD in = -1, out = -1;
	struct fd_source from;
	struct fd_sink to;
	int got = store_open_blob(rq->store, &f->sha256, f->size, &in, e);

	if (got < 0)
		return false;
	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s is not in the store; run imgbuild fetch",
			       f->name);
	if (!file_mkdirs(dir, path_dir(&a, path), e))
		return false;
	out = openat(dir, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (out < 0)
		return err_sys(e, "create %s", path);
	fd_source_init(&from, in, 0, f->size, f->name);
	fd_sink_init(&to, out, path);
	if (!io_copy(&from.base, &to.base, e))
		return false;
	if (fchmod(out, 0644) < 0 || futimens(out, times) < 0)
		return err_sys(e, "set mode and time of %s", path);
	return fd_close(&out, path, e);
}
