/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_UNUSED_PATTERNS_H
#define MAKE_COMPOSE_UNUSED_PATTERNS_H

/* The keep and drop patterns of a component that did nothing, and components that end without a
 * file: what is told about them. */

#include "make/compose/composition.h"

/* One path that a provider has, before anything is kept or dropped. */
struct stock_item {
	const char *path; /* no leading slash */
	enum node_type type;
	const char *target; /* of links */
};

struct stock {
	struct stock_item *v;
	size_t n, cap;
	const char *what; /* whose paths they are: "package nginx" */
	bool merged;	  /* Debian's: nothing is below /bin, /sbin or /lib */
};

void stock_add_package(struct arena *a, struct stock *s, const struct deb *deb);
void stock_add_fragment(struct arena *a, struct stock *s, const struct fragment *f);

/* Tells of each pattern of the list `key` ("keep", "drop") that matched no file: a warning at its
 * place with the nearest path that there is, or ERR_INPUT when it goes through a symlink, for such
 * a pattern never matches. */
MUST_CHECK bool patterns_check_used(const struct composition *c, const struct stock *s,
				    const char *key, const struct globs *l, const bool *used,
				    struct error *e);

/* ERR_INPUT: the component has brought no file; says what its provider has. */
bool patterns_refuse_empty(const struct component *component, const struct stock *s,
			   struct error *e);

#endif
