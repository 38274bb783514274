/* SPDX-License-Identifier: Apache-2.0 */
/* The archive: one tar that is an image layout, or what "docker save" writes, or both, so that
 * every loader finds its own entry. Its bytes depend on the image and the form alone. */

#include "make/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/text/image_name.h"
#include "format/archive/tarw.h"
#include "make/image/image_blobs.h"
#include "make/image/layout.h"

static enum archive_form form_choose(const struct image *img)
{
	if (img->form != ARCHIVE_AUTO)
		return img->form;
	return img->parts.n < 2 && img->health ? ARCHIVE_DOCKER : ARCHIVE_HYBRID;
}

static void archive_list_files(struct arena *a, const struct image *img, struct image_files *out)
{
	const struct image *first = img->parts.n ? img->parts.v[0] : img;
	size_t n = first->layers.v.n;
	struct content_digest config = content_digest_sha256(first->config_digest);
	struct content_digest *layers = arena_array(a, n, sizeof(*layers));
	struct strings tags = { 0 };

	*list_push(a, &tags) = image_name_tagged(a, first->name);
	list_append(a, &tags, &first->names);
	for (size_t i = 0; i < n; i++)
		layers[i] = content_digest_sha256(first->layers.v.v[i].digest);
	*out = (struct image_files){ .index = img->index, .form = form_choose(img) };
	out->save = image_save_text(a, &tags, &config, layers, n);
	image_blobs_list(a, img, &out->blobs);
}

static bool archive_add_dir(struct tarw *t, const char *path, struct error *e)
{
	return tarw_entry(t, &(struct tarw_entry){ .path = path, .type = TARW_DIR, .mode = 0755 },
			  e);
}

static bool archive_add_text(struct tarw *t, const char *path, struct str text, struct error *e)
{
	struct tarw_entry entry = { .path = path, .type = TARW_FILE, .mode = 0644, .size = text.n };

	return tarw_entry(t, &entry, e) && tarw_data(t, text, e);
}

static bool add_stored(struct tarw *t, const char *path, int fd, uint64_t size, struct error *e)
{
	struct tarw_entry entry = { .path = path, .type = TARW_FILE, .mode = 0644, .size = size };
	struct fd_source from;
	struct str chunk;
	int got;

	if (!tarw_entry(t, &entry, e))
		return false;
	fd_source_init(&from, fd, 0, size, path);
	while ((got = from.base.next(&from.base, &chunk, e)) > 0) {
		if (!tarw_data(t, chunk, e))
			return false;
	}
	return got == 0;
}

static bool add_blob(struct tarw *t, const struct store *s, const struct image_blob *b,
		     struct error *e)
{
	AUTO_FD fd = -1;

	if (b->text.p)
		return archive_add_text(t, b->part, b->text, e);
	return image_blob_open(s, b, &fd, e) && add_stored(t, b->part, fd, b->size, e);
}

static bool archive_write(const struct store *s, const struct image_files *f, struct sink *out,
			  struct error *e)
{
	struct tarw t;

	tarw_init(&t, out);
	if (!archive_add_dir(&t, "blobs", e) || !archive_add_dir(&t, "blobs/sha256", e))
		return false;
	for (size_t i = 0; i < f->blobs.v.n; i++) {
		const struct image_blob *b = &f->blobs.v.v[i];
		bool first = b->digest.sha512 && (i == 0 || !b[-1].digest.sha512);

		if (first && !archive_add_dir(&t, "blobs/sha512", e))
			return false;
		if (!add_blob(&t, s, b, e))
			return false;
	}
	return (f->form == ARCHIVE_OCI || archive_add_text(&t, "manifest.json", f->save, e)) &&
	       (f->form == ARCHIVE_DOCKER ||
		(archive_add_text(&t, "oci-layout", STR(OCI_LAYOUT_TEXT), e) &&
		 archive_add_text(&t, "index.json", f->index, e))) &&
	       tarw_finish(&t, e);
}

/* What POSIX tars have there. */
#define TAR_MAGIC_AT 257

/* Nothing yet, a tar, or what cannot be read: a recipe is none of these. */
static bool place_may_be_archive(int dir, const char *name)
{
	char bytes[5];
	AUTO_FD fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	return fd < 0 || fstat(fd, &st) < 0 || st.st_size == 0 ||
	       (pread(fd, bytes, sizeof(bytes), TAR_MAGIC_AT) == (ssize_t)sizeof(bytes) &&
		memcmp(bytes, "ustar", sizeof(bytes)) == 0);
}

/* Only an archive gives way to a new one: no other file, folder or device, no link to elsewhere. */
static bool check_place(int dir, const char *name, const char *path, struct error *e)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT || err_sys(e, "stat %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(
			e, ERR_INPUT,
			"%s is there and is not a regular file; it is not replaced: remove it "
			"or choose another place",
			path);
	return place_may_be_archive(dir, name) ||
	       err_set(e, ERR_INPUT,
		       "%s is there and is not an archive; it is not replaced: remove it or choose "
		       "another place",
		       path);
}

bool image_check_archive(const char *path, struct error *e)
{
	return check_place(AT_FDCWD, path, path, e) || err_wrap(e, "archive %s", path);
}

static int archive_open_parent(struct arena *a, const char *path, const char **name,
			       struct error *e)
{
	const char *slash = strrchr(path, '/');
	const char *dir = slash ? str_dup(a, (struct str){ path, (size_t)(slash - path) + 1 })
				: ".";
	int fd;

	*name = slash ? slash + 1 : path;
	if (!(*name)[0]) {
		err_set(e, ERR_INPUT, "\"%s\" is not a name for a file", path);
		return -1;
	}
	if (!file_mkdirs(AT_FDCWD, dir, e))
		return -1;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		err_sys(e, "open %s", dir);
	return fd;
}

bool image_files_archive(const struct store *s, const struct image_files *files, const char *path,
			 struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct fd_sink out;
	const char *name;
	AUTO_FD dir = archive_open_parent(&a, path, &name, e);
	AUTO_FILE f = FILE_NEW_INIT; /* after dir: it is aborted while dir is still open */

	if (dir < 0 || !check_place(dir, name, path, e) || !file_begin(&f, dir, name, 0644, e))
		return err_wrap(e, "archive %s", path);
	fd_sink_init(&out, f.fd, name);
	return (archive_write(s, files, &out.base, e) && file_commit(&f, e)) ||
	       err_wrap(e, "archive %s", path);
}

bool image_write_archive(const struct store *s, const struct image *img, const char *path,
			 struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct image_files files;

	archive_list_files(&a, img, &files);
	return image_files_archive(s, &files, path, e);
}

bool image_files_stream(const struct store *s, const struct image_files *files, int fd,
			struct error *e)
{
	struct fd_sink out;

	fd_sink_init(&out, fd, "the pipe");
	return archive_write(s, files, &out.base, e) || err_wrap(e, "archive");
}

bool image_stream_archive(const struct store *s, const struct image *img, int fd, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct image_files files;

	archive_list_files(&a, img, &files);
	return image_files_stream(s, &files, fd, e);
}
