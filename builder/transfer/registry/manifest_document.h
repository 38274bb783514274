/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_REGISTRY_MANIFEST_DOCUMENT_H
#define TRANSFER_REGISTRY_MANIFEST_DOCUMENT_H

/* Manifests and indexes as they travel: raw bytes, and what they name. OCI's (image-spec v1.1.1)
 * and Docker's schema 2, which differ in their media types alone. */

#include "base/content_digest.h"
#include "base/strmap.h"

#define DOCUMENT_BYTES_MAX (4u << 20)	/* what registries take at least, and we at most */
#define DOCUMENT_PARTS_MAX 4096		/* descriptors in one document */
#define DOCUMENT_DEPTH_MAX 4		/* indexes within indexes */
#define DOCUMENTS_MAX 1024		/* in one image ... */
#define DOCUMENTS_BYTES_MAX (64u << 20) /* ... and their bytes */
#define BLOBS_MAX 8192

#define DOCUMENT_OCI_INDEX "application/vnd.oci.image.index.v1+json"

/* A descriptor. */
struct document_part {
	const char *media_type;
	struct content_digest digest;
	char name[CONTENT_NAME_SIZE]; /* "sha256:..." or "sha512:..." */
	char label[32];		      /* for messages: "layer sha256:0123456789ab" */
	uint64_t size;
	const char *os, *architecture, *variant; /* NULL: not said */
	const char *ref_name, *full_name;	 /* annotations, or NULL */
};

struct document {
	const char *media_type;
	bool index;
	bool subject; /* it is about another image */
	struct content_digest digest;
	struct str text;
	/* of an index: manifests and indexes; of a manifest: the config, then the layers */
	struct LIST(struct document_part) parts;
};

/* The media type to expect of bytes that were announced with `content_type` (NULL or "": not at
 * all). ERR_INPUT for Docker's schema 1 and for what is not a manifest, ERR_VERIFY if they say
 * another type themselves. `name` is for messages. */
MUST_CHECK bool document_type(struct arena *a, const char *name, const char *content_type,
			      struct str text, const char **out, struct error *e);

/* Reads a document of a type (borrowed). ERR_INPUT naming file, line and member for anything that
 * does not fit: neither kind may pass for the other (CVE-2021-41190), digests are sha256 or sha512,
 * and nothing is to be loaded from elsewhere ("urls"). out->digest is the SHA-256 of the text: who
 * asked for it by another one sets that. */
MUST_CHECK bool document_read(struct arena *a, const char *name, const char *media_type,
			      struct str text, struct document *out, struct error *e);

bool document_is_index(const char *media_type);
bool document_is_manifest(const char *media_type);

/* Fills the name and the label of a digest. */
void document_part_name(struct document_part *p, const char *kind);

/* All manifests and all blobs of an image, each once. What is named twice has one size and one
 * media type: ERR_INPUT if not. */
struct documents {
	struct LIST(struct document) v; /* those that others name first; the image itself last */
	uint64_t bytes;
};
struct document_parts {
	struct LIST(struct document_part) v;
	uint64_t bytes;	     /* of all of them */
	struct strmap known; /* their numbers, from 1, by digest */
};

/* 1 it is there, 0 not, -1 error: ERR_INPUT also when there is no room for more. */
MUST_CHECK int documents_have(const struct documents *l, const struct document_part *p,
			      struct error *e);
void documents_add(struct arena *a, struct documents *l, const struct document *d);

/* Adds the blobs that a manifest names; at most BLOBS_MAX in all. */
MUST_CHECK bool document_parts_add(struct arena *a, struct document_parts *l,
				   const struct document *d, struct error *e);

/* All of them, the largest first: begun last it would be waited for alone. */
const struct document_part **document_parts_turns(struct arena *a, const struct document_parts *l);

/* "linux/arm64[/v8]" or "arm64" against a descriptor; a variant that is not asked for is not
 * compared. */
bool document_on_platform(const struct document_part *p, struct str wanted);

#endif
