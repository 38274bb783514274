/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_INIT_PROGRAM_H
#define EXPLAIN_INIT_INIT_PROGRAM_H

/* A program that is compiled already, as the whole of an image (init --program). */

#include "explain/init/draft.h"

/* What an image of it is called: its name, as far as an image may have it. */
const char *init_program_name(struct arena *a, const char *path);

/* Notes in the draft the entrypoint and the file, whose path in this folder is `*from`. ERR_INPUT
 * for what is no program, or stands outside of this folder. */
MUST_CHECK bool init_program_check(struct arena *a, const char *path, struct init_draft *d,
				   const char **from, struct error *e);

#endif
