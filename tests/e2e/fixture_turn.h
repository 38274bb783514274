/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_TURN_H
#define E2E_FIXTURE_TURN_H

/* Tests run side by side, each in a process of its own. What only one of them may have at a time,
 * it takes in turn. */

#include "base/arena.h"

/* Waits until no other test has `of` ("podman"), and has it until this test ends. More than once is
 * as once. */
void turn_take(struct arena *a, const char *of);

#endif
