/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PYTHON_REQUIREMENTS_H
#define INPUT_RECIPE_PYTHON_REQUIREMENTS_H

/* A requirements file, with the files that its lines -r and -c name, as one lock file. */

#include "base/buf.h"
#include "input/recipe/source_types.h"

/* Adds what the file out->file, with this text, names to `out`, the other files to `inputs` and
 * their bytes to `texts`. ERR_INPUT at the line: as requirements_read() and
 * requirement_constrain() say; a file that is not there, that stands outside of the folder of the
 * source, or that names itself; and a project that is there twice for a platform. */
MUST_CHECK bool python_requirements_read(struct arena *a, struct str text, struct dependencies *out,
					 struct strings *inputs, struct buf *texts,
					 struct error *e);

/* The same of a Pipfile.lock, which is alone. ERR_INPUT as pipfile_lock_read() says. */
MUST_CHECK bool python_pipfile_read(struct arena *a, struct str text, struct dependencies *out,
				    struct strings *inputs, struct buf *texts, struct error *e);

/* Orders dependencies by path, then by line. ERR_INPUT at the line of a project that is there
 * twice for a platform. */
MUST_CHECK bool python_check_projects(struct dependencies *l, struct error *e);

#endif
