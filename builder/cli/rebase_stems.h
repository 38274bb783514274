/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REBASE_STEMS_H
#define CLI_REBASE_STEMS_H

/* What many images have in common but for their uppermost layer: proven once on both bases, and
 * kept as it was read, so that of each image only that layer is left to be proven. Only where the
 * layer adds to what is below and changes nothing of it (inspect/model/added_layer.h), and nothing
 * speaks against it: every obstacle is found, and told, by who looks at the whole image. */

#include <pthread.h>

#include "inspect/layers/layer_memo.h"
#include "inspect/model/inspect.h"
#include "trust/rebase/rebase.h"

#define REBASE_STEMS_MAX 8 /* in memory; what was of no use for longest is let go */

struct rebase_stem;

struct rebase_stems {
	pthread_mutex_t lock; /* of all that follows: any thread may ask */
	struct rebase_stem *v[REBASE_STEMS_MAX];
	uint64_t clock;
};
#define REBASE_STEMS_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }
void rebase_stems_close(struct rebase_stems *l);

/* An image that is to be proven. */
struct rebase_whole {
	const struct image_facts *image, *result; /* what they say of themselves */
	const struct bundle *image_bundle, *result_bundle;
	const struct model *old, *now; /* the bases */
	const struct image_facts *old_facts, *now_facts;
	struct layer_memo *memo;
};

/* 1: it is proven, and *proof says what was looked at; 0: it is not known, look at the whole; -1
 * as audit_image(). The first image of a kind is not proven like this: there may be no other. */
MUST_CHECK int rebase_stems_prove(struct rebase_stems *l, struct arena *a,
				  const struct rebase_whole *w, struct rebase_proof *proof,
				  struct error *e);

#endif
