/* SPDX-License-Identifier: Apache-2.0 */
/* They are short: looked through from the end. */

#include "input/recipe/variables.h"

#include <stdlib.h>

struct variable *variables_find(const struct variables *l, const char *name)
{
	for (size_t i = l->n; i-- > 0;) {
		if (strcmp(l->v[i].name, name) == 0)
			return &l->v[i];
	}
	return NULL;
}

void variables_set(struct arena *a, struct variables *l, struct variable v)
{
	struct variable *there = variables_find(l, v.name);

	if (there)
		there->value = v.value;
	else
		*list_push(a, l) = v;
}

static int compare_variable_names(const void *a, const void *b)
{
	const struct variable *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void variables_sort(struct variables *l)
{
	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), compare_variable_names);
}
