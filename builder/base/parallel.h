/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

/* The same work on many items, on several threads. Results do not depend on the number of
 * threads: work() writes only to its own item, and of several failures the one of the lowest
 * item is reported. */

#include <stddef.h>

#include "base/error.h"

/* Whether a thread may fork a child that goes on with malloc. glibc's is made for that;
 * AddressSanitizer's may hold a lock of another thread in the child for ever. */
#if defined(__SANITIZE_ADDRESS__)
#define PARALLEL_FORKS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PARALLEL_FORKS 0
#endif
#endif
#ifndef PARALLEL_FORKS
#define PARALLEL_FORKS 1
#endif

#define PARALLEL_MAX 64 /* most threads of a kind */

/* Processors this process may use: its affinity mask, at least 1, at most PARALLEL_MAX. */
unsigned parallel_cpus(void);

/* Calls work(ctx, i, &error) for i = 0 .. n-1 on at most `jobs` threads (0: parallel_cpus()).
 * After a failure no new item is started. false with *e set as said above. */
MUST_CHECK bool parallel_for(size_t n, unsigned jobs,
			     bool (*work)(void *ctx, size_t i, struct error *e), void *ctx,
			     struct error *e);

#endif
