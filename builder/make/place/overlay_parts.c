/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of an overlay have in common: owners and paths. */

#include "make/place/overlay_parts.h"

const struct owner *overlay_owner(const struct overlay_job *j, enum owner_kind kind,
				  const char *name, const struct place *at)
{
	struct owner *o = arena_alloc(j->a, sizeof(*o));

	*o = (struct owner){
		.kind = kind, .name = name, .layer = j->layer, .why = place_format(j->a, at)
	};
	return o;
}

bool overlay_path(const struct overlay_job *j, const char *absolute, const char **out,
		  struct error *e)
{
	return path_normalise(j->a, str_of(absolute), out, e);
}
