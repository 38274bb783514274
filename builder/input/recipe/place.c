/* SPDX-License-Identifier: Apache-2.0 */
/* Places as text. */

#include "input/recipe/place.h"

const char *place_format(struct arena *a, const struct place *p)
{
	return arena_printf(a, "%s:%u:%u", p->file, p->line, p->col);
}
