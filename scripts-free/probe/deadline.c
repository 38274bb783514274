/* SPDX-License-Identifier: Apache-2.0 */
/* Monotonic milliseconds. */

#include "probe/deadline.h"

#include <time.h>

static uint64_t deadline_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

struct deadline deadline_in(uint64_t ms)
{
	return (struct deadline){ deadline_now() + ms };
}

int deadline_left(struct deadline d, int most)
{
	uint64_t now = deadline_now();

	if (d.at_ms <= now)
		return 0;
	return d.at_ms - now < (uint64_t)most ? (int)(d.at_ms - now) : most;
}
