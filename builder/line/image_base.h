/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_IMAGE_BASE_H
#define LINE_IMAGE_BASE_H

/* An image that others made as the base of a recipe: found in a registry, a folder or a file, read
 * as the audit reads images, and taken over as it is. Its layers stay the bytes they are, whatever
 * wrote them; its files become nodes of the tree that belong to no layer of ours. */

#include "input/lock/locked_base.h"
#include "input/relock/relock.h"
#include "inspect/model/inspect.h"
#include "make/image/image.h"
#include "make/tree/tree.h"
#include "transfer/registry/pull.h"

/* Which image, and how it is got. Everything is borrowed. */
struct image_base_order {
	const struct store *store;
	const struct base_image *image;
	const struct platform *platform;
	const struct locked_base *locked; /* it must be this one; NULL: as it is now */
	bool contents;			  /* files are to be read, too */
	bool offline;
	struct progress *progress;
};

/* A base that is open. It must not move in memory. */
struct image_base {
	const struct image_base_order *order;
	struct reference from;
	struct pulled pulled;
	struct bundle bundle;
	struct inspection what;
	struct blob contents; /* of its files */
	struct owner owner;
	struct inherited inherited;
	struct image as; /* what image_describe() has to know of it */
};
#define IMAGE_BASE_INIT { .bundle = BUNDLE_INIT, .what = INSPECTION_INIT }

/* Gets and reads it; `o` is borrowed until image_base_close(), which is to be called in any case.
 * ERR_NETWORK when it cannot be had, ERR_VERIFY when it is not what its digest or the lock says,
 * ERR_INPUT when it is none for the platform. */
MUST_CHECK bool image_base_open(struct arena *a, const struct image_base_order *o,
				struct image_base *out, struct error *e);
void image_base_close(struct image_base *b);

/* Has it in the store, if it is one of a registry. Fails as image_base_open(). */
MUST_CHECK bool image_base_fetch(struct arena *a, const struct image_base_order *o,
				 struct error *e);

/* For struct relock_order: what a lock says of it. */
MUST_CHECK bool image_base_look(struct arena *a, const struct relock_order *o,
				const struct base_image *image, const struct platform *p,
				struct locked_base *out, struct error *e);

/* Adds its files to a tree that is empty. One opened with `contents`. */
MUST_CHECK bool image_base_place(struct arena *a, struct image_base *b, struct tree *t,
				 struct error *e);

/* Fills b->as: has its layers in the store, as they are, and says what is inherited. ERR_INPUT for
 * layers that only its makers may hand out. */
MUST_CHECK bool image_base_take(struct arena *a, struct image_base *b, struct error *e);

#endif
