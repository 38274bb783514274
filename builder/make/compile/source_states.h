/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SOURCE_STATES_H
#define MAKE_COMPILE_SOURCE_STATES_H

/* Whether files of the repository were left alone while they were copied: their bytes do not tell,
 * where somebody changed a file and changed it back. */

#include "base/error.h"
#include "input/recipe/source_types.h"

/* What stat(2) says of every file of the folder, the other `sources` and the patches, in one text.
 * Two of them are equal if none was touched between. ERR_SYSTEM, ERR_INPUT. */
MUST_CHECK bool source_states(struct arena *a, const struct source_recipe *s, struct str *text,
			      struct error *e);

/* A file that one of two such texts has otherwise: its path, or "a source file". */
const char *source_states_differ(struct arena *a, struct str before, struct str after);

#endif
