/* SPDX-License-Identifier: Apache-2.0 */
/* Publishing a folder. It knows names, locks and renames; what is in the folder is for others.
 *
 * Temporary folders are locked (flock) by their writer, so that another run can tell a leftover of
 * a dead process from work in progress, and the lock dies with the process. */

#include "make/image/output_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/signals.h"

#define TRIES 64
#define RANDOM_DIGITS 16
#define PREFIX_BYTES 128 /* of the name, in temporary names */

/* Splits "out/cephalo/" into the folder above and the name. */
static bool output_split_path(struct arena *a, struct folder_new *f, const char **dir,
			      struct error *e)
{
	struct str path = str_of(f->path), name;

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	name = path;
	for (size_t i = path.n; i-- > 0;) {
		if (path.p[i] == '/') {
			name = str_from(path, i + 1);
			break;
		}
	}
	if (name.n == 0 || name.n >= sizeof(f->name) || str_eq(name, STR(".")) ||
	    str_eq(name, STR("..")))
		return err_set(e, ERR_INPUT, "\"%s\" is not a name for a new folder", f->path);
	snprintf(f->name, sizeof(f->name), STR_FMT, STR_ARG(name));
	path.n -= name.n;
	if (path.n)
		*dir = str_dup(a, path);
	return true;
}

static void temporary_prefix(const struct folder_new *f, char out[static 256])
{
	snprintf(out, 256, ".tmp-%.*s-", PREFIX_BYTES, f->name);
}

/* What cannot be removed now, the next run removes. */
static void remove_quietly(int dir, const char *name)
{
	struct error ignored = { 0 };

	if (!file_remove_tree(dir, name, &ignored))
		err_clear(&ignored);
}

/* Removes what dead runs left behind. Nothing depends on it. */
static void remove_leftovers(const struct folder_new *f)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };
	struct error ignored = { 0 };
	char prefix[256];

	temporary_prefix(f, prefix);
	if (!file_names(&a, f->parent, f->path, &names, &ignored))
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct str name = str_of(names.v[i]);
		AUTO_FD old = -1;

		if (!str_starts(name, str_of(prefix)) || name.n != strlen(prefix) + RANDOM_DIGITS)
			continue;
		old = openat(f->parent, names.v[i],
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		if (old >= 0 && flock(old, LOCK_EX | LOCK_NB) == 0)
			remove_quietly(f->parent, names.v[i]);
	}
}

/* Opens and locks a new temporary folder: 1, 0 when another run was faster, -1 on error. */
static int open_locked(struct folder_new *f, struct error *e)
{
	struct stat st;

	if (fchmodat(f->parent, f->tmp, 0755, 0) < 0 && errno == ENOENT)
		return 0;
	f->fd = openat(f->parent, f->tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (f->fd < 0 && errno == ENOENT)
		return 0;
	if (f->fd < 0) {
		err_sys(e, "open the new folder for %s", f->path);
		return -1;
	}
	/* one that looks for leftovers may have come between; then this folder is gone or going.
	 * Where there are no locks at all, nothing is ever taken for a leftover. */
	if (flock(f->fd, LOCK_EX | LOCK_NB) < 0 && errno != EWOULDBLOCK)
		return 1;
	if (flock(f->fd, LOCK_EX | LOCK_NB) == 0 && fstat(f->fd, &st) == 0 && st.st_nlink > 0)
		return 1;
	fd_closep(&f->fd);
	return 0;
}

static bool make_locked(struct folder_new *f, struct error *e)
{
	char prefix[256];

	temporary_prefix(f, prefix);
	for (int i = 0; i < TRIES; i++) {
		uint64_t r = (uint64_t)getpid() + (uint64_t)i;
		int opened;

		if (getrandom(&r, sizeof(r), 0) < 0)
			r ^= (uint64_t)i << 32;
		snprintf(f->tmp, sizeof(f->tmp), "%.200s%016llx", prefix, (unsigned long long)r);
		if (mkdirat(f->parent, f->tmp, 0700) < 0) {
			if (errno == EEXIST)
				continue;
			f->tmp[0] = '\0';
			break;
		}
		opened = open_locked(f, e);
		if (opened)
			return opened > 0;
		f->tmp[0] = '\0';
	}
	return err_sys(e, "make a folder beside %s", f->path);
}

static bool make_temporary(struct folder_new *f, struct error *e)
{
	sigset_t before;
	bool ok;

	signals_hold(&before);
	ok = make_locked(f, e);
	signals_resume(&before);
	return ok;
}

/* Looks at what stands in the new folder's place; f->old becomes it, or -1. */
static bool check_old(struct folder_new *f, folder_check *may_replace, struct error *e)
{
	struct stat st;

	fd_closep(&f->old);
	if (fstatat(f->parent, f->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || err_sys(e, "stat %s", f->path);
	if (!S_ISDIR(st.st_mode))
		return err_set(e, ERR_INPUT,
			       "%s is there and is %s; remove it or choose another place", f->path,
			       S_ISLNK(st.st_mode) ? "a symbolic link" : "not a folder");
	f->old = file_open_dir(f->parent, f->name, e);
	return f->old >= 0 && may_replace(f->old, f->path, e);
}

bool folder_begin(struct folder_new *f, const char *path, folder_check *may_replace,
		  struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *dir = ".";

	f->path = path;
	if (!output_split_path(&a, f, &dir, e) || !file_mkdirs(AT_FDCWD, dir, e))
		return false;
	f->parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->parent < 0)
		return err_sys(e, "open %s", dir);
	if (!check_old(f, may_replace, e))
		return false;
	remove_leftovers(f);
	return make_temporary(f, e);
}

bool folder_take(struct folder_new *f, const char *whole, struct error *e)
{
	fd_closep(&f->fd);
	f->fd = file_open_dir(AT_FDCWD, whole, e);
	/* the new folder is empty, and a rename replaces such a one */
	return f->fd >= 0 && (renameat(AT_FDCWD, whole, f->parent, f->tmp) == 0 ||
			      err_sys(e, "rename %s", whole));
}

bool folder_check_place(const char *path, folder_check *may_replace, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FOLDER f = FOLDER_NEW_INIT;
	const char *dir = ".";

	f.path = path;
	if (!output_split_path(&a, &f, &dir, e))
		return false;
	f.parent = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f.parent < 0)
		return errno == ENOENT || err_sys(e, "open %s", dir);
	return check_old(&f, may_replace, e);
}

/* For file systems that cannot exchange two names: there is a moment without either, but what
 * stood there comes back if the new folder cannot take its place. */
static bool replace_in_two_steps(struct folder_new *f, struct error *e)
{
	char aside[256];

	temporary_prefix(f, aside);
	snprintf(aside + strlen(aside), 4, "old");
	remove_quietly(f->parent, aside);
	if (renameat(f->parent, f->name, f->parent, aside) < 0)
		return err_sys(e, "move %s aside", f->path);
	if (renameat(f->parent, f->tmp, f->parent, f->name) < 0) {
		err_sys(e, "rename to %s", f->path);
		if (renameat(f->parent, aside, f->parent, f->name) < 0)
			err_wrap(e, "what was in %s is in %s now", f->path, aside);
		return false;
	}
	snprintf(f->tmp, sizeof(f->tmp), "%s", aside);
	return true;
}

/* After it f->tmp names what stood there before, or is empty. */
static bool put_in_place(struct folder_new *f, struct error *e)
{
	if (f->old < 0) {
		if (renameat2(f->parent, f->tmp, f->parent, f->name, RENAME_NOREPLACE) < 0 &&
		    (errno != EINVAL || renameat(f->parent, f->tmp, f->parent, f->name) < 0))
			return err_sys(e, "rename to %s", f->path);
		f->tmp[0] = '\0';
		return true;
	}
	/* so that no other run takes it for a leftover before this one removes it */
	(void)flock(f->old, LOCK_EX | LOCK_NB);
	if (renameat2(f->parent, f->tmp, f->parent, f->name, RENAME_EXCHANGE) == 0)
		return true;
	return errno == EINVAL ? replace_in_two_steps(f, e) : err_sys(e, "rename to %s", f->path);
}

bool folder_commit(struct folder_new *f, folder_check *may_replace, struct error *e)
{
	if (fsync(f->fd) < 0)
		return err_sys(e, "sync %s", f->path);
	if (!check_old(f, may_replace, e) || !put_in_place(f, e))
		return false;
	/* some file systems cannot sync a folder; that says nothing about what is in it */
	if (fsync(f->parent) < 0 && errno != EINVAL && errno != EROFS)
		return err_sys(e, "sync the folder of %s", f->path);
	folder_abort(f);
	return true;
}

void folder_abort(struct folder_new *f)
{
	if (f->parent >= 0 && f->tmp[0])
		remove_quietly(f->parent, f->tmp);
	f->tmp[0] = '\0';
	fd_closep(&f->old);
	fd_closep(&f->fd);
	fd_closep(&f->parent);
}
