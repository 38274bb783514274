/* SPDX-License-Identifier: Apache-2.0 */
/* Blobs: files named by the SHA-256 of their bytes. Believes nothing it finds: a blob is opened,
 * hashed through that descriptor, and only then handed out - the same descriptor. */

#include "transfer/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "transfer/store/store_later.h"
#include "transfer/store/store_verified.h"

#define TRIES 64

/* Takes a damaged entry away, whatever it is. Another process may have been faster. */
static bool remove_damaged(const struct store *s, const char *name, const char *why,
			   struct error *e)
{
	if (s->readonly) {
		progress_warn(s->progress, "%s/blobs/sha256/%s %s; not used", s->path, name, why);
		return true;
	}
	progress_warn(s->progress, "%s/blobs/sha256/%s %s; removed", s->path, name, why);
	return file_remove_tree(s->blobs, name, e);
}

/* NULL if the bytes are right. A file that cannot be read is damaged too: fetched again, it will
 * stand on other sectors. `before` is its state before it was marked as used. */
static const char *blob_check(const struct store *s, int fd, const struct digest *d, uint64_t size,
			      const struct stat *before)
{
	struct error ignored = { 0 };
	struct digest found;
	struct timespec now;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return "cannot be examined";
	if (!S_ISREG(st.st_mode))
		return "is not a regular file";
	if (size != UINT64_MAX && (uint64_t)st.st_size != size)
		return "has the wrong size";
	if (verified_has(s->verified, d, before)) {
		verified_note(s->verified, d, &st);
		return NULL;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	if (!digest_fd(fd, "blob", &found, NULL, &ignored))
		return "cannot be read";
	if (!digest_eq(&found, d))
		return "does not match its name";
	if (!verified_is_young(before, &now))
		verified_note(s->verified, d, &st);
	return NULL;
}

/* Whether the bytes are those of the name, only not as many as were asked for: then whoever asks (a
 * lock that was edited) is wrong, and the blob is not to be touched. */
static bool is_of_other_size(const struct store *s, int fd, const struct digest *d, uint64_t size,
			     struct error *e)
{
	char name[DIGEST_TEXT];
	struct stat st;

	if (fd < 0 || size == UINT64_MAX || fstat(fd, &st) < 0 || (uint64_t)st.st_size == size ||
	    blob_check(s, fd, d, UINT64_MAX, &st))
		return false;
	digest_hex(d, name);
	err_set(e, ERR_VERIFY,
		"the file of digest %s has %llu bytes, not %llu: the lock or index that "
		"names it is wrong",
		name, (unsigned long long)st.st_size, (unsigned long long)size);
	return true;
}

static bool wait_shared(int fd)
{
	int got;

	do
		got = flock(fd, LOCK_SH);
	while (got < 0 && errno == EINTR);
	return got == 0;
}

/* 1 the name leads to this file, 0 to another, -1 to none. The number of links says nothing: image
 * layouts may have some, too. */
static int blob_is_named(int dirfd, const char *name, int fd)
{
	struct stat st, now;

	if (fstat(fd, &st) < 0 || fstatat(dirfd, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return st.st_ino == now.st_ino && st.st_dev == now.st_dev;
}

/* The exact time: a file system's own is that of the last tick of its clock, which a write that
 * comes soon would leave as it is. */
static void blob_mark(int fd)
{
	struct timespec now[2];

	clock_gettime(CLOCK_REALTIME, &now[0]);
	now[1] = now[0];
	(void)futimens(fd, now);
}

/* A collection looks at the mark and removes with the lock to itself (store_gc.c), so that either
 * it sees this mark, or this sees that the entry has gone. Where there are no locks, or a mark
 * cannot be set, the store is one that is only read. One whose name went to another file while it
 * was opened is opened again: that one is as good. */
static int blob_open_marked(int dirfd, const char *name, int flags, struct stat *before)
{
	for (int tries = 0; tries < TRIES; tries++) {
		int fd = openat(dirfd, name, flags | O_RDONLY | O_CLOEXEC | O_NOFOLLOW), named;

		if (fd < 0)
			return -1;
		(void)!wait_shared(fd);
		if (fstat(fd, before) == 0 && before->st_mtime < time(NULL) - STORE_HOLD_S)
			blob_mark(fd);
		named = blob_is_named(dirfd, name, fd);
		if (named > 0)
			return fd;
		close(fd);
		if (named < 0)
			break;
	}
	errno = ENOENT;
	return -1;
}

int store_open_entry(int dirfd, const char *name, int flags)
{
	struct stat before;

	return blob_open_marked(dirfd, name, flags, &before);
}

int store_hold_place(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct error ignored = { 0 };
	struct stat st;

	if (fd < 0)
		return fd;
	(void)!wait_shared(fd);
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) && !file_remove_tree(dirfd, name, &ignored))
		err_clear(&ignored); /* the rename says why it cannot be */
	return fd;
}

int store_open_blob(const struct store *s, const struct digest *d, uint64_t size, int *fd,
		    struct error *e)
{
	char name[DIGEST_TEXT];
	struct stat before = { 0 };
	struct error bad = { 0 };
	const char *why;

	*fd = -1;
	if (s->blobs < 0)
		return 0;
	digest_hex(d, name);
	/* O_NONBLOCK: a FIFO in its place must not make us wait for a writer */
	*fd = blob_open_marked(s->blobs, name, O_NONBLOCK, &before);
	if (*fd < 0) {
		if (errno == ENOENT)
			return 0;
		why = errno == ELOOP ? "is a symbolic link" : "cannot be opened";
		err_sys(&bad, "open the blob %s", name);
		if (bad.exhausted) {
			*e = bad;
			return -1;
		}
	} else {
		why = blob_check(s, *fd, d, size, &before);
	}
	if (!why)
		return 1;
	if (is_of_other_size(s, *fd, d, size, e)) {
		fd_closep(fd);
		return -1;
	}
	fd_closep(fd);
	return remove_damaged(s, name, why, e) ? 0 : -1;
}

int store_open_unread(const struct store *s, const struct digest *d, uint64_t size, int *fd)
{
	char name[DIGEST_TEXT];
	struct stat before = { 0 }, st;

	digest_hex(d, name);
	*fd = s->blobs < 0 ? -1 : blob_open_marked(s->blobs, name, O_NONBLOCK, &before);
	if (*fd >= 0 && fstat(*fd, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == size)
		return 1;
	fd_closep(fd);
	return 0;
}

bool store_has_blob(const struct store *s, const struct digest *d, uint64_t size)
{
	char name[DIGEST_TEXT];
	struct stat before = { 0 }, st;
	AUTO_FD fd = -1;

	digest_hex(d, name);
	if (s->blobs >= 0)
		fd = blob_open_marked(s->blobs, name, O_NONBLOCK, &before);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return false;
	if (verified_has(s->verified, d, &before))
		verified_note(s->verified, d, &st);
	return size == UINT64_MAX || (uint64_t)st.st_size == size;
}

bool store_takes(const struct store *s, const char *what, struct error *e)
{
	return !s->readonly ||
	       err_set(e, ERR_SYSTEM,
		       "the store %s is read-only and %s is not in it; choose another store "
		       "with --cache-dir or IMGBUILD_CACHE_DIR",
		       s->path, what);
}

bool store_put_begin(const struct store *s, struct store_put *p, const char *what, struct error *e)
{
	if (!store_takes(s, what, e))
		return false;
	p->what = what;
	p->store = s;
	p->file.names_later = p->file.names_later || s->later;
	if (!file_begin_at(&p->file, s->fresh, s->blobs, what, 0444, e))
		return err_wrap(e, "store %s", s->path);
	snprintf(p->label, sizeof(p->label), "%s to the store %s", what, s->path);
	file_sink_init(&p->out, &p->file, p->label);
	digest_sink_init(&p->sink, &p->out.out.base);
	return true;
}

static bool check_expected(const struct store_put *p, const struct store_expect *x, struct error *e)
{
	char expected[DIGEST_TEXT];

	digest_hex(&x->digest, expected);
	if (x->size != UINT64_MAX && x->size != p->sink.size)
		return err_set(e, ERR_VERIFY,
			       "%s: expected %llu bytes with SHA-256 %s, found %llu bytes", p->what,
			       (unsigned long long)x->size, expected,
			       (unsigned long long)p->sink.size);
	if (!digest_eq(&x->digest, &p->sink.digest))
		return err_set(e, ERR_VERIFY, "%s: expected SHA-256 %s, found %s", p->what,
			       expected, p->name);
	return true;
}

/* A rename replaces anything but a folder. */
static bool clear_place(const struct store_put *p, struct error *e)
{
	struct stat st;

	return fstatat(p->file.dirfd, p->name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	       !S_ISDIR(st.st_mode) || file_remove_tree(p->file.dirfd, p->name, e);
}

/* Whoever wrote and hashed it knows it: with the exact time of now, which no other write leaves. */
static void blob_note_written(struct store_put *p)
{
	struct stat st;

	if (!p->store->verified)
		return;
	blob_mark(p->file.fd);
	if (fstat(p->file.fd, &st) == 0)
		verified_note(p->store->verified, &p->sink.digest, &st);
}

bool store_put_commit(struct store_put *p, const struct store_expect *expect, struct digest *digest,
		      uint64_t *size, struct error *e)
{
	AUTO_FD old = -1;

	if (!p->sink.base.finish(&p->sink.base, e))
		return false;
	digest_hex(&p->sink.digest, p->name);
	if (expect && !check_expected(p, expect, e))
		return false;
	p->file.name = p->name;
	old = store_hold_place(p->file.dirfd, p->name);
	blob_note_written(p);
	if (!clear_place(p, e) || !file_commit(&p->file, e))
		return err_wrap(e, "%s", p->label);
	if (p->store->later)
		later_add_name(p->store->later, &p->store->later->blobs);
	if (digest)
		*digest = p->sink.digest;
	if (size)
		*size = p->sink.size;
	return true;
}

bool store_sync_names(const struct store *s, struct error *e)
{
	return s->readonly || file_sync_names(s->blobs, "blobs", e) ||
	       err_wrap(e, "store %s", s->path);
}

void store_put_abort(struct store_put *p)
{
	digest_sink_drop(&p->sink);
	file_abort(&p->file);
}

bool store_put_bytes(const struct store *s, struct str bytes, struct digest *digest,
		     struct error *e)
{
	AUTO_PUT p = STORE_PUT_INIT;

	return store_put_begin(s, &p, "a new blob", e) &&
	       p.sink.base.write(&p.sink.base, bytes, e) &&
	       store_put_commit(&p, NULL, digest, NULL, e);
}
