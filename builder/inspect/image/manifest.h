/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_MANIFEST_H
#define INSPECT_IMAGE_MANIFEST_H

/* What an image says of itself: its layers and its config, with every reference between the
 * parts checked (OCI image-spec v1.1.1; the Docker image formats that are read beside it). */

#include "format/json/json.h"
#include "inspect/image/bundle.h"
#include "inspect/image/image_facts.h"

/* Finds the image in the bundle. `platform` may be NULL. ERR_INPUT, naming the descriptor, for
 * anything that does not fit together; ERR_USAGE for a platform or tag that is not there. Layer
 * blobs are not read yet: layer_read() checks them. */
MUST_CHECK bool manifest_read(struct arena *a, const struct bundle *b, const char *platform,
			      struct image_facts *out, struct error *e);

/* For the two readers: fills what the config document says, and joins its diff_ids and history
 * with the layers that are there already. */
MUST_CHECK bool image_config_read(struct arena *a, const char *name, struct str text,
				  struct image_facts *out, struct error *e);
/* Its member "config" alone: user, programs, environment, health. */
MUST_CHECK bool image_execution_read(struct arena *a, const struct json_node *root,
				     struct image_facts *out, struct error *e);
MUST_CHECK bool docker_read(struct arena *a, const struct bundle *b, struct image_facts *out,
			    struct error *e);
MUST_CHECK bool docker_v1_read(struct arena *a, const struct bundle *b, struct image_facts *out,
			       struct error *e);

/* This machine's OCI name: "amd64". */
const char *machine_name(void);

#endif
