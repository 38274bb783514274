/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

/* What is written of the command line and of recipes in docs/, made from the tables and from the
 * schema. `make docs` writes the files, a test compares them. */

#include "cli/cli.h"

#define MANUAL_DATE "2026-11-28" /* of the pages */

/* manual_page.c: docs/imgbuild.1 */
void manual_page_print(struct arena *a, FILE *out);

/* manual_reference.c: docs/reference/cli.md */
void manual_reference_print(struct arena *a, FILE *out);

/* A key of recipes; texts are "" where there is none. */
struct manual_key {
	const char *name;     /* "layers.compression" */
	const char *type;     /* in Markdown: "list of string" */
	const char *text;     /* what it means */
	const char *standard; /* what holds without it */
	const char *example;
};

struct manual_section {
	const char *title; /* in Markdown */
	struct LIST(struct manual_key) keys;
};

struct manual_sections LIST(struct manual_section);

/* manual_keys.c: what the schema says of the keys of "recipe" or "source". ERR_INPUT for a schema
 * that lacks a description. */
MUST_CHECK bool manual_keys_collect(struct arena *a, const char *document,
				    struct manual_sections *out, struct error *e);

/* docs/reference/recipe.md and source.md, by their names without ".md". */
MUST_CHECK bool manual_keys_print(struct arena *a, const char *document, FILE *out,
				  struct error *e);

/* manual_recipe_page.c: docs/imgbuild-recipe.5 */
MUST_CHECK bool manual_recipe_page_print(struct arena *a, FILE *out, struct error *e);

#endif
