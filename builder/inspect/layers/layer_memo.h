/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_MEMO_H
#define INSPECT_LAYERS_LAYER_MEMO_H

/* What children have said of layers, for the images of one run that have layers in common: a layer
 * is expanded and parsed once, and what was said is checked again as it was the first time. Its
 * blob is hashed once, too, if the images have the very same file of it (store_verified.h). */

#include "inspect/layers/layer_items.h"
#include "transfer/store/store_verified.h"

#define LAYER_MEMO_MAX (16u << 20) /* bytes in all; what was of no use for longest is let go */
#define LAYER_SAYING_MAX (LAYER_MEMO_MAX / 4)

struct layer_saying {
	struct arena a;	   /* its own, this struct is in it */
	struct digest key; /* of the layer and of how it was read */
	struct str said;   /* frames (layer_wire.h) */
	uint64_t used;	   /* when it was of use last, counted in layers */
	unsigned held;	   /* by so many readers: it stays */
};

struct layer_memo {
	struct arena a; /* of the list */
	struct LIST(struct layer_saying *) v;
	uint64_t bytes, clock;
	size_t found; /* how often one was of use */
	struct store_verified hashed;
};
#define LAYER_MEMO_INIT { .hashed = STORE_VERIFIED_INIT }

void layer_memo_close(struct layer_memo *m);
#define AUTO_LAYER_MEMO __attribute__((cleanup(layer_memo_close))) struct layer_memo

/* Whether a layer read like this may be remembered, and its key. `k` may be NULL. */
bool layer_memo_key(const struct image_layer *l, const struct keep_rule *k, struct digest *key);

/* What was said, or NULL: nothing is known. It stays until it is released; NULL is passed over. */
struct layer_saying *layer_memo_hold(struct layer_memo *m, const struct digest *key);
void layer_memo_release(struct layer_saying *x);

/* Remembers a copy, if it has at most LAYER_SAYING_MAX bytes and there is room for it. */
void layer_memo_note(struct layer_memo *m, const struct digest *key, struct str said);

#endif
