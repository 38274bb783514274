/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUILD_MADE_FROM_H
#define BUILD_MADE_FROM_H

/* What ties an image to its recipe and lock: three labels in its configuration. They hold a path
 * below the repository and digests, so the image stays the same on every machine. Labels, because
 * every format of images and every tool that copies them keeps these. */

#include "inspect/image/manifest.h"
#include "input/recipe/recipe.h"

struct made_from {
	const char *recipe;		/* "recipes/hello.json", below the repository */
	struct digest recipes;		/* of the texts of the recipe, its bases, sources, toolchains */
	struct digest locks;		/* of the texts of its lock and its bases' locks */
};

/* What a build of `r` for `p` would record now. ERR_SYSTEM, or ERR_INPUT when a lock is not there. */
MUST_CHECK bool made_from_now(struct arena *a, const struct recipe *r, const struct platform *p,
			      struct made_from *out, struct error *e);

/* The platform an image is for. One that is not known here counts as the compilers' own: nobody can have
 * made it here, and comparing says so. */
const struct platform *made_from_platform(struct arena *a, const struct image_facts *image);

/* To labels, and from them: 1, 0 when the image records nothing, -1 with ERR_INPUT when it records
 * something that cannot be (a path that leads out, half a record). */
void made_from_labels(struct arena *a, const struct made_from *m, struct variables *out);
MUST_CHECK int made_from_image(struct arena *a, const struct image_facts *image,
			       struct made_from *out, struct error *e);

/* Finds the recorded recipe from the working folder: in the repository around it. ERR_INPUT, saying
 * where it was looked for. */
MUST_CHECK bool made_from_find(struct arena *a, const struct made_from *m, const char **path,
			       struct error *e);

/* Does the recipe still say what the image was made from? NULL, or what has changed, in words. */
MUST_CHECK bool made_from_changed(struct arena *a, const struct made_from *m, const struct recipe *r,
				  const struct platform *p, const char **changed, struct error *e);

#endif
