/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_MADE_FROM_H
#define EXPLAIN_MADE_FROM_H

/* From an image back to its recipe: what its labels (line/made_from_labels.h) say, where that
 * recipe is here, and whether it is still the same. */

#include "inspect/image/manifest.h"
#include "input/recipe/recipe.h"
#include "line/made_from_labels.h"

/* The platform an image is for. One that is not known here counts as the compilers' own: nobody can
 * have made it here, and comparing says so. */
const struct platform *made_from_platform(struct arena *a, const struct image_facts *image);

/* From labels: 1, 0 when the image records nothing, -1 with ERR_INPUT when it records something
 * that cannot be (a path that leads out, half a record). */
MUST_CHECK int made_from_image(struct arena *a, const struct image_facts *image,
			       struct made_from *out, struct error *e);

/* Finds the recorded recipe from the working folder: in the repository around it. ERR_INPUT, saying
 * where it was looked for. */
MUST_CHECK bool made_from_find(struct arena *a, const struct made_from *m, const char **path,
			       struct error *e);

/* Does the recipe still say what the image was made from? NULL, or what has changed, in words. */
MUST_CHECK bool made_from_changed(struct arena *a, const struct made_from *m,
				  const struct recipe *r, const struct platform *p,
				  const char **changed, struct error *e);

#endif
