/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_BUILTIN_H
#define INPUT_LOCK_LOCK_BUILTIN_H

/* "built-in" in the text of a lock: which of the files that came with imgbuild its recipe was read
 * from. */

#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "input/lock/lock.h"

/* Reads the member, which need not be there. ERR_INPUT with the place. */
MUST_CHECK bool lock_builtin_read(struct arena *a, const struct json_node *root, struct lock *lock,
				  struct error *e);

/* Writes it, unless there is nothing to say: locks of recipes that need nothing of that stay as
 * they are. */
void lock_builtin_write(struct jsonw *w, const struct lock *lock);

#endif
