/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCKED_BASE_H
#define INPUT_LOCK_LOCKED_BASE_H

/* "base" in the text of a lock: the image of others that its recipe stands on, and the packages
 * that this image says it has. They are part of the image and of no archive: nothing is fetched for
 * them, and none of them stands among the lock's own packages for the image - but one of which the
 * image has some files only, and the archive the others: for these. */

#include "format/json/json.h"
#include "format/json/jsonw.h"
#include "input/lock/lock.h"

/* Reads the member, which need not be there. ERR_INPUT with the place. */
MUST_CHECK bool locked_base_read(struct arena *a, const struct json_node *root, struct lock *lock,
				 struct error *e);

/* Writes it, unless there is nothing to say. */
void locked_base_write(struct jsonw *w, const struct lock *lock);

/* The image in the role of a lock, among the locks of bases: `file` names it for messages. In `a`,
 * borrowing the packages. */
const struct lock *locked_base_as_lock(struct arena *a, const struct locked_base *base);

/* The package of this name that the image has, or NULL. `base` may be NULL. */
const struct locked_package *locked_base_package(const struct locked_base *base, const char *name);

/* Adds a package, with the role that those of an image have; its strings are borrowed. One that has
 * no valid name, version or architecture is left out, and so is one of another architecture than
 * `architecture` or "all". */
void locked_base_add(struct arena *a, struct locked_base *base, const char *architecture,
		     const struct locked_package *p);

/* Sorts them, each name once: after the last one. */
void locked_base_sort(struct locked_base *base);

#endif
