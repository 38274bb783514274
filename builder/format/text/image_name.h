/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_IMAGE_NAME_H
#define FORMAT_TEXT_IMAGE_NAME_H

/* Names of images: "[HOST[:PORT]/]PATH[:TAG]" (distribution-spec v1.1.1). */

#include "base/str.h"

/* Checks the form: lower-case path components, a tag of at most 128 characters. ERR_INPUT. */
MUST_CHECK bool image_name_check(const char *name, struct error *e);

/* A name for an image after any text, such as the name of a folder: letters in lower case, digits,
 * single characters of `kept` between them, and dashes for all else. NULL: nothing is left. */
const char *image_name_from(struct arena *a, const char *text, const char *kept);

/* Is it a tag? */
bool image_tag_ok(struct str tag);

/* Does a name begin with a host: a first component with "." or ":" in it, or "localhost"? */
bool image_name_has_host(struct str name);

/* Where the tag begins: the index of its colon, or the length of the name. */
size_t image_name_tag_at(struct str name);

/* With ":latest" where there is no tag. */
const char *image_name_tagged(struct arena *a, const char *name);

/* The name in full, which is what containerd and podman list: a name without a host is one of this
 * machine ("localhost/"), as podman and buildah have it, and never one of a public registry. */
const char *image_name_full(struct arena *a, const char *name);

#endif
