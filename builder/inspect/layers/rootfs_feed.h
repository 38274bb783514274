/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_ROOTFS_FEED_H
#define INSPECT_LAYERS_ROOTFS_FEED_H

/* The walk through a folder, in a thread: it writes into a pipe that a child reads, while its
 * parent takes what the child says. */

#include <pthread.h>
#include <stdint.h>

#include "base/error.h"

struct rootfs_feed {
	int dir; /* borrowed */
	uint64_t expand_max;
	int in; /* of the pipe, for the child; -1: none */
	int out;
	pthread_t thread;
	bool running;
	bool ok; /* valid once it has ended, as is: */
	struct error error;
};
#define ROOTFS_FEED_INIT { .dir = -1, .in = -1, .out = -1 }

/* Makes the pipe. ERR_SYSTEM. */
MUST_CHECK bool rootfs_feed_open(struct rootfs_feed *f, int dir, uint64_t expand_max,
				 struct error *e);

/* Once the child has been made: starts. `f` must not be moved. ERR_SYSTEM. */
MUST_CHECK bool rootfs_feed_start(struct rootfs_feed *f, struct error *e);

/* Waits for its end; the child must have read all of it, or be gone. What went wrong with the walk,
 * unless it is only that nobody reads any more. */
MUST_CHECK bool rootfs_feed_end(struct rootfs_feed *f, struct error *e);
void rootfs_feed_drop(struct rootfs_feed *f);

#endif
