/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_MADE_OUTPUTS_H
#define LINE_MADE_OUTPUTS_H

/* Where the images of one run go: none of them takes the place of another recipe's. */

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct made_output {
	const char *folder, *recipe;
};

struct made_outputs {
	struct arena a;
	struct made_output *v;
	size_t n, cap;
};

static inline void made_outputs_close(struct made_outputs *m)
{
	arena_free(&m->a);
}

/* The image of a recipe goes to a folder. Fails with ERR_INPUT when that of another recipe went
 * there. */
MUST_CHECK bool made_outputs_add(struct made_outputs *m, const char *folder, const char *recipe,
				 struct error *e);

#endif
