/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_DEPENDENCY_COPY_H
#define MAKE_COMPILE_DEPENDENCY_COPY_H

/* A file of a language's lock file in the build's folder: a copy, for the build's user owns what is
 * below /build, and blobs of the store are nobody's. */

#include "make/compile/compile_job.h"

/* Copies `f` to the path `to` below the folder `dir`, which is ours alone, making the folders on
 * the way. Verified as it is taken from the store: ERR_SYSTEM when it is not there. */
MUST_CHECK bool dependency_copy(const struct compile_request *rq, const struct locked_file *f,
				int dir, const char *to, struct error *e);

#endif
