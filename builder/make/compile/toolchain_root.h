/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_TOOLCHAIN_ROOT_H
#define MAKE_COMPILE_TOOLCHAIN_ROOT_H

/* Toolchain file systems: packages of the lock laid out below the store, the one place where
 * imgbuild unpacks packages onto the host's disk. No maintainer script is run; the few links that
 * scripts would have made are in the toolchain's recipe. */

#include "make/compile/compile_job.h"
#include "transfer/store/history.h"

/* The digest of what a root is made of: its packages, links, and the rules of toolchain_root.c. */
MUST_CHECK bool root_key(const struct lock *lock, const struct source_recipe *source,
			 struct digest *key, struct error *e);

/* The same one by one. */
MUST_CHECK bool root_inputs(struct arena *a, const struct lock *lock,
			    const struct source_recipe *source, struct history_inputs *out,
			    struct error *e);

/* Gives the path of the root, made if it is not there yet; with options->launcher, of one that
 * holds the toolchain's launcher besides, which root_key does not tell. It belongs to the user,
 * holds no setuid file, and appears under its name only when complete. */
MUST_CHECK bool root_get(struct arena *a, const struct compile_request *rq, const char **path,
			 struct error *e);

/* Whether it is there, which makes its packages unneeded; from now on it is in use. */
bool root_is_there(const struct compile_request *rq);

#endif
