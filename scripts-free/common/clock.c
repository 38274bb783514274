/* SPDX-License-Identifier: Apache-2.0 */
/* Monotonic milliseconds. */

#include "common/clock.h"

#include <time.h>

uint64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int clock_left(uint64_t deadline, int cap)
{
	uint64_t now = clock_ms();

	if (deadline <= now)
		return 0;
	return deadline - now < (uint64_t)cap ? (int)(deadline - now) : cap;
}
