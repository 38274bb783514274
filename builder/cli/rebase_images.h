/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REBASE_IMAGES_H
#define CLI_REBASE_IMAGES_H

/* The images of a rebase, read: the one that is to be rebased, its base as it was, and the one that
 * it is to stand on. */

#include "cli/image_operand.h"
#include "inspect/audit/audit.h"
#include "trust/attestation/layer_facts.h"
#include "trust/rebase/rebase_documents.h"

/* One image. It must not move in memory. */
struct rebase_image {
	struct image_operand opened;
	struct image_facts says;   /* of itself */
	struct audit_result audit; /* its model and what is found in it; when it was looked at */
	struct rebase_document document;
	size_t manifests;	 /* how many the image has; 1, but for an index */
	const struct key *facts; /* who signed what is taken to be in its layers; or NULL */
};
#define REBASE_IMAGE_INIT { .opened = IMAGE_OPERAND_INIT }

struct rebase_reading {
	struct cli *c;
	const struct registry_options *registry;
	const char *platform;	   /* or NULL */
	struct layer_memo *layers; /* what is known of layers; these are not fetched */
	struct pem_memo *certificates;
	struct facts_book *book;  /* of facts that were taken; or NULL */
	const struct keys *facts; /* whose facts about an image's layers count; or NULL */
};

/* Opens an image and reads its documents; what is in its layers may be signed. Close it with
 * rebase_image_close() in any case. ERR_INPUT when it has no manifest; else as
 * image_operand_open() and attached_facts_take(). */
MUST_CHECK bool rebase_image_read(const struct rebase_reading *r, const char *reference,
				  struct rebase_image *out, struct error *e);

/* Reads what is in it: those layers that are not known. Fails as audit_image(). */
MUST_CHECK bool rebase_image_look(const struct rebase_reading *r, struct rebase_image *i,
				  struct error *e);
void rebase_image_close(struct rebase_image *i);
#define AUTO_REBASE_IMAGE __attribute__((cleanup(rebase_image_close))) struct rebase_image

/* The value of an annotation of its manifest, or NULL. */
const char *rebase_annotation(const struct rebase_image *i, const char *name);

/* Where a layer of it is to be had that is not in the store; NULL: it is there. */
struct blob_source *rebase_image_later(const struct rebase_image *i,
				       const struct content_digest *layer);

/* Has the layers from the `from`-th on in the store. */
MUST_CHECK bool rebase_image_keep(struct rebase_image *i, const struct store *s, size_t from,
				  struct error *e);

#endif
