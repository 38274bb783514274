/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and copies folders of the repository. */

#include "make/compile/local_files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "make/tree/tree.h"

#define DEPTH_MAX 16

static bool local_list_folder(struct arena *a, const char *path, const char *name, unsigned depth,
			      struct local_files *out, struct error *e);

/* Only what stands below the same folder is there when it is compiled. */
static bool local_add_link(struct arena *a, const char *path, const char *name,
			   struct local_files *out, struct error *e)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n < 0 || (size_t)n == sizeof(target))
		return err_sys(e, "read the symlink %s", path);
	if (!path_in_folder(a, path_dir(a, name), (struct str){ target, (size_t)n }))
		return err_set(e, ERR_INPUT,
			       "%s is a symlink to %.*s, outside of the folder that is compiled: "
			       "put in its place what it leads to, or name as \"source\" the "
			       "folder that holds both",
			       path, (int)n, target);
	*list_push(a, out) = (struct local_file){ name, path, arena_strndup(a, target, (size_t)n) };
	return true;
}

static bool local_list_entry(struct arena *a, const char *path, const char *name, unsigned depth,
			     struct local_files *out, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_sys(e, "stat %s", path);
	if (S_ISDIR(st.st_mode))
		return local_list_folder(a, path, name, depth + 1, out, e);
	if (S_ISLNK(st.st_mode))
		return local_add_link(a, path, name, out, e);
	if (S_ISREG(st.st_mode)) /* git has no others */
		*list_push(a, out) = (struct local_file){ name, path, NULL };
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
		*list_push(a, out) = (struct local_file){ path_base(path), path, NULL };
		return true;
	}
	if (!local_list_folder(a, path, "", 0, out, e))
		return false;
	if (out->n > 1)
		qsort(out->v, out->n, sizeof(*out->v), compare_local_files);
	return true;
}

bool local_file_value(struct arena *a, const struct local_file *f, const char **value,
		      struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct digest d;
	struct str text;

	if (!f->target && !io_read_file(&scratch, AT_FDCWD, f->path, LOCAL_FILE_MAX, &text, e))
		return false;
	d = digest_of(f->target ? str_of(f->target) : text);
	*value = arena_printf(a, "%s%s", f->target ? "link " : "", digest_hex_dup(a, &d));
	return true;
}

static bool copy_one(const struct local_file *f, const char *base, int dirfd, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *to = arena_printf(&a, "%s/%s", base, f->name);
	AUTO_FD fd = -1;
	struct str text;

	if (!file_mkdirs(dirfd, path_dir(&a, to), e))
		return false;
	if (f->target)
		return symlinkat(f->target, dirfd, to) == 0 ||
		       err_sys(e, "create the symlink %s", to);
	if (!io_read_file(&a, AT_FDCWD, f->path, LOCAL_FILE_MAX, &text, e))
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
