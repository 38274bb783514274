/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUILD_COMPOSE_H
#define BUILD_COMPOSE_H

/* From a recipe and its lock to the tree of its image: packages, compiled sources, the recipe's own
 * files, the libraries all of these need, and the records that scanners read. */

#include "base/progress.h"
#include "make/closure/candidates.h"
#include "make/closure/closure.h"
#include "make/compile/compile.h"
#include "transfer/store/store.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "make/place/overlay.h"
#include "make/place/place.h"
#include "make/scripts/scripts.h"

/* What a composition reads and how. Everything is borrowed. */
struct compose_order {
	const struct store *store;
	const struct recipe *recipe;
	const struct lock *lock;
	const struct compile_options *compile;
	struct progress *progress;
	/* Has more packages of the lock in the store: candidates that were left out until somebody asked for them.
	 * NULL: all that the lock has for the image is there. */
	bool (*fetch)(void *ctx, const struct locked_package *const *v, size_t n, struct error *e);
	void *ctx;
	bool tolerant;			/* missing libraries and scripts that nobody accounts for are noted, not refused */
};

/* A package of the lock, and the owner of its nodes if it was placed. */
struct placed {
	struct locked_package *locked;
	bool open;			/* `deb` can be read; else it is a candidate that nobody asked for */
	struct deb deb;
	struct owner *owner;		/* NULL: a candidate for libraries */
};

struct source_fragment {
	const struct source_recipe *source;
	struct fragment fragment;
};

struct missing_library;

/* Libraries that files need and the loader would not find (missing.h). */
struct missing {
	list_of(struct missing_library) v;	/* sorted by name */
};

/* What has to stay open until the layers are written. */
struct composition {
	const struct compose_order *order;
	struct tree *tree;
	list_of(struct placed) packages;	/* as in the lock; room for all before the first is opened: never moved */
	list_of(const struct deb *) debs;
	list_of(struct source_fragment) sources;
	struct strings layers;			/* in the order they are to be stacked */
	struct candidates candidates;
	struct closure closure;
	struct missing missing;			/* of the closure */
	struct script_report scripts;
	struct overlay overlay;
};
#define COMPOSITION_INIT { .overlay = OVERLAY_INIT }

/* Composes the recipe into `tree`, which may hold the base's nodes already (their layers are not
 * among c->layers). Data lives in `a`. Close with compose_close in any case. */
MUST_CHECK bool compose(struct arena *a, const struct compose_order *o, struct tree *tree,
			struct composition *c, struct error *e);
void compose_close(struct composition *c);

/* Whether a package of a lock may give a file to the image, as part of a component, as data or as a library. */
bool compose_may_take(const struct locked_package *p);

/* Where packages of the composition are placed. */
struct placing compose_placing(struct composition *c);

/* The name of one of the recipe's own layers: "cephalo/squid". No two recipes share one. */
const char *compose_layer(struct arena *a, const struct composition *c, const char *part);

#define LAYER_LIBRARIES "libraries"
#define LAYER_PROGRAMS "programs"
#define LAYER_FILES "files"

/* component.c: one component's files. */
MUST_CHECK bool compose_component(struct arena *a, struct composition *c,
				  const struct component *component, struct error *e);
MUST_CHECK bool compose_program(struct arena *a, struct composition *c,
				const struct program *program, struct error *e);

/* record.c: status.d entries and copyright files of all packages with a file in the tree, and of
 * compiled sources that stand in for a package. */
MUST_CHECK bool compose_records(struct arena *a, struct composition *c, struct error *e);

#endif
