/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_DEPENDS_REPORT_H
#define MAKE_COMPOSE_DEPENDS_REPORT_H

/* What an image lacks of what its packages depend on. */

#include "input/recipe/recipe.h"

/* A dependency that nothing meets. */
struct depends_miss {
	const char *package;	     /* what would meet it, and what `take` would name */
	const char *text;	     /* the group: "node-undici (>= 5) | x" */
	const char *spelt;	     /* what of it is opened by name, and by which file; or NULL */
	struct strings by;	     /* packages that have it in their Depends */
	bool named;		     /* one does: else nothing can "take" it */
	const struct recipe *recipe; /* where to write something about it: ... */
	const struct component *component; /* ... in this one; NULL: it has none */
};

struct depends_report {
	struct LIST(struct depends_miss) v; /* sorted by package */
	struct LIST(const struct depends_accept *)
		unused; /* of the last recipe of the chain: nothing to accept */
};

#endif
