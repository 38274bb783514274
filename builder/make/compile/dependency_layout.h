/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_DEPENDENCY_LAYOUT_H
#define MAKE_COMPILE_DEPENDENCY_LAYOUT_H

/* What a language's lock file names, put where its package manager finds it without a network.
 * Go: a module proxy of files in /build/modules. Cargo: crates in /build/modules, a folder for each
 * in /build/vendor, and settings that name this folder for every registry of Cargo.lock. Packages
 * of npm: node_modules.h; of Python: python_layout.h. Jars: in the image's folder of jars below
 * what the steps install, those that only the compiler needs in /build/provided, and in
 * /build/manifest their names for the manifest of the project's own jar. */

/* The image's folder of jars, beside the project's own. */
#define IMAGE_JARS "/app/lib"

#include "make/compile/compile_job.h"
#include "make/compile/dependency_steps.h"

/* Copies the locked files into the build's folder; each is verified as it is taken from the store.
 * ERR_SYSTEM for one that is not there; ERR_INPUT when the lock names other files than the
 * language's lock file. */
MUST_CHECK bool dependencies_lay_out(const struct compile_request *rq, int workplace,
				     struct error *e);

/* Adds the variables that tell the package manager. */
void dependencies_set_env(struct arena *a, const struct source_recipe *s, struct variables *env);

/* The commands that unpack them in the sandbox, in /build, and build what has to be built; and
 * whether they have: ERR_INPUT. */
void dependencies_unpacking(struct arena *a, const struct compile_request *rq,
			    struct dependency_steps *out);
MUST_CHECK bool dependencies_unpacked(const struct compile_request *rq, const char *workplace,
				      struct error *e);

#endif
