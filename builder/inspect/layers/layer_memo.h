/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_LAYER_MEMO_H
#define INSPECT_LAYERS_LAYER_MEMO_H

/* What children have said of layers, for the images of one run that have layers in common: a layer
 * is expanded and parsed once, and what was said is checked again as it was the first time. Its
 * blob is hashed once, too, if the images have the very same file of it (store_verified.h); and
 * not at all, if who asks needs no blob. Any thread may ask. */

#include <pthread.h>

#include "inspect/layers/layer_items.h"
#include "transfer/store/kept_facts.h"
#include "transfer/store/store_verified.h"

#define LAYER_MEMO_MAX (16u << 20) /* bytes in all; what was of no use for longest is let go */
#define LAYER_SAYING_MAX (LAYER_MEMO_MAX / 4) /* of one layer; a fourth of another maximum */

struct layer_saying {
	struct arena a;	   /* its own, this struct is in it */
	struct digest key; /* of the layer and of how it was read */
	struct str said;   /* frames (layer_wire.h) */
	uint64_t used;	   /* when it was of use last, counted in layers */
	unsigned held;	   /* by so many readers: it stays */
};

struct layer_memo {
	pthread_mutex_t lock; /* of all that follows but the settings */
	struct arena a;	      /* of the list */
	struct LIST(struct layer_saying *) v;
	uint64_t bytes, clock;
	size_t found; /* how often one was of use */
	struct store_verified hashed;
	/* settings */
	uint64_t max;		       /* bytes; 0: LAYER_MEMO_MAX */
	struct kept_facts kept;	       /* for the next run, too */
	struct store_verified *shared; /* counts instead of `hashed`: an image's files are links to
					  what the store has hashed; or NULL */
	/* what is said of a digest stands for its blob, which need not be there: for who does not
	 * read an image, but reasons about what its digests name */
	bool stands_for_blobs;
};
#define LAYER_MEMO_INIT { .lock = PTHREAD_MUTEX_INITIALIZER, .hashed = STORE_VERIFIED_INIT }

void layer_memo_close(struct layer_memo *m);
#define AUTO_LAYER_MEMO __attribute__((cleanup(layer_memo_close))) struct layer_memo

/* Whether a layer read like this may be remembered, and its key. `k` may be NULL. */
bool layer_memo_key(const struct image_layer *l, const struct keep_rule *k, struct digest *key);

/* What was said, or NULL: nothing is known. It stays until it is released; NULL is passed over. */
struct layer_saying *layer_memo_hold(struct layer_memo *m, const struct digest *key);
void layer_memo_release(struct layer_memo *m, struct layer_saying *x);

/* The files whose digests are known. */
static inline struct store_verified *layer_memo_hashed(struct layer_memo *m)
{
	return m->shared ? m->shared : &m->hashed;
}

/* How many bytes of one layer may be remembered. */
size_t layer_memo_room(const struct layer_memo *m);

/* Remembers a copy, if it has at most so many bytes and there is room for it. Read here, from the
 * layer itself, it goes to the store, too; what others signed is for who trusts their key, in this
 * run. */
void layer_memo_note(struct layer_memo *m, const struct digest *key, struct str said, bool read);

#endif
