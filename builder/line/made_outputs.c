/* SPDX-License-Identifier: Apache-2.0 */
/* Every image is made once in a run, but those of --watch, of the same recipe. */

#include "line/made_outputs.h"

#include <string.h>

bool made_outputs_add(struct made_outputs *m, const char *folder, const char *recipe,
		      struct error *e)
{
	list_each(x, m) {
		if (strcmp(x->folder, folder) != 0)
			continue;
		return strcmp(x->recipe, recipe) == 0 ||
		       err_set(e, ERR_INPUT,
			       "%s: the image of %s is in %s already; give one of them another "
			       "name, or build it with -o",
			       recipe, x->recipe, folder);
	}
	*list_push(&m->a, m) = (struct made_output){ arena_strdup(&m->a, folder),
						     arena_strdup(&m->a, recipe) };
	return true;
}
