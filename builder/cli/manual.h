/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

/* What is written of the command line and of recipes in docs/, made from the tables and from the
 * schema. `make docs` writes the files, a test compares them. */

#include "cli/cli.h"

/* manual_page.c: docs/imgbuild.1 */
void manual_page_print(struct arena *a, FILE *out);

/* manual_reference.c: docs/reference/cli.md */
void manual_reference_print(struct arena *a, FILE *out);

/* manual_keys.c: docs/reference/recipe.md and source.md, by their names without ".md". ERR_INPUT
 * for a schema that lacks a description. */
MUST_CHECK bool manual_keys_print(struct arena *a, const char *document, FILE *out,
				  struct error *e);

#endif
