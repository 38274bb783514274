/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_PUSHED_IMAGES_H
#define EXPLAIN_PUSHED_IMAGES_H

/* Which images a registry has as they would be now: by the labels that tell of recipe and locks
 * (line/made_from_labels.h). */

#include "transfer/registry/session.h"

struct pushed_order {
	const char *prefix; /* "docker://registry.example/team": images are PREFIX/NAME:TAG */
	const struct session_options *options;
	const struct platforms *platforms; /* that count; empty: what images.json lists */
};

struct pushed_missing {
	struct strings recipes; /* that have to be built, in the order in which they were named */
	size_t with_files;	/* of these: have files of the repository, so nobody was asked */
};

/* Those of `recipes` that have to be built: a platform or a variant of their image is not there,
 * was made from another recipe or other locks, or has files of the repository in it, which no label
 * tells of. ERR_USAGE for what is no prefix, ERR_NETWORK when the registry does not answer,
 * ERR_INPUT from recipes and locks. */
MUST_CHECK bool pushed_images_missing(struct arena *a, const struct pushed_order *o,
				      const struct strings *recipes, struct pushed_missing *out,
				      struct error *e);

#endif
