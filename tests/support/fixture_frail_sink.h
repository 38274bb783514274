/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_FRAIL_SINK_H
#define SUPPORT_FIXTURE_FRAIL_SINK_H

/* A sink that takes so many calls and fails at the next, be it a write or the end: with 0, 1, 2,
 * ... every call of a writer has failed once. */

#include "base/io.h"

struct frail_sink {
	struct sink base;
	unsigned left; /* calls that it takes */
	bool failed;   /* it was called once more */
	size_t bytes;  /* that it took */
};

void frail_sink_init(struct frail_sink *s, unsigned left);

/* Calls a writer with sinks that fail at each of its calls in turn, until one does not fail. The
 * writer has to return false, with the error of the sink. Gives the number of calls. */
unsigned frail_sink_sweep(bool (*write)(void *user, struct sink *to, struct error *e), void *user);

#endif
