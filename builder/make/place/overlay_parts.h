/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_PLACE_OVERLAY_PARTS_H
#define MAKE_PLACE_OVERLAY_PARTS_H

/* The parts of overlay_apply(), one file each. Not for use by others. */

#include "transfer/store/store.h"
#include "input/recipe/recipe.h"
#include "make/place/overlay_pack.h"
#include "make/tree/tree.h"

/* What every part needs. */
struct overlay_job {
	struct arena *a;
	const struct store *s;
	const struct recipe *r;
	const char *layer;
	struct overlay *o;
	struct tree *t;
};

/* An owner for a recipe entry: `name` is what it adds, `at` where it stands. */
const struct owner *overlay_owner(const struct overlay_job *j, enum owner_kind kind,
				  const char *name, const struct place *at);

/* An absolute path of the recipe as a path in the tree; "" for "/". ERR_INPUT. */
MUST_CHECK bool overlay_path(const struct overlay_job *j, const char *absolute, const char **out,
			     struct error *e);

/* One `files` entry. */
MUST_CHECK bool overlay_file(const struct overlay_job *j, const struct file_spec *f,
			     struct error *e);

/* Users, groups and homes. */
MUST_CHECK bool overlay_accounts(const struct overlay_job *j, struct error *e);

#endif
