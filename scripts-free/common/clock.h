/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CLOCK_H
#define COMMON_CLOCK_H

/* The clock that deadlines are measured with: it never jumps. */

#include <stdint.h>

/* Milliseconds since boot (CLOCK_MONOTONIC). Cannot fail. */
uint64_t clock_ms(void);

/* Milliseconds from now until `deadline`, at least 0 and at most `cap`; for poll. */
int clock_left(uint64_t deadline, int cap);

#endif
