/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_GO_WORKSPACE_H
#define INPUT_RECIPE_GO_WORKSPACE_H

/* Modules of a Go workspace: go.work.sum, and the go.sum of each module that go.work uses, as one
 * lock file. */

#include "base/buf.h"
#include "input/recipe/source_types.h"

/* Adds what these files name to `out`, the files to `inputs` and their bytes to `texts`. A file
 * that is not there names nothing. ERR_INPUT at the line that is malformed, or for which another
 * file has another hash, and for a module outside of the folder of go.work. */
MUST_CHECK bool go_workspace_read(struct arena *a, struct str work, struct dependencies *out,
				  struct strings *inputs, struct buf *texts, struct error *e);

/* Adds the modules of one go.sum. */
MUST_CHECK bool go_workspace_add_sums(struct arena *a, struct str text, const char *file,
				      struct dependencies *out, struct error *e);

#endif
