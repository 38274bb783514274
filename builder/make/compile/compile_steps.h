/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_COMPILE_STEPS_H
#define MAKE_COMPILE_COMPILE_STEPS_H

/* From a source recipe to the commands that are run: unpack, patch, and the recipe's own steps
 * with ${jobs}, ${destdir}, ${source}, ${target}, ${sources} and the like filled in. */

#include "make/compile/build_folders.h"
#include "make/compile/compile_job.h"
#include "make/compile/sandbox.h"

/* Runs all of it in `box`; its log ends up in box->log. `log_path` is for messages. The files to be
 * unpacked stand in /sources, local folders in /build/src already. */
MUST_CHECK bool steps_run(const struct compile_request *rq, const struct sandbox *box,
			  const char *log_path, struct error *e);

#endif
