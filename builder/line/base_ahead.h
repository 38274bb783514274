/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_BASE_AHEAD_H
#define LINE_BASE_AHEAD_H

/* The layers of a chain's base, written while the rest of the image is still on its way here: a
 * link leaves the processors idle until the last package has come. What comes of it are layers in
 * the store, where the build finds them when it gets there. It is for nothing but speed: what fails
 * is left to the build, which does it again and says why. */

#include <pthread.h>

#include "line/chain.h"

struct base_ahead {
	struct arena a;
	struct chain *of; /* the image's */
	struct progress *progress;
	struct build_order order; /* the base's alone, without a word */
	struct chain chain;
	struct LIST(const struct locked_package *) awaited; /* those of the base on their way */
	size_t arrived;
	pthread_t thread;
	bool runs;
};

/* For the base of `c`, or NULL where there is none that could be made by itself, or where it would
 * be told of. Everything is borrowed until base_ahead_end(). */
struct base_ahead *base_ahead_new(const struct build_order *o, struct chain *c);

/* A package of the base will arrive. */
void base_ahead_await(struct base_ahead *b, const struct locked_package *p);

/* Waits for what was begun, and forgets which packages are awaited: others are asked for. `b` may
 * be NULL, as below. */
void base_ahead_await_none(struct base_ahead *b);

/* One of them is in the store, and will be decoded; with the last one the work begins, in a thread.
 */
void base_ahead_arrived(struct base_ahead *b);

/* Waits until what was begun is done; and frees it as well. */
void base_ahead_wait(struct base_ahead *b);
void base_ahead_end(struct base_ahead *b);

#endif
