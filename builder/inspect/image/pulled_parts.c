/* SPDX-License-Identifier: Apache-2.0 */
/* A pulled image as the parts of a layout: index.json and manifests from memory, blobs from the
 * store. Nothing is copied. */

#include "inspect/image/pulled_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BLOBS "blobs/sha256/"

static const struct str layout_text = STR("{\"imageLayoutVersion\":\"1.0.0\"}");

static int pulled_compare(const void *key, const void *element)
{
	const struct image_blob *b = element;

	return strcmp(key, b->name);
}

static const struct image_blob *pulled_find_blob(const struct image_files *files, const char *name)
{
	if (strncmp(name, BLOBS, strlen(BLOBS)) != 0 || files->blobs.v.n == 0)
		return NULL;
	return bsearch(name + strlen(BLOBS), files->blobs.v.v, files->blobs.v.n,
		       sizeof(struct image_blob), pulled_compare);
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
		return err_sys(e, "memory for %s", name);
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

bool pulled_parts_lay_out(const struct store *store, const struct image_files *files,
			  const char *dir, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD dirfd = -1;
	char cwd[4096] = "";

	if (store->path[0] != '/' && !getcwd(cwd, sizeof(cwd)))
		return err_sys(e, "find the working folder");
	if (!file_mkdirs(AT_FDCWD, arena_printf(&a, "%s/blobs/sha256", dir), e))
		return false;
	dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dirfd < 0)
		return err_sys(e, "open %s", dir);
	for (size_t i = 0; i < files->blobs.v.n; i++) {
		const struct image_blob *blob = &files->blobs.v.v[i];
		const char *name = arena_printf(&a, BLOBS "%s", blob->name);

		if (blob->text.p
			    ? !pulled_put_text(dirfd, name, blob->text, e)
			    : symlinkat(arena_printf(&a, "%s%s%s/" BLOBS "%s", cwd,
						     cwd[0] ? "/" : "", store->path, blob->name),
					dirfd, name) < 0)
			return blob->text.p ? false : err_sys(e, "make a link in %s", dir);
	}
	return pulled_put_text(dirfd, "oci-layout", layout_text, e) &&
	       pulled_put_text(dirfd, "index.json", files->index, e);
}
