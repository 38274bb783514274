/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and copies folders of the repository. */

#include "make/compile/local_files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "make/tree/tree.h"

#define DEPTH_MAX 16

static bool local_list_folder(struct arena *a, const char *path, const char *name, unsigned depth,
			      struct local_files *out, struct error *e);

static bool local_list_entry(struct arena *a, const char *path, const char *name, unsigned depth,
			     struct local_files *out, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (S_ISDIR(st.st_mode))
		return local_list_folder(a, path, name, depth + 1, out, e);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_INPUT, "%s is neither a file nor a folder", path);
	*list_push(a, out) = (struct local_file){ name, path };
	return true;
}

static bool local_list_folder(struct arena *a, const char *path, const char *name, unsigned depth,
			      struct local_files *out, struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct strings names = { 0 };
	size_t before = out->n;

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_INPUT, "%s is nested more than %d deep", path, DEPTH_MAX);
	if (fd < 0)
		return err_sys(e, "read the folder %s", path);
	if (!file_names(a, fd, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (names.v[i][0] != '.' &&
		    !local_list_entry(a, arena_printf(a, "%s/%s", path, names.v[i]),
				      arena_printf(a, "%s%s%s", name, name[0] ? "/" : "",
						   names.v[i]),
				      depth, out, e))
			return false;
	}
	if (out->n == before)
		*list_push(a, &out->bare) = path;
	return true;
}

static int compare_local_files(const void *a, const void *b)
{
	return strcmp(((const struct local_file *)a)->name, ((const struct local_file *)b)->name);
}

bool local_list(struct arena *a, const char *path, struct local_files *out, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (S_ISREG(st.st_mode)) {
		*list_push(a, out) = (struct local_file){ path_base(path), path };
		return true;
	}
	if (!local_list_folder(a, path, "", 0, out, e))
		return false;
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_local_files);
	return true;
}

static bool copy_one(const struct local_file *f, const char *base, int dirfd, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *to = arena_printf(&a, "%s/%s", base, f->name);
	AUTO_FD fd = -1;
	struct str text;

	if (!io_read_file(&a, AT_FDCWD, f->path, LOCAL_FILE_MAX, &text, e) ||
	    !file_mkdirs(dirfd, path_dir(&a, to), e))
		return false;
	fd = openat(dirfd, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, "create %s", to);
	return fd_write(fd, text, to, e) && fd_close(&fd, to, e);
}

bool local_copy(const char *path, int dirfd, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct local_files files = { 0 };

	if (!local_list(&a, path, &files, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		if (!copy_one(&files.v[i], path_base(path), dirfd, e))
			return false;
	}
	return true;
}
