/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NEAR_FILE_H
#define BASE_NEAR_FILE_H

/* Which name may have been meant by one that is not there. */

#include "base/arena.h"

/* The path beside a missing one whose name is nearest, among those that are wanted (NULL: all), or
 * NULL. */
const char *near_file(struct arena *a, const char *path, bool (*wanted)(const char *name));

/* "; did you mean PATH?", or "" without one. */
const char *near_question(struct arena *a, const char *near);

#endif
