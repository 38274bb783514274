/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_MADE_FROM_LABELS_H
#define LINE_MADE_FROM_LABELS_H

/* What ties an image to its recipe and lock: labels in its configuration. They hold a path
 * below the repository and digests, so the image stays the same on every machine. Labels, because
 * every format of images and every tool that copies them keeps these. explain/made_from.h reads
 * them. */

#include "base/digest.h"
#include "input/recipe/recipe.h"

#define LABEL_RECIPE "vnd.imgbuild.recipe"
#define LABEL_VARIANT "vnd.imgbuild.variant"
#define LABEL_RECIPES "vnd.imgbuild.recipe.digest"
#define LABEL_LOCKS "vnd.imgbuild.lock.digest"

struct made_from {
	const char *recipe;    /* "recipes/hello.json", below the repository */
	const char *variant;   /* of that recipe; NULL: the recipe itself */
	struct digest recipes; /* of the texts of the recipe, its bases, sources, toolchains; where
			  there are variants, of what this one says */
	struct digest locks; /* of the texts of its lock and its bases' locks; of what this variant
				uses */
};

/* What the texts of locks say, for who asks more than once: each stage of a build has its labels.
 */
struct lock_sums {
	struct arena *a;
	struct LIST(struct lock_sum {
		struct digest text; /* of the file, and of which recipe's part of it counts */
		struct digest sum;  /* of what that says */
	}) v;
};

/* What a build of `r` for `p` would record now. `sums` may be NULL. ERR_SYSTEM, or ERR_INPUT when a
 * lock is not there. */
MUST_CHECK bool made_from_now(struct arena *a, const struct recipe *r, const struct platform *p,
			      struct lock_sums *sums, struct made_from *out, struct error *e);

/* As labels. */
void made_from_labels(struct arena *a, const struct made_from *m, struct variables *out);

#endif
