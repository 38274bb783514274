/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_SOURCE_FRAGMENTS_H
#define MAKE_COMPOSE_SOURCE_FRAGMENTS_H

/* The sources of images that are being composed: compiled, or unpacked as they are. That takes a
 * while, in which all else is done: threads make them in the order of the images and their
 * components, and who composes waits for each where it is needed. They are two, where more than one
 * job may run: a configure script keeps one processor busy, however many there are, and another
 * source is compiled beside it. */

#include <pthread.h>
#include <stdatomic.h>

#include "make/compose/composition.h"

#define FRAGMENT_THREADS 2

struct fragment_task {
	struct composition *image;
	const struct source_recipe *source;
	struct fragment fragment;
	bool made, taken; /* taken: it is the composition's */
};

struct source_fragments {
	struct arena a; /* of who begins and waits */
	struct fragment_lane {
		struct source_fragments *all;
		struct arena a; /* for the results; the thread's while it runs */
		pthread_t thread;
		bool runs; /* the thread is to be joined */
	} lanes[FRAGMENT_THREADS];
	atomic_bool stop;
	pthread_mutex_t lock; /* for the rest */
	pthread_cond_t changed;
	struct LIST(struct fragment_task) tasks;
	size_t next;	    /* that nobody has begun */
	unsigned at_work;   /* lanes */
	struct error error; /* of the first that failed */
};
#define SOURCE_FRAGMENTS_INIT \
	{ .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER }

/* Has the sources of all images made, unless the store has the results. What the images' orders
 * point to does not change until they are made, or until fragments_stop(). */
void fragments_begin(struct source_fragments *w, const struct compositions *images);

/* Waits for the result of a source, which is open until compose_close() and is never moved. Fails
 * as compile_source() or unpack_source() did, also with another: after a failure none is made, and
 * the step of another that runs is ended. */
MUST_CHECK bool fragments_wait(struct source_fragments *w, const struct composition *c,
			       const struct source_recipe *source, struct source_fragment **out,
			       struct error *e);

/* Ends the steps that run, and begins nothing else. Another fragments_begin() may follow. */
void fragments_stop(struct source_fragments *w);

/* After that, and after the compositions are closed. */
void fragments_close(struct source_fragments *w);

/* What to ask for a source of the recipe. */
struct compile_request fragment_request(const struct composition *c,
					const struct source_recipe *source);

/* The same at once, for a source that is made of what was composed. */
MUST_CHECK bool fragment_make(struct arena *a, struct composition *c,
			      const struct compile_request *rq, struct source_fragment **out,
			      struct error *e);

#endif
