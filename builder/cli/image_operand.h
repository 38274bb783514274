/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_IMAGE_OPERAND_H
#define CLI_IMAGE_OPERAND_H

/* The operand IMAGE of verbs that read images: a folder, an archive, or docker:// for one of a
 * registry. */

#include "cli/registry_options.h"
#include "inspect/image/bundle.h"
#include "transfer/registry/pull.h"
#include "transfer/registry/push.h"

/* An image that is open. It must not move in memory. */
struct image_operand {
	struct bundle bundle;
	struct store store; /* of an image of a registry */
	struct reference from;
	struct pulled pulled;
};
#define IMAGE_OPERAND_INIT { .bundle = BUNDLE_INIT, .store = STORE_INIT }

/* What of an index of a registry is fetched. */
enum image_extent {
	IMAGE_ONE, /* the image for the platform, or for this machine */
	IMAGE_ALL,
	IMAGE_DOCUMENTS /* all manifests and configs; a layer when it is opened */
};

/* Opens it. Of a registry, what is not in the store is fetched: one image of an index, each blob
 * once; --offline takes what is there. `platform` may be NULL. Release with image_operand_close()
 * in any case. Fails as bundle_open() and pull_image() do, naming the image. */
MUST_CHECK bool image_operand_open(struct cli *c, const struct registry_options *o,
				   const char *reference, enum image_extent extent,
				   const char *platform, struct image_operand *out,
				   struct error *e);

/* Its manifests and blobs as a registry has them, and where these are read from, as long as it is
 * open. ERR_INPUT when it has no OCI layout. Else as push_prepare(). */
MUST_CHECK bool image_operand_plan(struct arena *a, struct image_operand *i,
				   struct push_source *from, struct push_plan *out,
				   struct error *e);

void image_operand_close(struct image_operand *i);
#define AUTO_IMAGE_OPERAND __attribute__((cleanup(image_operand_close))) struct image_operand

#endif
