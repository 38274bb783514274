/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_SUGGEST_HOOKS_H
#define EXPLAIN_SUGGEST_HOOKS_H

/* What others have to say while suggestions are found. */

#include "line/chain.h"
#include "make/compose/depends_report.h"

/* For who wants more than the lines. */
struct suggest_hooks {
	void *ctx;
	/* What is to be done about a dependency that nothing in the image meets: *reason is why the
	 * image does without it (in the arena), NULL: the package is taken. May be NULL: all are.
	 */
	bool (*judge)(void *ctx, const struct chain *c, const struct depends_miss *m,
		      const char **reason, struct error *e);
	/* Called once, when nothing new comes up any more, while the packages are open. */
	bool (*last)(void *ctx, const struct chain *c, struct error *e);
};

#endif
