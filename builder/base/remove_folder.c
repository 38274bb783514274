/* SPDX-License-Identifier: Apache-2.0 */
/* Removing folders that others filled: any depth, any modes, never through a link. Nothing here
 * allocates until something fails, so that it can be done when all else has stopped (interrupt.c).
 * And what dead processes left. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"

#define TRIES 64
#define WORKDIR_AGE_S 60

/* A folder on its way out. Folders below it are moved up into it before their turn comes, so that
 * two descriptors do for any depth. */
struct folder_removal {
	int fd;
	struct error *e; /* the first failure */
	bool failed;
	bool moving; /* something has gone, or has moved up, in this round */
};

static void removal_failed(struct folder_removal *r, const char *what, const char *name)
{
	if (!r->failed)
		err_sys(r->e, "%s %s", what, name);
	r->failed = true;
}

/* Whether it has gone; else it is a folder, or errno says why not. */
static bool unlink_plain(int dirfd, const char *name, bool *folder)
{
	struct stat st;

	*folder = false;
	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return true;
	if (errno != EISDIR && errno != EPERM)
		return false;
	*folder = fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
	if (!*folder)
		errno = EPERM;
	return false;
}

/* A package or a build may leave folders that their owner cannot read or write. */
static int open_any(int dirfd, const char *name)
{
	if (fchmodat(dirfd, name, 0700, 0) < 0)
		return -1;
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* Moves a folder to the top, under a name that nothing there has. Its parent entry changes with
 * that, for which its owner needs to be able to write to it. */
static bool lift_folder(const struct folder_removal *r, int from, const char *name)
{
	if (fchmodat(from, name, 0700, 0) < 0)
		return false;
	for (int i = 0; i < TRIES; i++) {
		char fresh[48];

		file_random_name(fresh);
		if (renameat(from, name, r->fd, fresh) == 0)
			return true;
		if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			break;
	}
	return false;
}

/* Calls `each` for the entries of a folder, from its beginning; what is removed meanwhile may hide
 * others from this round. */
static bool visit_entries(struct folder_removal *r, int fd,
			  void (*each)(struct folder_removal *r, int fd, const char *name))
{
	char block[8192] __attribute__((aligned(__alignof__(struct dirent64))));
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return false;
	while ((n = getdents64(fd, block, sizeof(block))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *entry =
				(const struct dirent64 *)(const void *)(block + at);

			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
				each(r, fd, entry->d_name);
			at += entry->d_reclen;
		}
	}
	return n == 0;
}

/* Something in a folder of the top: it goes, or moves up. */
static void remove_inner(struct folder_removal *r, int fd, const char *name)
{
	bool is_folder;

	if (unlink_plain(fd, name, &is_folder) ||
	    (is_folder && (unlinkat(fd, name, AT_REMOVEDIR) == 0 || lift_folder(r, fd, name))))
		r->moving = true;
	else
		removal_failed(r, "remove", name);
}

/* Something in the top. */
static void remove_outer(struct folder_removal *r, int top, const char *name)
{
	AUTO_FD fd = -1;
	bool is_folder;

	if (unlink_plain(top, name, &is_folder)) {
		r->moving = true;
		return;
	}
	if (!is_folder) {
		removal_failed(r, "remove", name);
		return;
	}
	fd = open_any(top, name);
	if (fd < 0 || !visit_entries(r, fd, remove_inner))
		removal_failed(r, "read the folder", name);
	else if (unlinkat(top, name, AT_REMOVEDIR) == 0)
		r->moving = true;
	else if (errno != ENOTEMPTY && errno != EEXIST)
		removal_failed(r, "remove the folder", name);
}

bool file_remove_tree(int dirfd, const char *name, struct error *e)
{
	struct folder_removal r = { .e = e };
	AUTO_FD fd = -1;
	bool folder;

	if (unlink_plain(dirfd, name, &folder))
		return true;
	if (!folder)
		return err_sys(e, "remove %s", name);
	r.fd = fd = open_any(dirfd, name);
	if (fd < 0)
		return err_sys(e, "remove %s", name);
	do { /* until nothing is left, or nothing more goes */
		r.moving = false;
		if (!visit_entries(&r, fd, remove_outer))
			removal_failed(&r, "read the folder", name);
	} while (r.moving);
	if (r.failed)
		return err_wrap(e, "remove %s", name);
	return unlinkat(dirfd, name, AT_REMOVEDIR) == 0 || err_sys(e, "remove the folder %s", name);
}

/* A name that file_random_name() makes: nobody else's file is touched. */
static bool is_temporary_name(const char *name)
{
	return strncmp(name, ".tmp-", 5) == 0 && strlen(name + 5) == 32 &&
	       strspn(name + 5, "0123456789abcdef") == 32;
}

/* One that its maker, or what its maker ran, made unreadable is opened nevertheless. */
static int open_leftover(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 || errno != EACCES || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(st.st_mode) || st.st_uid != geteuid())
		return fd;
	return open_any(dirfd, name);
}

/* A folder that is young may be one whose maker has yet to lock it. */
static bool is_leftover(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (!S_ISDIR(st.st_mode) || st.st_mtime < time(NULL) - WORKDIR_AGE_S) &&
	       flock(fd, LOCK_EX | LOCK_NB) == 0;
}

void file_collect_leftovers(int dirfd, const char *path, struct progress *progress)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };
	struct error ignored = { 0 };

	if (!file_names_that(&a, dirfd, ".", is_temporary_name, &names, &ignored))
		return;
	for (size_t i = 0; i < names.n; i++) {
		struct error why = { 0 };
		AUTO_FD fd = open_leftover(dirfd, names.v[i]);
		char text[1024];

		if (fd < 0 || !is_leftover(fd) || file_remove_tree(dirfd, names.v[i], &why))
			continue;
		err_format(&why, text, sizeof(text));
		progress_warn(progress,
			      "%s/%s was left by a run that ended early and cannot be removed: %s",
			      path, names.v[i], text);
	}
}

void file_remove_leftovers(int dirfd)
{
	file_collect_leftovers(dirfd, ".", NULL);
}

bool file_scratch_make(struct arena *a, struct file_scratch *s, struct error *e)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp || tmp[0] != '/')
		tmp = "/tmp";
	s->parent = open(tmp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->parent < 0)
		return err_sys(e, "open %s (TMPDIR)", tmp);
	file_remove_leftovers(s->parent);
	if (!file_workdir_make(s->parent, &s->dir, e))
		return err_wrap(e, "temporary folder in %s", tmp);
	s->path = arena_printf(a, "%s/%s", tmp, s->dir.name);
	return true;
}

bool file_scratch_remove(struct file_scratch *s, struct error *e)
{
	bool ok = !s->dir.name[0] || file_remove_tree(s->parent, s->dir.name, e) ||
		  err_wrap(e, "temporary folder %s", s->path);

	fd_closep(&s->dir.fd);
	fd_closep(&s->parent);
	s->dir.name[0] = '\0';
	return ok;
}
