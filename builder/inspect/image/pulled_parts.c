/* SPDX-License-Identifier: Apache-2.0 */
/* A pulled image as the parts of a layout: index.json and manifests from memory, blobs from the
 * store. Nothing is copied. */

#include "inspect/image/pulled_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct str layout_text = STR("{\"imageLayoutVersion\":\"1.0.0\"}");

static int pulled_compare(const void *key, const void *element)
{
	const struct image_blob *b = element;

	return strcmp(key, b->part);
}

static const struct image_blob *pulled_find_blob(const struct image_files *files, const char *name)
{
	if (files->blobs.v.n == 0)
		return NULL;
	return bsearch(name, files->blobs.v.v, files->blobs.v.n, sizeof(struct image_blob),
		       pulled_compare);
}

/* What is in memory; p == NULL: the part is elsewhere or nowhere. */
static struct str pulled_text(const struct image_files *files, const char *name)
{
	const struct image_blob *blob;

	if (strcmp(name, "oci-layout") == 0)
		return layout_text;
	if (strcmp(name, "index.json") == 0)
		return files->index;
	blob = pulled_find_blob(files, name);
	return blob ? blob->text : (struct str){ NULL, 0 };
}

bool pulled_parts_have(const struct image_files *files, const char *name)
{
	return pulled_text(files, name).p || pulled_find_blob(files, name);
}

/* A part is bytes of a descriptor, so memory gets one. */
static bool pulled_open_text(struct str text, const char *name, int *fd, struct error *e)
{
	*fd = memfd_create("manifest", MFD_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "make a file in memory for %s", name);
	return fd_write(*fd, text, name, e);
}

bool pulled_parts_open(const struct store *store, const struct image_files *files, const char *name,
		       int *fd, uint64_t *size, struct error *e)
{
	const struct image_blob *blob = pulled_find_blob(files, name);
	struct str text = pulled_text(files, name);

	*size = text.n;
	if (text.p)
		return pulled_open_text(text, name, fd, e);
	if (!blob)
		return err_set(e, ERR_INPUT, "%s is not in the image", name);
	*size = blob->size;
	return image_blob_open(store, blob, fd, e);
}

static bool pulled_put_text(int dirfd, const char *name, struct str text, struct error *e)
{
	AUTO_FD fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_sys(e, "make %s", name);
	return fd_write(fd, text, name, e) && fd_close(&fd, name, e);
}

/* A symlink to where the store has it. `prefix`: the working folder with a slash, or "". */
static bool pulled_link_blob(const struct store *store, const char *prefix, int dirfd,
			     const struct image_blob *blob, struct error *e)
{
	AUTO_ARENA a = { 0 };
	char hex[DIGEST_TEXT];
	struct digest stored;
	int got = store_find_content(store, &blob->digest, &stored, e);

	if (got <= 0)
		return got == 0 ? err_set(e, ERR_VERIFY, "%s is missing from the store %s",
					  blob->what, store->path)
				: false;
	digest_hex(&stored, hex);
	return symlinkat(arena_printf(&a, "%s%s/blobs/sha256/%s", prefix, store->path, hex), dirfd,
			 blob->part) == 0 ||
	       err_sys(e, "link to %s", blob->what);
}

static bool pulled_make_folders(const char *dir, const struct image_files *files, struct error *e)
{
	AUTO_ARENA a = { 0 };
	size_t n = files->blobs.v.n;

	return file_mkdirs(AT_FDCWD, arena_printf(&a, "%s/blobs/sha256", dir), e) &&
	       (n == 0 || !files->blobs.v.v[n - 1].digest.sha512 || /* they are sorted */
		file_mkdirs(AT_FDCWD, arena_printf(&a, "%s/blobs/sha512", dir), e));
}

bool pulled_parts_lay_out(const struct store *store, const struct image_files *files,
			  const char *dir, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD dirfd = -1;
	char cwd[4096] = "";
	const char *prefix = "";

	if (store->path[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return err_sys(e, "find the working folder");
	if (cwd[0])
		prefix = arena_printf(&a, "%s/", cwd);
	if (!pulled_make_folders(dir, files, e))
		return false;
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(e, "open %s", dir);
	for (size_t i = 0; i < files->blobs.v.n; i++) {
		const struct image_blob *blob = &files->blobs.v.v[i];

		if (blob->text.p ? !pulled_put_text(dirfd, blob->part, blob->text, e)
				 : !pulled_link_blob(store, prefix, dirfd, blob, e))
			return false;
	}
	return pulled_put_text(dirfd, "oci-layout", layout_text, e) &&
	       pulled_put_text(dirfd, "index.json", files->index, e);
}
