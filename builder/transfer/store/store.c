/* SPDX-License-Identifier: Apache-2.0 */
/* Opening and closing the store: where it is, whether it can be trusted, who else uses it. Knows
 * the folders but nothing of what is in them (store_blob.c, store_action.c, store_gc.c).
 *
 * Trust: names of blobs are checked against their bytes, but the text of an action is believed.
 * So nobody but the user may be able to write in any of the folders.
 *
 * The lock is flock() on a descriptor: it dies with the process, however that ends. Every open
 * store holds it shared. Whoever finds that nobody holds it sets its time: from then on the store
 * has been in use without a pause, which is what a collection goes by (store_gc.c). One that may
 * only read cannot mark what it uses; it holds a lock on the folder itself as well. */

#include "transfer/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_NAME "lock"
#define LOCK_WAIT_S 120

static const char cachedir_tag[] =
	"Signature: 8a477f597d28d172789f06886806bc55\n"
	"# This folder holds files that imgbuild can fetch or make again.\n"
	"# See https://bford.info/cachedir/\n";

/* XDG Base Directory Specification: relative values are to be ignored. */
static const char *default_path(struct arena *a)
{
	const char *own = getenv("IMGBUILD_CACHE_DIR");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && own[0])
		return own;
	if (xdg && xdg[0] == '/')
		return arena_printf(a, "%s/imgbuild", xdg);
	if (home && home[0] == '/')
		return arena_printf(a, "%s/.cache/imgbuild", home);
	return NULL;
}

/* Makes a folder of our own; whatever the umask, its owner can use it and nobody else. */
static bool store_make_folder(int dirfd, const char *name, struct error *e)
{
	if (mkdirat(dirfd, name, 0700) < 0)
		return errno == EEXIST || err_sys(e, "make the folder %s", name);
	return fchmodat(dirfd, name, 0700, 0) == 0 || err_sys(e, "set the mode of %s", name);
}

static bool store_make_root(struct arena *a, const char *path, struct error *e)
{
	char *parent = arena_strdup(a, path);
	char *slash;

	while ((slash = strrchr(parent, '/')) && slash != parent && slash[1] == '\0')
		*slash = '\0';
	if (slash && slash != parent) {
		*slash = '\0';
		if (!file_mkdirs(AT_FDCWD, parent, e))
			return false;
	}
	return store_make_folder(AT_FDCWD, path, e);
}

/* The folder is ours alone to write. */
static bool store_check_owner(int fd, const char *path, const char *below, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s%s", path, below);
	if (st.st_uid != geteuid())
		return err_set(e, ERR_SYSTEM,
			       "the store %s%s belongs to user %u and you are user %u; "
			       "choose another with --cache-dir or IMGBUILD_CACHE_DIR",
			       path, below, (unsigned)st.st_uid, (unsigned)geteuid());
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return err_set(e, ERR_SYSTEM,
			       "the store %s%s can be written by other users (mode %03o); "
			       "run: chmod go-w %s%s",
			       path, below, (unsigned)st.st_mode & 0777, path, below);
	return true;
}

static bool open_root(struct arena *a, struct store *s, struct error *e)
{
	/* the folder itself may be a link to a larger disk; nothing below it may be one */
	s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->fd < 0 && errno == ENOENT) {
		if (!store_make_root(a, s->path, e))
			return false;
		s->fd = open(s->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (s->fd < 0)
		return err_sys(e, "open the store %s", s->path);
	s->readonly = faccessat(s->fd, ".", W_OK, AT_EACCESS) < 0;
	if (s->readonly && errno != EROFS && errno != EACCES)
		return err_sys(e, "examine the store %s", s->path);
	return store_check_owner(s->fd, s->path, "", e);
}

/* Opens a folder of the store, and makes it if it may. *fd is -1 if a read-only store has none. */
static bool store_open_folder(const struct store *s, const char *name, int *fd, struct error *e)
{
	AUTO_ARENA a = { 0 };

	if (!s->readonly && !store_make_folder(s->fd, name, e))
		return false;
	*fd = openat(s->fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd < 0 && errno == ENOENT && s->readonly)
		return true;
	if (*fd < 0)
		return err_sys(e, "open the folder %s", name);
	return store_check_owner(*fd, s->path, arena_printf(&a, "/%s", name), e);
}

static bool open_folders(struct store *s, struct error *e)
{
	AUTO_FD between = -1;

	return store_open_folder(s, "blobs", &between, e) &&
	       store_open_folder(s, "blobs/sha256", &s->blobs, e) &&
	       store_open_folder(s, "actions", &s->actions, e) &&
	       store_open_folder(s, "new", &s->fresh, e);
}

/* Waits for a shared lock. Nobody holds one alone for long. */
static bool share_lock(const struct store *s, struct error *e)
{
	for (unsigned tenths = 0; flock(s->lock, LOCK_SH | LOCK_NB) < 0; tenths++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, "lock %s (the file system must support flock)",
				       LOCK_NAME);
		if (tenths == 10)
			progress_note(s->progress, "waiting for `imgbuild gc` in %s", s->path);
		if (tenths == LOCK_WAIT_S * 10)
			return err_set(e, ERR_SYSTEM,
				       "`imgbuild gc` has held the lock for %d seconds; end it and "
				       "try again",
				       LOCK_WAIT_S);
		nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
	}
	return true;
}

static bool take_lock(struct store *s, struct error *e)
{
	int flags = s->readonly ? O_RDONLY : O_RDONLY | O_CREAT;

	s->lock = openat(s->fd, LOCK_NAME, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (s->lock < 0)
		return (errno == ENOENT && s->readonly) || err_sys(e, "open %s", LOCK_NAME);
	if (!s->readonly && fchmod(s->lock, 0600) < 0) /* whatever the umask left of it */
		return err_sys(e, "set the mode of %s", LOCK_NAME);
	if (s->readonly)
		(void)!flock(s->fd, LOCK_SH);
	else if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
		(void)futimens(s->lock, NULL);
	return share_lock(s, e);
}

static bool store_tag(const struct store *s, struct error *e)
{
	struct stat st;

	if (fstatat(s->fd, "CACHEDIR.TAG", &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return file_write(s->fd, "CACHEDIR.TAG", 0644, STR(cachedir_tag), e);
}

static bool store_prepare(struct arena *a, struct store *s, struct error *e)
{
	if (!open_root(a, s, e) || !take_lock(s, e) || !open_folders(s, e))
		return false;
	s->fresh_actions = s->fresh;
	if (s->readonly)
		return true;
	file_remove_leftovers(s->fd);
	file_remove_leftovers(s->fresh);
	return store_tag(s, e);
}

bool store_open(struct arena *a, const char *path, struct store *s, struct error *e)
{
	const struct store before = *s;

	*s = (struct store)STORE_INIT;
	s->progress = before.progress;
	s->verified = before.verified;
	s->later = before.later;
	s->path = path ? path : default_path(a);
	if (!s->path)
		return err_set(e, ERR_SYSTEM,
			       "no place for the store: HOME is not set; "
			       "say where with --cache-dir or IMGBUILD_CACHE_DIR");
	if (store_prepare(a, s, e))
		return true;
	store_close(s);
	return err_wrap(e, "store %s", s->path);
}

const char *store_lacking(struct arena *a, const char *path)
{
	const char *place = path ? path : default_path(a);

	return place && access(arena_printf(a, "%s/blobs", place), F_OK) < 0 && errno == ENOENT
		       ? place
		       : NULL;
}

void store_forget_results(struct store *s, int folder)
{
	fd_closep(&s->actions);
	s->actions = s->fresh_actions = folder; /* it may be of another file system */
}

void store_close(struct store *s)
{
	fd_closep(&s->fresh);
	fd_closep(&s->actions);
	fd_closep(&s->blobs);
	fd_closep(&s->lock);
	fd_closep(&s->fd);
}
