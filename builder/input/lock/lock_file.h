/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_FILE_H
#define INPUT_LOCK_LOCK_FILE_H

/* One file that a lock names, as it stands there. Private to input/lock. */

#include "format/json/json.h"
#include "input/lock/lock.h"

/* { "path", "size", "sha256" }, of dependencies "url", too; `check` says what the path may be: one
 * of format/debian/debian_names.h. ERR_INPUT at the value. */
MUST_CHECK bool lock_file_read(struct arena *a, const struct json_node *n,
			       bool (*check)(struct str), struct locked_file *f, struct error *e);

#endif
