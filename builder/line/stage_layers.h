/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_STAGE_LAYERS_H
#define LINE_STAGE_LAYERS_H

/* The layers of one stage of a chain, written while the next stage is composed: from the tree as it
 * was when the stage had its files, so that they are the same in every image that stands on it. */

#include <pthread.h>

#include "line/chain.h"

struct stage_layers {
	const struct build_order *order;
	const struct chain *chain;
	struct stage *stage;
	struct arena a;	  /* of the thread while it runs */
	struct tree tree; /* a copy */
	struct compressor with;
	struct layers own;
	bool begun, runs; /* to be ended; in a thread of its own */
	pthread_t thread;
	bool done;
	struct error error;
};

/* Begins; with `aside` in a thread. The stage's files stay open until stage_layers_end() or
 * stage_layers_drop(), and *l where it is. */
void stage_layers_begin(struct stage_layers *l, const struct build_order *o, const struct chain *c,
			struct stage *s, bool aside);

/* Waits for them, and describes the stage's image, on what it stands on (NULL: on nothing). Once it
 * has ended, or was never begun, it does nothing. What it gives the image lives in `a`. */
MUST_CHECK bool stage_layers_end(struct arena *a, struct stage_layers *l, const struct image *base,
				 struct error *e);

/* Waits, and forgets them. Safe at any time. */
void stage_layers_drop(struct stage_layers *l);

#endif
