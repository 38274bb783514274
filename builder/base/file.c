/* SPDX-License-Identifier: Apache-2.0 */
/* The publication protocol (see the header) and folder helpers. */

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/signals.h"

#define TRIES 64
#define BEHIND_BYTES (2u << 20)

void file_random_name(char out[static 48])
{
	uint64_t r[2] = { 0, 0 };

	if (getrandom(r, sizeof(r), 0) < 0)
		r[0] = (uint64_t)getpid();
	snprintf(out, 48, ".tmp-%016llx%016llx", (unsigned long long)r[0],
		 (unsigned long long)r[1]);
}

/* Creates and locks a file under the name f->tmp: 1; 0 when another name is to be tried, since one
 * that looks for leftovers came between; -1. */
static int create_locked(struct file_new *f)
{
	struct stat st;

	f->fd = openat(f->at, f->tmp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (f->fd < 0)
		return errno == EEXIST ? 0 : -1;
	/* where there are no locks at all, nothing is ever taken for a leftover */
	if ((flock(f->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
	    (fstat(f->fd, &st) < 0 || st.st_nlink > 0))
		return 1;
	fd_closep(&f->fd);
	return 0;
}

bool file_begin(struct file_new *f, int dirfd, const char *name, unsigned mode, struct error *e)
{
	return file_begin_at(f, dirfd, dirfd, name, mode, e);
}

bool file_begin_at(struct file_new *f, int at, int dirfd, const char *name, unsigned mode,
		   struct error *e)
{
	int made = 0;

	f->at = at;
	f->dirfd = dirfd;
	f->name = name;
	for (int i = 0; i < TRIES && made == 0; i++) {
		file_random_name(f->tmp);
		made = create_locked(f);
	}
	if (made <= 0)
		return err_sys(e, "create a file for %s", name);
	if (fchmod(f->fd, (mode_t)mode) < 0)
		return err_sys(e, "set the mode of %s", name);
	return true;
}

static bool file_sink_write(struct sink *base, struct str chunk, struct error *e)
{
	struct file_sink *s = (struct file_sink *)base;

	if (!fd_write(s->out.fd, chunk, s->out.name, e))
		return false;
	s->size += chunk.n;
	if (s->size - s->begun < BEHIND_BYTES)
		return true;
	(void)!sync_file_range(s->out.fd, (off64_t)s->begun, (off64_t)(s->size - s->begun),
			       SYNC_FILE_RANGE_WRITE);
	s->begun = s->size;
	return true;
}

void file_sink_init(struct file_sink *s, const struct file_new *f, const char *name)
{
	*s = (struct file_sink){ 0 };
	fd_sink_init(&s->out, f->fd, name);
	s->out.base.write = file_sink_write;
}

static bool file_sync(const struct file_new *f, struct error *e)
{
	return fsync(f->fd) == 0 || err_sys(e, "sync %s", f->name);
}

static bool file_take_name(struct file_new *f, struct error *e)
{
	if (renameat(f->at, f->tmp, f->dirfd, f->name) < 0)
		return err_sys(e, "rename to %s", f->name);
	f->tmp[0] = '\0';
	/* only now: closing gives up the lock by which others know that it is not a leftover */
	return fd_close(&f->fd, f->name, e);
}

bool file_commit(struct file_new *f, struct error *e)
{
	return file_sync(f, e) && file_take_name(f, e) &&
	       (f->dirfd == AT_FDCWD || f->names_later || file_sync_names(f->dirfd, f->name, e));
}

bool file_sync_names(int dirfd, const char *name, struct error *e)
{
	/* some file systems cannot sync a folder; that says nothing about the file */
	return fsync(dirfd) == 0 || errno == EINVAL || errno == EROFS ||
	       err_sys(e, "sync the folder of %s", name);
}

void file_abort(struct file_new *f)
{
	if (f->tmp[0])
		unlinkat(f->at, f->tmp, 0);
	f->tmp[0] = '\0';
	/* only now: whoever is interrupted removes what its open files are called */
	fd_closep(&f->fd);
}

void file_batch_add(struct file_batch *b, struct file_new *f)
{
	/* the disk begins with it, and the space that it takes is in the next commit of the file
	 * system's journal: the first fsync(2) of the batch pays for the others */
	(void)!sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	*list_push(b->a, &b->files) = *f;
	*f = (struct file_new)FILE_NEW_INIT;
}

/* The folders of the files, each once. */
static bool batch_sync_names(const struct file_batch *b, struct error *e)
{
	for (size_t i = 0; i < b->files.n; i++) {
		const struct file_new *f = &b->files.v[i];
		size_t k = 0;

		if (f->names_later)
			continue;
		while (b->files.v[k].dirfd != f->dirfd || b->files.v[k].names_later)
			k++;
		if (k == i && !file_sync_names(f->dirfd, f->name, e))
			return false;
	}
	return true;
}

bool file_batch_commit(struct file_batch *b, struct error *e)
{
	list_each(f, &b->files) {
		if (!file_sync(f, e))
			return false;
	}
	list_each(f, &b->files) {
		if (!file_take_name(f, e))
			return false;
	}
	if (!batch_sync_names(b, e))
		return false;
	b->files.n = 0;
	return true;
}

void file_batch_abort(struct file_batch *b)
{
	list_each(f, &b->files)
		file_abort(f);
	b->files.n = 0;
}

bool file_write(int dirfd, const char *name, unsigned mode, struct str bytes, struct error *e)
{
	AUTO_FILE f = FILE_NEW_INIT;

	return file_begin(&f, dirfd, name, mode, e) && fd_write(f.fd, bytes, name, e) &&
	       file_commit(&f, e);
}

/* What writes a file's contents. */
struct filling {
	bool (*fill)(void *ctx, struct sink *to, struct error *e);
	void *ctx;
};

static bool fill_fd(const struct filling *f, int fd, const char *name, struct error *e)
{
	struct fd_sink to;

	fd_sink_init(&to, fd, name);
	return f->fill(f->ctx, &to.base, e);
}

static bool fill_special(const char *path, const struct filling *f, struct error *e)
{
	AUTO_FD fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "open %s", path);
	return fill_fd(f, fd, path, e) && fd_close(&fd, path, e);
}

/* Its name is the last part of `path`, which is for messages: the name alone does not say which
 * disk is full. */
static bool fill_new(struct file_new *new, int dirfd, const char *path, unsigned mode,
		     const struct filling *f, struct error *e)
{
	const char *slash = strrchr(path, '/');

	return file_begin(new, dirfd, slash ? slash + 1 : path, mode, e) &&
	       fill_fd(f, new->fd, path, e);
}

bool file_batch_fill(struct file_batch *b, int dirfd, const char *path, unsigned mode,
		     bool (*fill)(void *ctx, struct sink *to, struct error *e), void *ctx,
		     struct error *e)
{
	const struct filling f = { fill, ctx };
	AUTO_FILE new = FILE_NEW_INIT;

	if (!fill_new(&new, dirfd, path, mode, &f, e))
		return false;
	file_batch_add(b, &new);
	return true;
}

/* The folder that a new file at this path is to stand in. */
static bool file_open_folder(const char *path, int *dirfd, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *slash = strrchr(path, '/');
	const char *dir = slash == path ? "/" : ".";

	if (slash && !slash[1])
		return err_set(e, ERR_SYSTEM, "%s names no file to write to", path);
	if (slash && slash != path)
		dir = arena_strndup(&a, path, (size_t)(slash - path));
	*dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*dirfd < 0 && errno == ENOENT)
		return err_set(e, ERR_SYSTEM, "cannot write %s: there is no folder %s; make it",
			       path, dir);
	return *dirfd >= 0 || err_sys(e, "open %s", dir);
}

/* 1 a device, a pipe or a socket, 0 a file or nothing yet, -1 *e set. */
static int file_is_special(const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0 || S_ISREG(st.st_mode))
		return 0;
	if (!S_ISDIR(st.st_mode))
		return 1;
	err_set(e, ERR_SYSTEM, "%s is a folder; name a file to write to", path);
	return -1;
}

bool file_check_path(const char *path, struct error *e)
{
	AUTO_FD dirfd = -1;
	int special = path && strcmp(path, "-") != 0 ? file_is_special(path, e) : 1;

	return special > 0 || (special == 0 && file_open_folder(path, &dirfd, e));
}

bool file_fill_path(const char *path, unsigned mode,
		    bool (*fill)(void *ctx, struct sink *to, struct error *e), void *ctx,
		    struct error *e)
{
	const struct filling f = { fill, ctx };
	AUTO_FILE new = FILE_NEW_INIT;
	AUTO_FD dirfd = -1;
	int special = file_is_special(path, e);

	if (special != 0)
		return special > 0 && fill_special(path, &f, e);
	if (!file_open_folder(path, &dirfd, e))
		return false;
	file_remove_leftovers(dirfd);
	return fill_new(&new, dirfd, path, mode, &f, e) && file_commit(&new, e);
}

static bool fill_from_memory(void *ctx, struct sink *to, struct error *e)
{
	const struct str *bytes = ctx;

	return to->write(to, *bytes, e);
}

bool file_batch_write(struct file_batch *b, int dirfd, const char *path, unsigned mode,
		      struct str bytes, struct error *e)
{
	return file_batch_fill(b, dirfd, path, mode, fill_from_memory, &bytes, e);
}

bool file_write_path(const char *path, unsigned mode, struct str bytes, struct error *e)
{
	return file_fill_path(path, mode, fill_from_memory, &bytes, e);
}

bool file_mkdirs(int dirfd, const char *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	char *copy = arena_strdup(&a, path);

	if (!*copy)
		return true;
	for (char *p = copy + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdirat(dirfd, copy, 0777) < 0 && errno != EEXIST)
			return err_sys(e, "make the folder %s", copy);
		if (c == '\0')
			return true;
		*p = c;
	}
}

int file_open_dir(int dirfd, const char *path, struct error *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		err_sys(e, "open the folder %s", path);
	return fd;
}

int file_open_unnamed(int dirfd, struct error *e)
{
	int fd = openat(dirfd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fd = memfd_create("imgbuild", MFD_CLOEXEC);
	if (fd < 0)
		err_sys(e, "make a temporary file");
	return fd;
}

int file_open_own_dir(int dirfd, const char *path, struct error *e)
{
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
	    (st.st_mode & 0700) != 0700 &&
	    fchmodat(dirfd, path, (st.st_mode & 07777) | 0700, 0) < 0) {
		err_sys(e, "make the folder %s readable", path);
		return -1;
	}
	return file_open_dir(dirfd, path, e);
}

bool file_names_that(struct arena *a, int fd, const char *path, bool (*wanted)(const char *name),
		     struct strings *names, struct error *e)
{
	int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = own < 0 ? NULL : fdopendir(own);
	struct dirent *entry;
	int why;

	if (!dir) {
		fd_closep(&own);
		return err_sys(e, "read the folder %s", path);
	}
	while ((errno = 0, entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && (!wanted || wanted(name)))
			*list_push(a, names) = arena_strdup(a, name);
	}
	why = errno;
	closedir(dir);
	strings_sort(names);
	errno = why;
	return why == 0 || err_sys(e, "read the folder %s", path);
}

bool file_names(struct arena *a, int fd, const char *path, struct strings *names, struct error *e)
{
	return file_names_that(a, fd, path, NULL, names, e);
}

static bool make_and_open(int dirfd, struct file_workdir *w, struct error *e)
{
	char name[48];

	file_random_name(name);
	if (mkdirat(dirfd, name, 0700) < 0)
		return err_sys(e, "make the folder %s", name);
	memcpy(w->name, name, sizeof(name));
	w->fd = file_open_dir(dirfd, name, e);
	return w->fd >= 0;
}

bool file_workdir_make(int dirfd, struct file_workdir *w, struct error *e)
{
	sigset_t before;
	bool ok;

	signals_hold(&before);
	ok = make_and_open(dirfd, w, e);
	signals_resume(&before);
	if (!ok)
		return false;
	/* a file system without locks: then nobody removes it while it is young */
	if (flock(w->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
		return err_sys(e, "lock the folder %s", w->name);
	return fchmod(w->fd, 0700) == 0 || err_sys(e, "set the mode of %s", w->name);
}

bool file_real_path(struct arena *a, const char *path, const char **out, struct error *e)
{
	AUTO_FD fd = open(path, O_PATH | O_CLOEXEC);
	char target[4096];
	ssize_t n;

	if (fd < 0)
		return err_sys(e, "open %s", path);
	n = readlink(arena_printf(a, "/proc/self/fd/%d", fd), target, sizeof(target));
	if (n < 0)
		return err_sys(e, "find the path of %s", path);
	*out = arena_strndup(a, target, (size_t)n);
	return true;
}
