/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PUSH_ORDER_H
#define TRANSFER_REGISTRY_PUSH_ORDER_H

/* What is pushed, from where and to which place, and what came of it. */

#include "transfer/registry/manifest_document.h"
#include "transfer/registry/push_known.h"
#include "transfer/registry/session.h"

/* Bytes of one blob. `own` is a descriptor to close, or -1. */
struct push_part {
	int own, fd;
	uint64_t offset, size;
};

/* Where blobs are read from. open() finds the bytes of a digest, and threads may call it at once;
 * ERR_INPUT if the image has no such blob. */
struct push_source {
	void *of;
	bool (*open)(void *of, const struct content_digest *d, struct push_part *out,
		     struct error *e);
};

/* All that belongs to an image. */
struct push_plan {
	struct documents documents;
	struct document_parts blobs;
};

struct push_order {
	const struct push_source *from;
	const struct push_plan *plan;
	const struct reference *to;
	const char
		*mount_from;  /* another repository of that registry that may have blobs, or NULL */
	const char *expected; /* what the tag must stand for when it is moved: "sha256:...", "" for
				 nothing; NULL: for whatever it does */
	struct push_known *known; /* blobs that are there for certain; or NULL */
	const struct session_options *options;
};

struct push_result {
	size_t sent, mounted, there; /* blobs */
	size_t manifests;	     /* documents that were sent */
	uint64_t bytes;		     /* of blobs that were sent */
	bool moved; /* it failed because the tag stands for something else by now */
	/* the image as the registry calls it: by its own algorithm, whatever the layout has */
	char digest[CONTENT_NAME_SIZE];
};

#endif
