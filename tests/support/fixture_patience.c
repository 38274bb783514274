/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_patience.h"

#include <time.h>
#include <unistd.h>

#define MOMENT_US 50000

static uint64_t patience_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool patience_left(struct test_patience *p)
{
	uint64_t now = patience_clock_ms();

	if (p->until_ms == 0)
		p->until_ms = now + p->seconds * 1000ull;
	if (now >= p->until_ms)
		return false;
	usleep(MOMENT_US);
	return true;
}
