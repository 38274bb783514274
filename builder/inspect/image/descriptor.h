/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_DESCRIPTOR_H
#define INSPECT_IMAGE_DESCRIPTOR_H

/* OCI content descriptors (image-spec v1.1.1, descriptor.md) and the media types an image is
 * made of. Private to inspect/image. */

#include "inspect/image/bundle.h"
#include "inspect/image/image_facts.h"
#include "format/json/json.h"

#define MEDIA_INDEX "application/vnd.oci.image.index.v1+json"

struct descriptor {
	const char *media_type;
	struct content_digest digest;
	const char *part; /* "blobs/sha256/HEX", or of sha512 */
	uint64_t size;
	const char *os, *architecture, *variant; /* NULL: not said */
	const char *ref_name, *full_name;	 /* annotations, or NULL */
	bool attestation;			 /* an artifact about an image, not an image */
	bool urls;
	unsigned depth; /* of the index it stands in; 1: index.json */
};

/* Reads one descriptor (out->depth is left alone). Only sha256 and sha512 digests of exactly 64
 * and 128 lower-case digits are known (T32). */
MUST_CHECK bool descriptor_read(struct arena *a, const struct json_node *n, struct descriptor *out,
				struct error *e);

/* The document a descriptor names: at most DOCUMENT_MAX bytes, size checked first, then digest. */
MUST_CHECK bool descriptor_text(struct arena *a, const struct bundle *b, const struct descriptor *d,
				struct str *out, struct error *e);

/* The file oci-layout: version 1.0.0. */
MUST_CHECK bool descriptor_layout(struct arena *a, const struct bundle *b, struct error *e);

/* Fails unless it is the string `want`. */
MUST_CHECK bool json_string_is(const struct json_node *n, const char *want, struct error *e);

bool media_is_index(const char *type);
bool media_is_manifest(const char *type);
bool media_is_config(const char *type);
bool media_is_layer(const char *type);

#endif
