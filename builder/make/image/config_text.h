/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_IMAGE_CONFIG_TEXT_H
#define MAKE_IMAGE_CONFIG_TEXT_H

/* The image configuration (image-spec v1.1.1, config.md; Healthcheck after the Docker image
 * specification v1.3): canonical JSON, members in the order of their bytes, no blanks. */

#include "make/image/image.h"

/* What the image runs with: the recipe's own settings over those of the recipes it stands on, by
 * the rules that "FROM" made known. Environment variables and labels are merged by name: a
 * variable keeps its first place in the list and takes the nearest recipe's value; ports and
 * volumes add up; an entrypoint of its own discards an inherited command. Annotations are not
 * inherited. `below`: the settings of an image of others that the lowest recipe stands on, or NULL.
 */
void image_effective_config(struct arena *a, const struct recipe *r,
			    const struct image_config *below, struct image_config *out);

/* "2026-11-22T03:41:32Z" (RFC 3339). ERR_INPUT for a year beyond 9999. */
MUST_CHECK bool image_time(struct arena *a, uint64_t epoch, const char **out, struct error *e);

/* The text for the layers of `img`, in `a`. ERR_INPUT for what an image cannot say: a health check
 * that needs a shell, times that overflow. */
MUST_CHECK bool image_config_text(struct arena *a, const struct recipe *r, const struct image *img,
				  struct str *out, struct error *e);

#endif
