/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_BENCH_REPOSITORY_H
#define SUPPORT_FIXTURE_BENCH_REPOSITORY_H

/* Copies, in which a benchmark can change what it likes. */

#include "support/fixture_oracle.h"

/* What recipes of this repository and their locks are made from, into the folder `dir`. */
void bench_repository_copy(struct arena *a, const char *dir);

/* A store with the blobs of the user's, as hard links where that can be; results are in none of
 * them. `path` is made. */
void bench_store_copy(struct arena *a, const char *path);

#endif
