/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_ATTESTATION_LAYER_FACTS_H
#define TRUST_ATTESTATION_LAYER_FACTS_H

/* What is in the layers of an image, for who reasons about it without them (imgbuild rebase): a
 * statement about the image that names each layer by its digest, and by its digest the text of
 * facts about it. Facts are what a child says of a layer that it reads
 * (inspect/layers/layer_wire.h), compressed with zstd; whoever takes them checks them as if a child
 * had just said them. */

#include "inspect/layers/layer_memo.h"

#define LAYER_FACTS_MEDIA_TYPE "application/vnd.imgbuild.layer-facts.v1+zstd"
#define LAYER_FACTS_MEMORY ((uint64_t)512 << 20) /* of a memo for them */

struct layer_fact {
	const char *media_type; /* of the layer, whose compression facts may be about */
	struct content_digest digest, diff_id;
	uint64_t size;
	struct digest facts;		/* of their text, compressed */
	uint64_t facts_size, said_size; /* compressed, and not */
};

struct layer_facts LIST(struct layer_fact);
struct layer_facts_texts LIST(struct str);

/* Facts with their texts, for who writes them for many images that have layers in common. Any
 * thread may ask. */
struct facts_book {
	pthread_mutex_t lock; /* of all that follows */
	struct arena a;
	struct layer_facts v;
	struct layer_facts_texts texts; /* theirs, in their order */
};
#define FACTS_BOOK_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }
void facts_book_close(struct facts_book *b);

/* Adds a copy, unless the layer is there. */
void facts_book_add(struct facts_book *b, const struct layer_fact *f, struct str text);

/* Writes the predicate for an image whose layers were read with this memo, and the texts that it
 * names; what is in the book (which may be NULL) is taken from there, and what is not goes there. A
 * layer of which the memo knows nothing is left out: *missing. ERR_SYSTEM. */
MUST_CHECK bool layer_facts_make(struct arena *a, const struct image_facts *image,
				 struct layer_memo *memo, struct facts_book *book,
				 struct str *predicate, struct layer_facts_texts *texts,
				 size_t *missing, struct error *e);

/* Reads a predicate. 1; 0 its facts have another form than this program's; -1 ERR_INPUT naming the
 * member. */
MUST_CHECK int layer_facts_read(struct arena *a, struct str predicate, struct layer_facts *out,
				struct error *e);

/* Those of a layer, as its image's manifest and config have it; *out NULL: there are none.
 * ERR_VERIFY when they are there and contradict the image: another diff_id or size of the same
 * digest. */
MUST_CHECK bool layer_facts_of(struct arena *a, const struct layer_facts *l,
			       const struct image_layer *layer, const struct layer_fact **out,
			       struct error *e);

/* What was said, out of the bytes that f->facts names. ERR_INPUT. */
MUST_CHECK bool layer_facts_expand(struct arena *a, const struct layer_fact *f, struct str text,
				   struct str *said, struct error *e);

/* Under which key a memo has it; false: no memo has such a layer. */
bool layer_facts_key(const struct image_layer *layer, struct layer_memo *memo, struct digest *key);

#endif
