/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FULL_FIXTURE_DEBIAN13_H
#define FULL_FIXTURE_DEBIAN13_H

/* A Debian 13 with what compiling imgbuild and running its containers takes, in
 * build-full/debian13: made once by mmdebstrap, from the host's own mirror, and used by every run
 * until "make clean". */

#include "support/fixture_oracle.h"

/* Its path. Ends the test as skipped where it cannot be made. */
const char *debian13_root(struct arena *a);

/* Runs a program in it, as root of it, with the host's devices, /proc and network, and the host's
 * store as /host-store. */
struct oracle_run debian13_run(struct arena *a, const char *const *words);
#define DEBIAN13(a, ...) debian13_run((a), (const char *const[]){ __VA_ARGS__, NULL })

/* Copies this repository - what is of it, not what was made from it - to a folder. */
void debian13_copy(struct arena *a, const char *to);

#endif
