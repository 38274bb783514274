/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_PYTHON_NEEDS_H
#define MAKE_COMPILE_PYTHON_NEEDS_H

/* What installed wheels say they need (packaging.python.org: core metadata, Requires-Dist). */

#include "make/compile/compile_job.h"

/* Warns of each project that a wheel in the folder `modules` (dist-packages) needs on this platform
 * and that the requirements file does not name: pip refuses that where there are hashes, but here a
 * Debian package may have it. ERR_SYSTEM. */
MUST_CHECK bool python_tell_needs(const struct compile_request *rq, int modules, struct error *e);

#endif
