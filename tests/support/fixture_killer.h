/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_KILLER_H
#define TESTS_SUPPORT_FIXTURE_KILLER_H

/* Runs a piece of work in a child and kills it (SIGKILL) when it is about to make its n-th system
 * call: the exhaustive way to ask what an interruption leaves behind. */

#include <stdbool.h>

/* true: the work came to its end before its n-th call and returned true. false: it was killed. The
 * test fails if the work itself does; it ends as skipped where processes cannot be traced. */
bool killer_run(bool (*work)(void *), void *ctx, long n);

#endif
