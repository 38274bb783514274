/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_PYTHON_LOCAL_H
#define MAKE_COMPILE_PYTHON_LOCAL_H

/* Wheels that a lock file knows by their path: they stand in the folder of the source, and no lock
 * of an image names them. */

#include "make/compile/compile_job.h"

struct python_local_wheels LIST(struct locked_file);

/* The wheel of each such package that fits the platform best, which is then in the store. At the
 * line of the lock file ERR_INPUT where none fits or it cannot be opened, and ERR_VERIFY where it
 * has not the digest that the lock file says; ERR_SYSTEM. */
MUST_CHECK bool python_local_wheels(struct arena *a, const struct compile_request *rq,
				    struct python_local_wheels *out, struct error *e);

#endif
