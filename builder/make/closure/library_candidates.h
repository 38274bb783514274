/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_CLOSURE_LIBRARY_CANDIDATES_H
#define MAKE_CLOSURE_LIBRARY_CANDIDATES_H

/* Libraries from packages: answers closure_run's questions with the files of opened packages, and
 * remembers which packages gave something. */

#include "make/closure/closure_candidates.h"
#include "make/deb/deb.h"

/* A package that may give libraries. */
struct candidate {
	const struct deb *deb;
	struct owner *owner; /* of the nodes it gave; NULL: it gave none */
};

/* An entry of a package, found by its base name. */
struct candidate_entry {
	const char *base;
	const char *name; /* of the package */
	const struct deb_entry *entry;
	size_t package; /* index into packages */
};

struct candidates {
	struct closure_candidates base; /* to be given to closure_run */
	struct arena *a;
	const char *layer;			   /* of what is added */
	struct LIST(struct candidate) packages;	   /* in the order they were added */
	struct LIST(struct candidate_entry) index; /* sorted by base name, package, path */
};

/* Offers the files of `debs` (n of them, which stay open as long as the tree is used). Of two
 * packages that have a library the first by name gives it. Nodes added get an owner of kind
 * OWNER_PACKAGE with layer `layer` and why "needed by FILE" (the file that asked first; each node's
 * own `why` names its own). Set base.cache_follows if it does. */
void candidates_init(struct candidates *c, struct arena *a, const struct deb *const *debs, size_t n,
		     const char *layer);

/* Offers one more. Of two packages that have a library the first by name gives it, whichever was
 * offered first. */
void candidates_add(struct candidates *c, const struct deb *deb);

/* The packages that gave something, sorted by name: those that need copyright and status.d entries.
 * Each has its owner. */
struct candidate_list LIST(const struct candidate *);
void candidates_used(const struct candidates *c, struct arena *a, struct candidate_list *out);

#endif
