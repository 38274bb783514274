/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PULL_H
#define TRANSFER_REGISTRY_PULL_H

/* An image comes from a registry: manifests and blobs as they are, every one verified against the
 * digest that names it, the blobs into the store. */

#include "transfer/registry/image_files.h"
#include "transfer/registry/manifest_document.h"
#include "transfer/registry/session.h"

struct pull_order {
	const struct store *store;
	const struct reference *from;
	const char *platform; /* only this one of an index, and no other image; NULL: all of it */
	bool usual;   /* nobody asked for `platform`: it only chooses among several images */
	bool later;   /* of its blobs only configs now, and layers when they are opened */
	bool offline; /* ERR_NETWORK for what is not in the store, a tag for one */
	bool hold;    /* keep blobs open, for image_blob_open(), until pulled_close() */
	const struct session_options *options;
};

struct pulled {
	struct image_files files;  /* for make/image/layout.h */
	struct document_part root; /* the image: an index or a manifest */
	size_t blobs, fetched;	   /* blobs in all, and those that were not in the store */
	uint64_t bytes, fetched_bytes;
	size_t images; /* manifests of images, each once: no records about them, no artifacts */
};

/* Everything lives in `a` and in the store; what comes later borrows all of the order that long;
 * what was fetched stays there if it fails: blobs and manifests, neither of which is fetched again.
 * What a tag means is asked each time. ERR_NETWORK when the registry does not give it, ERR_INPUT
 * for what is not an image, ERR_VERIFY for other bytes than their digest names, ERR_USAGE for a
 * platform that it does not have. */
MUST_CHECK bool pull_image(struct arena *a, const struct pull_order *o, struct pulled *out,
			   struct error *e);

/* Closes what is held. */
void pulled_close(struct pulled *p);

#endif
