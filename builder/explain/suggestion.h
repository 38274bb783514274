/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_SUGGESTION_H
#define EXPLAIN_SUGGESTION_H

/* Lines that a recipe lacks, and why each is to be there. */

#include "input/recipe/recipe.h"
#include "input/recipe/recipe_edit.h"

struct suggestion {
	struct edit edit;
	struct place at; /* of the component, or of the recipe */
	bool elsewhere;	 /* the component stands in a recipe that this one extends */
	const char *reason;
};

/* A library for which nothing was found. */
struct suggestion_unknown {
	const char *library; /* its SONAME */
	const char *file;    /* that needs it, absolute */
};

struct suggestions {
	struct LIST(struct suggestion) v;
	struct LIST(struct suggestion_unknown) unknown;
};

#endif
