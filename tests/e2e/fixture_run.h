/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_RUN_H
#define E2E_FIXTURE_RUN_H

/* What the tests of one run of the program have in common, each a process of its own and side by
 * side with others: a folder, what only one may have at a time, and what the machine lacks. */

#include "base/arena.h"

/* The folder, which goes with the run. */
const char *run_folder(void);

/* Waits until no other test has `of` ("podman"), and has it until this test ends. False, at once,
 * if this test has it already. */
bool run_take_turn(struct arena *a, const char *of);

/* Whether the longer variants of the tests run: IMGBUILD_FULL=1, which `make check-full` sets. */
bool run_is_full(void);

/* Skips the test otherwise. */
void run_needs_time(void);

/* From now on a test has something that would outlive it, if it failed: these words,
 * NULL-terminated, end it when the run ends. Whether some test has left it; and that it is gone. */
void run_leave(struct arena *a, const char *what, const char *const *words);
bool run_is_left(struct arena *a, const char *what);
void run_take_away(struct arena *a, const char *what);

/* In a test, which the caller skips: `what` could not be had. The run says so at its end. */
void run_lacks(const char *what, const char *why);

#endif
