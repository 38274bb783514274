/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_DECODER_H
#define MAKE_DEB_DEB_DECODER_H

/* Decodes packages on threads of its own, while the one that will need them does something else.
 * First comes what somebody waits for; the largest comes before the others, which fill the time
 * that it takes. No more are decoded at a time than there are processors. */

#include <pthread.h>

#include "base/parallel.h"
#include "base/progress.h"
#include "make/deb/deb_package.h"
#include "transfer/store/store.h"

struct deb_decoding; /* one package on its way */

struct deb_decoder {
	const struct store *store;
	struct progress *progress;
	const struct xz_library *xz; /* what reads xz, for the owner to set; NULL: the linked one */
	struct arena a;
	pthread_mutex_t lock; /* for all below */
	pthread_cond_t changed;
	struct LIST(struct deb_decoding *) all;
	pthread_t threads[PARALLEL_MAX];
	unsigned started;
	bool closing;
};
#define DECODER_INIT { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER }

/* Both borrowed. Close it in any case, if only DECODER_INIT was given to it: what is being decoded
 * is finished, nothing else is begun, and nobody may be waiting. */
void decoder_open(struct deb_decoder *d, const struct store *s, struct progress *progress);
void decoder_close(struct deb_decoder *d);
#define AUTO_DECODER __attribute__((cleanup(decoder_close))) struct deb_decoder

/* The packages, whose files are in the store, will be waited for. Their texts are borrowed until
 * the decoder is closed. What fails is told to who waits. */
void decoder_ask(struct deb_decoder *d, const struct deb_package *const *packages, size_t n);

/* Waits until these are decoded, whether or not they were asked for. ERR_INPUT or ERR_VERIFY that
 * names the first of them that cannot be. */
MUST_CHECK bool decoder_wait(struct deb_decoder *d, const struct deb_package *const *packages,
			     size_t n, struct error *e);

#endif
