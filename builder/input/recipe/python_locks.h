/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_PYTHON_LOCKS_H
#define INPUT_RECIPE_PYTHON_LOCKS_H

/* Lock files that tools for Python projects write: pylock.toml, uv.lock, poetry.lock,
 * pdm.lock. */

#include "base/buf.h"
#include "input/recipe/source_types.h"

/* Adds what the file out->file, with this text, names to `out`; each pyproject.toml that was read
 * goes to `inputs`. ERR_INPUT at the line: as the reader of the form says, as
 * python_check_in_sync() says, and a project that is there twice for a platform. */
MUST_CHECK bool python_lock_gather(struct arena *a, struct str text, struct dependencies *out,
				   struct strings *inputs, struct buf *texts, struct error *e);

#endif
