/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_PYTHON_LAYOUT_H
#define MAKE_COMPILE_PYTHON_LAYOUT_H

/* Projects of a requirements file. Wheels are installed before the sandbox starts, source
 * distributions are built and installed in it. */

#include "make/compile/compile_job.h"
#include "make/compile/dependency_steps.h"

/* pip's place on Debian, which is on sys.path of python3.13. */
#define PYTHON_MODULES "/usr/local/lib/python3.13/dist-packages"

/* Installs the wheels as they would be in the image, into the folder of what the steps install, and
 * lays out the source distributions. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool python_lay_out(const struct compile_request *rq, const struct locked_source *s,
			       int workplace, struct error *e);

/* Adds the steps that unpack, build and install each source distribution, in the order of the
 * lock. */
void python_build_steps(struct arena *a, const struct compile_request *rq,
			struct dependency_steps *out);

#endif
