/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_COMPILER_CACHE_H
#define MAKE_COMPILE_COMPILER_CACHE_H

/* Folders of the store that compilers' caches live in, one a source. */

#include "transfer/store/store.h"

/* Makes the folder `name` of `kind` ("ccache", "incremental") if it is not there, and marks it as
 * used: no collection takes it before store_close(). *path, in `a`, is its path for mounts. */
MUST_CHECK bool compiler_cache_open(struct arena *a, const struct store *s, const char *kind,
				    const char *name, const char **path, struct error *e);

#endif
