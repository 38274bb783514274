/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_DEADLINE_H
#define PROBE_DEADLINE_H

/* When everything has to be done, on a clock that never jumps (CLOCK_MONOTONIC). */

#include <stdint.h>

struct deadline {
	uint64_t at_ms;
};

/* `ms` from now. */
struct deadline deadline_in(uint64_t ms);

/* Milliseconds that are left, at least 0 and at most `most`; for poll(2). */
int deadline_left(struct deadline d, int most);

#endif
