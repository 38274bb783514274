/* SPDX-License-Identifier: Apache-2.0 */
/* Looks at a layout folder as at anything that was not written by this process: names first, which
 * tell most differences at once, bytes last. What cannot be read is written anew. */

#include "make/image/layout.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool stands_with_names(struct arena *a, int fd, const struct strings *wanted)
{
	struct error ignored = { 0 };
	struct strings names = { 0 };

	if (!file_names(a, fd, "", &names, &ignored) || names.n != wanted->n)
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (strcmp(names.v[i], wanted->v[i]) != 0)
			return false;
	}
	return true;
}

static int stands_open_file(int dir, const char *name, struct stat *st)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd >= 0 && (fstat(fd, st) < 0 || !S_ISREG(st->st_mode)))
		fd_closep(&fd);
	return fd;
}

static bool stands_as_text(int dir, const char *name, struct str text)
{
	AUTO_ARENA a = { 0 };
	struct error ignored = { 0 };
	struct stat st;
	AUTO_FD fd = stands_open_file(dir, name, &st);
	char *found;

	if (fd < 0 || (uint64_t)st.st_size != text.n)
		return false;
	found = arena_text(&a, text.n);
	return fd_pread(fd, found, text.n, 0, name, &ignored) && memcmp(found, text.p, text.n) == 0;
}

/* The file that the store has, verified, or one with the same bytes. */
static bool stands_as_blob(const struct store *s, int dir, const struct image_blob *b)
{
	const char *name = image_blob_file(b);
	struct error ignored = { 0 };
	struct content_digest found;
	struct fd_source from;
	struct stat here, there;
	AUTO_FD fd = stands_open_file(dir, name, &here);
	AUTO_FD verified = -1;

	if (fd < 0 || (uint64_t)here.st_size != b->size)
		return false;
	if (!image_blob_open(s, b, &verified, &ignored) || fstat(verified, &there) < 0)
		return false;
	if (here.st_ino == there.st_ino && here.st_dev == there.st_dev)
		return true;
	fd_source_init(&from, fd, 0, FD_SOURCE_ALL, name);
	return content_digest_read(&from.base, b->digest.sha512, &found, &ignored) &&
	       content_digest_eq(&found, &b->digest);
}

/* The blobs that one algorithm names; `names` are those of their folder. */
static bool stands_with_blobs(struct arena *a, const struct store *s, const struct image_blobs *l,
			      bool sha512, int top)
{
	struct error ignored = { 0 };
	AUTO_FD dir = file_open_dir(top, sha512 ? "sha512" : "sha256", &ignored);
	struct strings names = { 0 };
	bool same;

	list_each(b, &l->v) {
		if (b->digest.sha512 == sha512)
			*list_push(a, &names) = image_blob_file(b);
	}
	same = dir >= 0 && stands_with_names(a, dir, &names);
	for (size_t i = 0; same && i < l->v.n; i++) {
		const struct image_blob *b = &l->v.v[i];

		if (b->digest.sha512 == sha512)
			same = b->text.p ? stands_as_text(dir, image_blob_file(b), b->text)
					 : stands_as_blob(s, dir, b);
	}
	return same;
}

bool layout_stands(const struct store *s, const struct image_files *f, const char *path)
{
	static const char *top_names[] = { "blobs", "index.json", "oci-layout" };
	static const char *kinds[] = { "sha256", "sha512" };
	const struct image_blobs *l = &f->blobs;
	bool sha512 = l->v.n && l->v.v[l->v.n - 1].digest.sha512; /* they are sorted */
	const struct strings names = { top_names, ARRAY_SIZE(top_names), 0 };
	const struct strings folders = { kinds, 1u + sha512, 0 };
	struct error ignored = { 0 };
	AUTO_ARENA a = { 0 };
	AUTO_FD top = -1, blobs = -1;

	top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (top < 0 || !stands_with_names(&a, top, &names) ||
	    !stands_as_text(top, "index.json", f->index) ||
	    !stands_as_text(top, "oci-layout", STR(OCI_LAYOUT_TEXT)))
		return false;
	blobs = file_open_dir(top, "blobs", &ignored);
	return blobs >= 0 && stands_with_names(&a, blobs, &folders) &&
	       stands_with_blobs(&a, s, l, false, blobs) &&
	       (!sha512 || stands_with_blobs(&a, s, l, true, blobs));
}
