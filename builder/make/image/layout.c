/* SPDX-License-Identifier: Apache-2.0 */
/* The layout folder (image-spec v1.1.1, image-layout.md): blobs from the store, hard-linked where
 * the file system allows, and the three texts. How a folder is put in place, output_folder.c knows.
 */

#include "make/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/image/image_blobs.h"
#include "make/image/output_folder.h"
#include "make/image/layout.h"

/* What a layout of ours may hold at its top; anything else is somebody's own. */
static bool known_entry(const char *name)
{
	static const char *const known[] = { "blobs", "index.json", "manifest.json", "oci-layout" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(name, known[i]) == 0)
			return true;
	}
	return false;
}

/* An empty folder or an image layout, whole or damaged, with nothing else in it. */
static bool may_replace(int fd, const char *path, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };

	if (!file_names(&a, fd, path, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (!known_entry(names.v[i]))
			return err_set(e, ERR_INPUT,
				       "%s holds \"%s\", which no image layout does; it is not "
				       "replaced: remove it or choose another place",
				       path, names.v[i]);
	}
	return names.n == 0 || strings_has(&names, "oci-layout") ||
	       (strings_has(&names, "index.json") && strings_has(&names, "blobs")) ||
	       err_set(e, ERR_INPUT,
		       "%s is a folder but no image layout; it is not replaced: remove it "
		       "or choose another place",
		       path);
}

/* What is written for a layout beside links to blobs, and the folders below its own. */
struct layout_writing {
	const struct store *store;
	struct file_batch texts;
	int blobs, named[2]; /* "blobs"; what stands in it; -1: not there */
};

static void layout_writing_close(struct layout_writing *w)
{
	file_batch_abort(&w->texts);
	fd_closep(&w->named[0]);
	fd_closep(&w->named[1]);
	fd_closep(&w->blobs);
}

#define AUTO_LAYOUT __attribute__((cleanup(layout_writing_close))) struct layout_writing

/* The folders are synced when all of it is written. */
static bool layout_write_text(struct layout_writing *w, int dir, const char *name, unsigned mode,
			      struct str text, struct error *e)
{
	AUTO_FILE f = FILE_NEW_INIT;

	f.names_later = true;
	if (!file_begin(&f, dir, name, mode, e) || !fd_write(f.fd, text, name, e))
		return false;
	file_batch_add(&w->texts, &f);
	return true;
}

/* Links the very file that was verified, by its descriptor; copies it where that is not possible
 * (another file system, no /proc, a policy against it). */
static bool place_blob(struct layout_writing *w, int dir, const struct image_blob *b,
		       struct error *e)
{
	AUTO_FILE f = FILE_NEW_INIT;
	const char *name = image_blob_file(b);
	AUTO_FD fd = -1;
	char link[40];

	if (b->text.p)
		return layout_write_text(w, dir, name, 0444, b->text, e) ||
		       err_wrap(e, "%s", b->what);
	if (!image_blob_open(w->store, b, &fd, e))
		return false;
	f.names_later = true;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, link, dir, name, AT_SYMLINK_FOLLOW) == 0)
		return true;
	return (file_begin(&f, dir, name, 0444, e) &&
		io_copy_range(fd, 0, b->size, f.fd, name, e) && file_commit(&f, e)) ||
	       err_wrap(e, "%s", b->what);
}

static bool layout_make_dir(int at, const char *name, int *fd, struct error *e)
{
	if (mkdirat(at, name, 0700) < 0 || fchmodat(at, name, 0755, 0) < 0)
		return err_sys(e, "make the folder %s", name);
	*fd = file_open_dir(at, name, e);
	return *fd >= 0;
}

/* `fd` < 0: there is none. */
static bool layout_sync_names(int fd, const char *of, struct error *e)
{
	return fd < 0 || file_sync_names(fd, of, e);
}

static const char *const layout_digests[] = { "sha256", "sha512" };

/* The blobs that one algorithm names. */
static bool write_blobs_of(struct layout_writing *w, const struct image_blobs *blobs, bool sha512,
			   struct error *e)
{
	int *dir = &w->named[sha512];

	if (!layout_make_dir(w->blobs, layout_digests[sha512], dir, e))
		return false;
	for (size_t i = 0; i < blobs->v.n; i++) {
		if (blobs->v.v[i].digest.sha512 == sha512 &&
		    !place_blob(w, *dir, &blobs->v.v[i], e))
			return false;
	}
	return true;
}

static bool write_blobs(struct layout_writing *w, const struct image_blobs *blobs, int dir,
			struct error *e)
{
	size_t n = blobs->v.n;
	bool sha512 = n && blobs->v.v[n - 1].digest.sha512; /* they are sorted */

	return layout_make_dir(dir, "blobs", &w->blobs, e) && write_blobs_of(w, blobs, false, e) &&
	       (!sha512 || write_blobs_of(w, blobs, true, e));
}

/* All but the layout's own folder. */
static bool layout_sync(struct layout_writing *w, struct error *e)
{
	return file_batch_commit(&w->texts, e) && layout_sync_names(w->named[0], "blobs", e) &&
	       layout_sync_names(w->named[1], "blobs", e) &&
	       layout_sync_names(w->blobs, layout_digests[0], e);
}

static bool layout_fill(const struct store *s, const struct image_files *files, int dir,
			struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_LAYOUT w = { s, { &a, { 0 } }, -1, { -1, -1 } };

	return write_blobs(&w, &files->blobs, dir, e) &&
	       layout_write_text(&w, dir, "oci-layout", 0644, STR(OCI_LAYOUT_TEXT), e) &&
	       layout_write_text(&w, dir, "index.json", 0644, files->index, e) &&
	       layout_sync(&w, e);
}

bool image_files_layout(const struct store *s, const struct image_files *files, const char *path,
			struct error *e)
{
	AUTO_FOLDER f = FOLDER_NEW_INIT;

	if (!folder_begin(&f, path, may_replace, e))
		return err_wrap(e, "layout %s", path);
	return layout_stands(s, files, path) ||
	       (layout_fill(s, files, f.fd, e) && folder_commit(&f, may_replace, e)) ||
	       err_wrap(e, "layout %s", path);
}

bool image_write_layout(const struct store *s, const struct image *img, const char *path,
			struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct image_files files = { .index = img->index };

	image_blobs_list(&a, img, &files.blobs);
	return image_files_layout(s, &files, path, e);
}

bool image_move_layout(const char *from, const char *path, struct error *e)
{
	AUTO_FOLDER f = FOLDER_NEW_INIT;

	return (folder_begin(&f, path, may_replace, e) && folder_take(&f, from, e) &&
		folder_commit(&f, may_replace, e)) ||
	       err_wrap(e, "layout %s", path);
}

bool image_check_layout(const char *path, struct error *e)
{
	return folder_check_place(path, may_replace, e) || err_wrap(e, "layout %s", path);
}
