/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_TOOLS_LOCK_H
#define INPUT_LOCK_TOOLS_LOCK_H

/* locks/tools.lock.json beside images.json: the packages whose libraries compress layers and
 * decompress packages, for each machine that imgbuild may run on. The bytes of an image depend on
 * what compresses, so they are pinned for the repository as a whole, and proven like every package;
 * what is compressed does not depend on them, so no recipe's lock answers for them. In a struct
 * lock they are `states` and `tools`, sorted by name, then by architecture. */

#include "input/lock/lock.h"
#include "format/machine/platform.h"

#define TOOLS_GZIP "libdeflate0"
#define TOOLS_ZSTD "libzstd1"
#define TOOLS_XZ "liblzma5"

/* Where it stands in a repository (recipe.repository). */
const char *tools_path(struct arena *a, const char *repository);

/* Reads it: 1, 0 when the file is not there, -1 (ERR_INPUT with the place if it is malformed).
 * Contents live in `a`. */
MUST_CHECK int tools_load(struct arena *a, const char *path, struct lock *out, struct error *e);

/* Writes it, making the folder. */
MUST_CHECK bool tools_write(struct arena *a, const char *path, const struct lock *lock,
			    struct error *e);

/* The package of this name for this machine, or NULL. */
const struct locked_package *tools_find(const struct lock *lock, const char *name,
					const struct platform *machine);

/* A lock whose packages are those for one machine, so that what can be done with packages can be
 * done with them: lock_fetch(), lock_verify(). `name` NULL: all of them. */
void tools_for(struct arena *a, const struct lock *lock, const char *name,
	       const struct platform *machine, struct lock *out);

#endif
