/* SPDX-License-Identifier: Apache-2.0 */
/* Places as text. */

#include "input/recipe/file_place.h"

const char *place_format(struct arena *a, const struct place *p)
{
	return arena_printf(a, "%s:%u:%u", p->file, p->line, p->col);
}

const char *place_format_first(struct arena *a, const struct place *p)
{
	const struct json_spot *f = p->first;

	return f ? arena_printf(a, "%s:%u:%u", f->file, f->line, f->col) : NULL;
}
