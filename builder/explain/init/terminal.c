/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/init/terminal.h"

#include "base/path.h"

#define TERMINAL_LIBRARY "libtinfo.so.6"

void collect_terminal(struct collecting *c, bool *added)
{
	const struct tree *t = &c->chain->tree;

	if (tree_find(t, TERMINAL_FOLDER))
		return;
	for (size_t i = 0; i < t->n; i++) {
		const char *path = t->v[i]->path;

		if (strcmp(path_base(path), TERMINAL_LIBRARY) != 0)
			continue;
		*added = draft_add_package(c->d, TERMINAL_PACKAGE,
					   arena_printf(c->a, "/%s reads /" TERMINAL_FOLDER,
							path)) ||
			 *added;
		c->d->terminals = true;
		return;
	}
}
