/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_PUSH_H
#define TRANSFER_REGISTRY_PUSH_H

/* An image goes to a registry: its blobs, the manifests, the index, and its tag last, so that
 * whoever asks for the tag finds everything there. What the registry has is not sent again. */

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

/* Reads index.json of a layout and what it leads to. `tag` may be NULL if there is one image.
 * Manifests are verified here, blobs when they are sent. ERR_USAGE when it is not clear which image
 * is meant, ERR_INPUT, ERR_VERIFY for bytes that are not those that their digest names. */
MUST_CHECK bool push_prepare(struct arena *a, const struct push_source *from, struct str index,
			     const char *tag, struct push_plan *out, struct error *e);

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

/* ERR_NETWORK for what the registry refuses, ERR_VERIFY for a blob that is damaged: nothing of it
 * has been sent then; and for a tag that stands for something else than is expected: it is left as
 * it is. That is looked at just before, and said to the registry (If-Match, If-None-Match), which
 * may not heed it. */
MUST_CHECK bool push_image(const struct push_order *o, struct push_result *out, struct error *e);

/* The same over a session that is open, to the repository of `o->to`. */
MUST_CHECK bool push_in_session(struct session *session, const struct push_order *o,
				struct push_result *out, struct error *e);

#endif
