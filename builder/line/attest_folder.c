/* SPDX-License-Identifier: Apache-2.0 */
/* A folder, and a batch of files in it. */

#include "line/attest_folder.h"

#include <fcntl.h>

const char *attest_folder_path(struct arena *a, const char *output)
{
	struct str path = str_of(output);

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return arena_printf(a, STR_FMT ATTEST_FOLDER, STR_ARG(path));
}

bool attest_folder_open(struct arena *a, const char *path, struct attest_folder *f, struct error *e)
{
	if (!file_mkdirs(AT_FDCWD, path, e))
		return false;
	f->path = path;
	f->files.a = a;
	f->fd = file_open_dir(AT_FDCWD, path, e);
	if (f->fd < 0)
		return false;
	file_remove_leftovers(f->fd);
	return true;
}

void attest_folder_close(struct attest_folder *f)
{
	file_batch_abort(&f->files);
	fd_closep(&f->fd);
}
