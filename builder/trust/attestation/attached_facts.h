/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_ATTACHED_FACTS_H
#define TRUST_ATTESTATION_ATTACHED_FACTS_H

/* Facts about layers (trust/attestation/layer_facts.h) beside their image in its registry: a signed
 * statement, attached as every attestation is, and an artifact with the texts that it names. */

#include "trust/attestation/layer_facts.h"
#include "trust/signature/image_signer.h"

#define ATTACHED_FACTS_TYPE "application/vnd.imgbuild.layer-facts.v1"

/* Attaches the texts to the manifest `digest`. The same ones add nothing. Fails as
 * attached_artifact_put(). */
MUST_CHECK bool attached_facts_put(struct arena *a, const struct signing_order *o,
				   const char *digest, const struct layer_facts_texts *texts,
				   struct error *e);

struct facts_order {
	const struct signing_order *image; /* its digest, and whose facts count: the keys */
	const struct image_facts *facts;   /* what it says of itself */
	const struct store *store;	   /* texts are fetched once */
	struct layer_memo *memo;	   /* gets what is said of its layers */
	struct facts_book *book;	   /* and their texts; or NULL */
};

struct facts_taken {
	const struct key *key;
	size_t layers;		/* that are known by them, or were known before */
	struct strings missing; /* layers that they do not tell of */
	bool old;		/* signed, and of a form that this program does not know */
};

/* 1 taken; 0 there are none for this image, or only such of another form; -1: ERR_VERIFY when none
 * is signed by one of the keys, naming key, digest and what differs, and when they contradict the
 * image or other bytes come than they name; ERR_INPUT, ERR_NETWORK. */
MUST_CHECK int attached_facts_take(struct arena *a, const struct facts_order *o,
				   struct facts_taken *out, struct error *e);

#endif
