/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_BLOB_LIST_H
#define TRANSFER_REGISTRY_BLOB_LIST_H

/* The blobs of an image, each once, and where they are: in the store, or in memory. */

#include "transfer/store/store_content.h"

struct image_blob;

/* Who has what is not in the store yet, and brings it there. Any thread may ask. */
struct blob_source {
	bool (*fetch)(struct blob_source *s, const struct image_blob *b, struct error *e);
};

struct image_blob {
	char part[CONTENT_PART_SIZE]; /* "blobs/sha256/HEX", or of sha512 */
	struct content_digest digest;
	uint64_t size;
	const char *what;	   /* for messages: "layer squid", "config", "manifest" */
	struct str text;	   /* p == NULL: in the store */
	struct blob_source *later; /* or there from its first use on; NULL: it is there */
	int held;		   /* a descriptor through which it was verified; -1: none */
};

struct image_blobs {
	struct LIST(struct image_blob) v; /* sorted by part */
};

/* The last component of its part. */
const char *image_blob_file(const struct image_blob *b);

/* Adds one that is in the store; and sorts, dropping repeated ones. */
struct image_blob *image_blobs_add(struct arena *a, struct image_blobs *l,
				   const struct content_digest *d, uint64_t size, const char *what);
void image_blobs_sort(struct image_blobs *l);

/* Opens a blob of the store, verified; fetches it first where it is to be had later. ERR_VERIFY if
 * it is not there any more or was damaged; else as its source. */
MUST_CHECK bool image_blob_open(const struct store *s, const struct image_blob *b, int *fd,
				struct error *e);

#endif
