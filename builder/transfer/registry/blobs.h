/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_BLOBS_H
#define IMAGE_BLOBS_H

/* The blobs of an image, each once, and where they are: in the store, or in memory. */

#include "make/image/image.h"

struct image_blob {
	char name[DIGEST_HEX + 1];
	struct digest digest;
	uint64_t size;
	const char *what;	/* for messages: "layer squid", "config", "manifest" */
	struct str text;	/* p == NULL: in the store */
};

struct image_blobs {
	list_of(struct image_blob) v;	/* sorted by name */
};

void image_blobs_list(struct arena *a, const struct image *img, struct image_blobs *out);

/* Adds one that is in the store; and sorts, dropping repeated ones. */
struct image_blob *image_blobs_add(struct arena *a, struct image_blobs *l, const struct digest *d,
				   uint64_t size, const char *what);
void image_blobs_sort(struct image_blobs *l);

/* Everything that a layout or an archive is made of. */
struct image_files {
	struct image_blobs blobs;
	struct str index;	/* index.json */
	struct str save;	/* manifest.json, for archives alone */
	enum archive_form form;	/* of the archive; ARCHIVE_AUTO is the hybrid one */
};

/* manifest.json as "docker save" writes it. */
struct str image_save_text(struct arena *a, const struct strings *tags, const struct digest *config,
			   const struct digest *layers, size_t n);

/* As image_write_layout(), image_write_archive() and image_stream_archive() of image.h. */
MUST_CHECK bool image_files_layout(const struct store *s, const struct image_files *f,
				   const char *path, struct error *e);
MUST_CHECK bool image_files_archive(const struct store *s, const struct image_files *f,
				    const char *path, struct error *e);
MUST_CHECK bool image_files_stream(const struct store *s, const struct image_files *f, int fd,
				   struct error *e);

/* Opens a blob of the store, verified. ERR_VERIFY if it is not there any more or was damaged. */
MUST_CHECK bool image_blob_open(const struct store *s, const struct image_blob *b, int *fd,
				struct error *e);

#endif
