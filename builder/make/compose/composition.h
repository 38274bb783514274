/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_COMPOSITION_H
#define MAKE_COMPOSE_COMPOSITION_H

/* An image while its tree is filled: what is asked for, what is open, and what is known of it so
 * far. compose_image() fills it; who looks for what it lacks (missing_libraries.h, depends.h) reads
 * it. */

#include "base/progress.h"
#include "make/closure/library_candidates.h"
#include "make/closure/closure.h"
#include "make/deb/deb_decoder.h"
#include "make/compile/fragment.h"
#include "make/compile/compile_job.h"
#include "transfer/store/kept_facts.h"
#include "input/lock/lock.h"
#include "input/recipe/recipe.h"
#include "make/place/overlay.h"
#include "make/tree/layer_name.h"
#include "make/scripts/scripts.h"

struct source_fragments;

/* What a composition reads and how. Everything is borrowed. */
struct compose_order {
	const struct store *store;
	const struct recipe *recipe;
	const struct lock *lock;
	const struct locked_base *base;	 /* what the tree began as: an image of others; or NULL */
	const struct composition *below; /* of the same tree, whose files stay; or NULL */
	const struct compile_options *compile;
	struct kept_facts kept; /* what was read of files */
	struct progress *progress;
	struct deb_decoder *decoder;	  /* of that store */
	struct source_fragments *sources; /* that the image's are among */
	/* Has more packages of the lock in the store: candidates that were left out until somebody
	 * asked for them. NULL: all that the lock has for the image is there. */
	bool (*fetch)(void *ctx, const struct locked_package *const *v, size_t n, struct error *e);
	void *ctx;
	bool tolerant; /* missing libraries and scripts that nobody accounts for are noted, not
			  refused */
};

/* A package of the lock, and the owner of its nodes if it was placed. */
struct placed {
	struct locked_package *locked;
	bool open; /* `deb` can be read; else it is a candidate that nobody asked for */
	bool lent; /* and another composition has opened it, and closes it */
	struct deb deb;
	bool asked;	     /* the build opens it, or would if it were not open */
	struct owner *owner; /* NULL: a candidate for libraries */
};

struct source_fragment {
	const struct source_recipe *source;
	struct fragment fragment;
};

/* A library that files need and the loader would not find. */
struct missing_library {
	const char *soname; /* or the absolute path of an interpreter */
	const char *file;   /* the first that needs it */
	const char *chain;  /* the way to it: "usr/bin/a > usr/lib/b.so > c.so" */
	const char *why;    /* what the loader met, "not found" */
	bool blocked;	    /* `why` names a file that it cannot load */
	const struct elf_dlopen
		*dlopen;       /* .note.dlopen of `file` requires it; NULL: DT_NEEDED does */
	size_t more;	       /* other files that need it */
	bool no_links;	       /* merged /usr has no links: base-files is missing */
	const struct deb *has; /* a package of the lock that has it elsewhere, or NULL */
	bool chosen;	       /* `has` is named by a component, it did not only come along */
	const char *link,
		*target;   /* the alternative that leads to it, with ${multiarch}; NULL with has */
	const char *entry; /* the path in `has` */
	const struct component *component; /* that should have the lines; NULL: there is none */
};

/* All of them: missing_libraries.h finds and tells them. */
struct missing {
	struct LIST(struct missing_library) v; /* sorted by name */
};

/* What has to stay open until the layers are written. */
struct composition {
	const struct compose_order *order;
	struct tree *tree;
	struct LIST(struct placed)
		packages; /* as in the lock; room for all before the first is opened: never moved */
	struct LIST(const struct deb *) debs;
	struct LIST(struct source_fragment) sources;
	struct layer_order layers; /* as they are to be stacked */
	struct candidates candidates;
	struct closure closure;
	struct missing missing; /* of the closure */
	struct script_report scripts;
	struct overlay overlay;
	const struct world *world; /* the tree as it was for the closure (make/closure/closure.h) */
	bool lent;		   /* sources and overlay are another composition's */
};
#define COMPOSITION_INIT { .overlay = OVERLAY_INIT }

/* One stands on the other: the base comes first, and all have one tree. */
struct compositions LIST(struct composition *);

/* Gives what `from` was made into to a tree that begins as a copy of its own: `to` may open more of
 * its packages, and `from` does not change. It must stay open as long. Close both. */
void composition_lend(struct arena *a, const struct composition *from, struct tree *tree,
		      struct composition *to);

/* Who provides a component, as the lock has chosen; NULL: the lock does not say. */
const struct provider *compose_provider(const struct compose_order *o,
					const struct component *component);

/* The name of one of the recipe's own layers: "cephalo/squid". No two recipes share one. */
const char *compose_layer(struct arena *a, const struct composition *c, const char *part);

#endif
