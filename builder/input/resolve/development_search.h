/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_DEVELOPMENT_SEARCH_H
#define INPUT_RESOLVE_DEVELOPMENT_SEARCH_H

/* Which packages have the headers of libraries. Names of such packages follow those of libraries
 * ("libpng-dev"), which gives a few to look into; what counts is that a package has the file. Where
 * no name leads to it, the Contents indices do. */

#include "input/resolve/contents_index.h"

struct index;

/* Looks for all of them; one without files is the package of that name. Downloads the packages that
 * are looked into. As contents_find(). */
MUST_CHECK bool development_find(struct arena *a, const struct lock_order *o,
				 struct contents_wants *wants, struct error *e);

/* The names to look into, best first, at most 8 and one of that very name. */
void development_guess(struct arena *a, const struct index *x, const char *library,
		       struct strings *out);

#endif
