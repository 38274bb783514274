/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINE_CHAIN_H
#define LINE_CHAIN_H

/* What is built while it is being built: for this folder and explain/suggest.c. A recipe that
 * stands on others is a chain of stages over one tree, and there is one chain for each platform. */

#include "line/build_order.h"
#include "line/image_base.h"
#include "line/made_from_labels.h"
#include "make/compose/source_fragments.h"
#include "make/layer/compressor.h"
#include "input/relock/relock.h"

/* A recipe on its way to an image. Bases come first in the chain. */
struct stage {
	const struct recipe *recipe;
	struct lock lock;
	struct composition composition;
	struct compose_order order;
	struct image image;
};

/* One for each platform. */
struct chain {
	const struct platform *platform;
	const struct compressor *compressor; /* of all chains */
	struct stage *v;
	size_t n;
	size_t borrowed; /* of the lowest: what they are made into is another's (base_memo.h) */
	struct image_base_order base_order;
	struct image_base base; /* what the lowest stage stands on, if base.order is set */
	struct lock_sums *sums; /* what their locks say */
	struct relocks locks;	/* of the stages, in their order */
	struct strings gone;	/* what stage_fetch() found to be on no mirror any more */
	struct deb_decoder decoder;
	struct source_fragments sources;
	struct base_ahead *ahead; /* line/base_ahead.h; or NULL */
	struct tree tree;
};

struct chains {
	struct chain *v;
	size_t n;
};

/* The recipe that was asked for. */
static inline const struct stage *chain_top(const struct chain *c)
{
	return &c->v[c->n - 1];
}

/* chain.c: one chain for each platform of the order, with the recipe as it is there. Close them in
 * any case. */
void chains_open(struct arena *a, const struct build_order *o, const struct recipe *r,
		 struct chains *all);
void chains_close(struct chains *all);

/* One of them. */
void chain_open(struct arena *a, const struct build_order *o, const struct recipe *r,
		const struct platform *p, struct chain *c);
void chain_close(struct chain *c);

/* Back to before anything was made, with other locks to come. */
void chain_reset(struct arena *a, struct chain *c);

/* Opens the image of others that the chain stands on, if there is one, and begins the tree with its
 * files; once more with an empty tree it begins that. Fails as image_base_open(). */
MUST_CHECK bool chain_begin(struct arena *a, const struct build_order *o, struct chain *c,
			    struct error *e);

/* Begins what takes long, once the stages have their orders: packages are decoded and sources
 * compiled while the stages from the `first` on are composed. */
void chain_begin_work(struct arena *a, struct chain *c, size_t first);

/* What the stages are composed of, for depends_check(). In `a`. */
struct compositions chain_compositions(struct arena *a, struct chain *c);

/* fetch_stages.c: reads each stage's lock, making the one that is not there yet; and has every file
 * in the store that they name and that this build needs. */
MUST_CHECK bool chain_get_locks(struct arena *a, const struct build_order *o, struct chain *c,
				struct error *e);
MUST_CHECK bool chain_fetch(struct arena *a, const struct build_order *o, struct chain *c,
			    struct error *e);

/* Whether a stage with this lock has the source compiled: it is no download, and its provider was
 * chosen. */
bool lock_compiles(const struct lock *lock, const struct source_recipe *source);

/* stages.c: composes the stages and writes their layers; those of the base are taken from what this
 * run has made already, where there is such a thing. What the image of a recipe is called. */
MUST_CHECK bool stages_make(struct arena *a, const struct build_order *o, struct chain *c,
			    struct error *e);
const char *stage_image_name(struct arena *a, const struct build_order *o, const struct recipe *r,
			     bool is_top);

/* Makes the locks anew without what is gone. */
MUST_CHECK bool chain_replace(struct arena *a, const struct build_order *o, struct chain *c,
			      const struct strings *gone, struct error *e);

/* For struct compose_order: has candidates in the store that chain_fetch() left out. ERR_NETWORK,
 * and chain->gone, when one is on no mirror any more and may be replaced. */
struct stage_fetch {
	struct arena *a;
	const struct build_order *order;
	struct chain *chain;
	const struct stage *stage;
};
MUST_CHECK bool stage_fetch(void *ctx, const struct locked_package *const *v, size_t n,
			    struct error *e);

/* publish.c: writes the image under a name of its own, judges and tests it there, and only then
 * puts it in its place and into the archive. out->rejected and out->output say which of both it
 * was. */
MUST_CHECK bool chains_publish(struct arena *a, const struct build_order *o,
			       const struct chains *all, const struct image *img,
			       struct build_result *out, struct error *e);

#endif
