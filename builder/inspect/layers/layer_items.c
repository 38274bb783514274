/* SPDX-License-Identifier: Apache-2.0 */
/* The order of items: a folder before all below it, which follow without a gap. */

#include "inspect/layers/layer_items.h"

#include <string.h>

static int path_rank(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : (unsigned char)c + 2;
}

int path_order(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return path_rank(*a) - path_rank(*b);
}

bool path_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return n == 0 || (strncmp(path, dir, n) == 0 && path[n] == '/');
}

size_t items_lower(const struct items *l, const char *path)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (path_order(l->v[mid]->path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
