/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

/* The same work on many items, on several threads. Results do not depend on the number of
 * threads: work() writes only to its own item, and of several failures the one of the lowest
 * item is reported. */

#include <stddef.h>

#include "base/error.h"

#define PARALLEL_MAX 64 /* most threads of a kind */

/* Processors this process may use: its affinity mask, at least 1, at most PARALLEL_MAX. */
unsigned parallel_cpus(void);

/* Calls work(ctx, i, &error) for i = 0 .. n-1 on at most `jobs` threads (0: parallel_cpus()).
 * After a failure no new item is started. false with *e set as said above. */
MUST_CHECK bool parallel_for(size_t n, unsigned jobs,
			     bool (*work)(void *ctx, size_t i, struct error *e), void *ctx,
			     struct error *e);

#endif
