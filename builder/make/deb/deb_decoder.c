/* SPDX-License-Identifier: Apache-2.0 */
/* A list of packages, and threads that take the next one. */

#include "make/deb/deb_decoder.h"

#include "make/deb/deb.h"

enum decoding_state { DECODING_WAITS, DECODING_RUNS, DECODING_DONE, DECODING_FAILED };

struct deb_decoding {
	struct deb_package package;
	enum decoding_state state;
	bool wanted; /* somebody waits */
	struct error error;
};

void decoder_open(struct deb_decoder *d, const struct store *s, struct progress *progress)
{
	*d = (struct deb_decoder)DECODER_INIT;
	d->store = s;
	d->progress = progress;
}

static bool decoding_is_before(const struct deb_decoding *x, const struct deb_decoding *y)
{
	if (x->wanted != y->wanted)
		return x->wanted;
	return x->package.file.size > y->package.file.size;
}

/* What is to be decoded next, or NULL. The lock is held. */
static struct deb_decoding *decoder_next(const struct deb_decoder *d)
{
	struct deb_decoding *best = NULL;

	for (size_t i = 0; i < d->all.n; i++) {
		struct deb_decoding *one = d->all.v[i];

		if (one->state == DECODING_WAITS && (!best || decoding_is_before(one, best)))
			best = one;
	}
	return best;
}

/* The lock is held, but for the time that it takes. */
static void decoder_run(struct deb_decoder *d, struct deb_decoding *one)
{
	bool done;

	one->state = DECODING_RUNS;
	pthread_mutex_unlock(&d->lock);
	done = deb_decode_missing(d->store, &one->package, d->xz, d->progress, &one->error);
	pthread_mutex_lock(&d->lock);
	one->state = done ? DECODING_DONE : DECODING_FAILED;
	pthread_cond_broadcast(&d->changed);
}

static void *decoder_work(void *arg)
{
	struct deb_decoder *d = arg;

	pthread_mutex_lock(&d->lock);
	while (!d->closing) {
		struct deb_decoding *next = decoder_next(d);

		if (next)
			decoder_run(d, next);
		else
			pthread_cond_wait(&d->changed, &d->lock);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

void decoder_close(struct deb_decoder *d)
{
	pthread_mutex_lock(&d->lock);
	d->closing = true;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	while (d->started)
		pthread_join(d->threads[--d->started], NULL);
	arena_free(&d->a);
}

/* A thread for each package that is not decoded, as far as there are processors. One that cannot be
 * started only makes it slower: who waits decodes where there is none. The lock is held. */
static void decoder_start(struct deb_decoder *d)
{
	unsigned most = PARALLEL_FORKS ? parallel_cpus() : 0; /* each forks a jail */
	size_t left = 0;

	for (size_t i = 0; i < d->all.n; i++)
		left += d->all.v[i]->state < DECODING_DONE;
	while (d->started < most && d->started < left &&
	       pthread_create(&d->threads[d->started], NULL, decoder_work, d) == 0)
		d->started++;
	pthread_cond_broadcast(&d->changed);
}

/* What is known of a package, or a new one. The lock is held. */
static struct deb_decoding *decoder_take(struct deb_decoder *d, const struct deb_package *p)
{
	struct deb_decoding *one;

	for (size_t i = 0; i < d->all.n; i++) {
		if (digest_eq(&d->all.v[i]->package.file.sha256, &p->file.sha256))
			return d->all.v[i];
	}
	one = arena_alloc(&d->a, sizeof(*one));
	*one = (struct deb_decoding){ .package = *p };
	*list_push(&d->a, &d->all) = one;
	return one;
}

void decoder_ask(struct deb_decoder *d, const struct deb_package *const *packages, size_t n)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < n; i++)
		decoder_take(d, packages[i]);
	decoder_start(d);
	pthread_mutex_unlock(&d->lock);
}

/* Decodes it here if nobody else does. The lock is held. */
static bool decoder_finish(struct deb_decoder *d, struct deb_decoding *one, struct error *e)
{
	while (one->state < DECODING_DONE) {
		if (one->state == DECODING_WAITS && d->started == 0)
			decoder_run(d, one);
		else
			pthread_cond_wait(&d->changed, &d->lock);
	}
	if (one->state == DECODING_FAILED)
		*e = one->error;
	return one->state == DECODING_DONE;
}

bool decoder_wait(struct deb_decoder *d, const struct deb_package *const *packages, size_t n,
		  struct error *e)
{
	bool ok = true;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < n; i++)
		decoder_take(d, packages[i])->wanted = true;
	decoder_start(d);
	for (size_t i = 0; ok && i < n; i++)
		ok = decoder_finish(d, decoder_take(d, packages[i]), e);
	pthread_mutex_unlock(&d->lock);
	return ok;
}
