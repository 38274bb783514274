/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_NPM_MANIFEST_H
#define INPUT_RESOLVE_NPM_MANIFEST_H

/* What packages say of themselves, in the package.json of their files: which platform they are for.
 * yarn.lock does not have it. */

#include "input/lock/lock.h"
#include "input/recipe/source_types.h"
#include "transfer/store/store.h"

/* Reads the package.json of a tarball of npm in a jail: sets `os`, `cpu` and `libc`. ERR_INPUT for
 * what is no such archive. */
MUST_CHECK bool npm_manifest_read(struct arena *a, const char *name, int fd, uint64_t size,
				  struct npm_entry *x, struct error *e);

/* Takes out of `locked`, which has all files of `l`, those that only optional packages for other
 * platforms have, and what only these need. `gone` gets their paths. */
MUST_CHECK bool npm_manifests_leave_out(struct arena *a, const struct store *s,
					const struct dependencies *l, const struct platform *p,
					struct locked_source *locked, struct strings *gone,
					struct error *e);

#endif
