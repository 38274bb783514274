/* SPDX-License-Identifier: Apache-2.0 */
/* Each base has an arena of its own, and is loaded into it anew: the recipe and the locks of the
 * image that asks die with that image. */

#include "line/base_memo.h"

#include "input/lock/lock_diff.h"
#include "input/lock/lock_variants.h"
#include "line/chain.h"
#include "line/unchanged.h"

struct made_base {
	struct arena a; /* the base itself, too */
	struct digest key;
	struct build_order order; /* for what is fetched while it is made */
	struct recipe top;	  /* what stands on it, loaded for the sake of its base */
	struct platforms platforms;
	struct chain chain;
};

static void made_base_drop(struct made_base *b)
{
	struct arena a = b->a;

	chain_close(&b->chain);
	arena_free(&a);
}

void base_memo_close(struct base_memo *m)
{
	/* the last ones may borrow from the first ones */
	while (m->v.n)
		made_base_drop(m->v.v[--m->v.n]);
	arena_free(&m->a);
	*m = (struct base_memo){ .made = m->made, .found = m->found };
}

void base_memo_trim(struct base_memo *m)
{
	if (m->names > BASE_NAMES_MAX || m->packages > BASE_PACKAGES_MAX)
		base_memo_close(m);
}

/* A lock that was made just now is not the user's yet (relock_succeeded). */
static bool base_has_locks(const struct chain *c)
{
	for (size_t i = 0; i + 1 < c->n; i++) {
		const struct relocked *r = &c->locks.v[i];

		if (r->now != r->old && relocked_changed(r))
			return false;
	}
	return true;
}

/* Whether it was made of the very texts that the image has read for its base. */
static bool base_is_of(const struct made_base *b, const struct chain *c)
{
	for (size_t i = 0; i < b->chain.n; i++) {
		const struct stage *x = &b->chain.v[i], *y = &c->v[i];

		if (!digest_eq(&x->recipe->digest, &y->recipe->digest) ||
		    !lock_same(&x->lock, &y->lock))
			return false;
	}
	return b->chain.n + 1 == c->n;
}

/* The order as it is for the base alone. */
static struct build_order base_only(const struct build_order *o, const struct platforms *platforms)
{
	struct build_order order = *o;

	order.platforms = *platforms;
	order.output = order.tag = order.archive = order.variant = NULL;
	return order;
}

/* Everything that decides what `base` is made into. */
static bool base_key(const struct build_order *o, const struct chain *c, const struct recipe *base,
		     struct digest *key, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct platforms one = { &(const struct platform *){ c->platform }, 1, 1 };
	const struct build_order order = base_only(o, &one);
	struct compressor with = *c->compressor;
	struct history_inputs in = { 0 };
	struct digest inputs, whole;

	with.format = base->compression;
	if (!unchanged_inputs(&a, &order, base, &in, &inputs, e) ||
	    !unchanged_key(&a, &order, base, &inputs, &in, &whole, e))
		return false;
	*key = digest_of(
		str_of(arena_printf(&a, "base %s %s %s", recipe_title(&a, base),
				    digest_hex_dup(&a, &whole), compressor_name(&a, &with))));
	return true;
}

static struct made_base *base_find(struct base_memo *m, const struct digest *key,
				   const struct chain *c)
{
	for (size_t i = 0; i < m->v.n; i++) {
		if (!digest_eq(&m->v.v[i]->key, key) || !base_is_of(m->v.v[i], c))
			continue;
		m->found++;
		return m->v.v[i];
	}
	return NULL;
}

/* Recipes and locks into the base's arena, without a word: what is to be said of them was said when
 * the image's own were read. false: they cannot be read, or are not those of the image, which then
 * has its base made with it. */
static bool base_load(const struct build_order *o, const struct chain *c, struct made_base *b)
{
	const struct recipe_opening opening = { o->recipe, o->variant, o->data,
						c->v[0].recipe->memo };
	struct build_order quiet;
	struct error why = { 0 };

	*list_push(&b->a, &b->platforms) = c->platform;
	b->order = base_only(o, &b->platforms);
	if (!recipe_load_with(&b->a, &opening, &b->top, &why) || !b->top.base)
		return false;
	chain_open(&b->a, &b->order, b->top.base, c->platform, &b->chain);
	b->chain.compressor = c->compressor;
	b->chain.decoder.xz = c->decoder.xz;
	quiet = b->order;
	quiet.locked = true;
	quiet.progress = NULL;
	return b->chain.n < c->n && chain_get_locks(&b->a, &quiet, &b->chain, &why) &&
	       base_is_of(b, c);
}

static struct made_base *base_new(void)
{
	struct arena a = { 0 };
	struct made_base *b = arena_alloc(&a, sizeof(*b));

	b->chain.base = (struct image_base)IMAGE_BASE_INIT;
	b->chain.decoder = (struct deb_decoder)DECODER_INIT;
	b->chain.sources = (struct source_fragments)SOURCE_FRAGMENTS_INIT;
	b->a = a;
	return b;
}

static bool base_make_stages(struct arena *a, struct made_base *b, struct chain *c, struct error *e)
{
	if (stages_make(&b->a, &b->order, &b->chain, e))
		return true;
	for (size_t i = 0; i < b->chain.gone.n; i++)
		*list_push(a, &c->gone) = arena_strdup(a, b->chain.gone.v[i]);
	return false;
}

/* What it holds: names in the tree, in its packages and in their decoded files. */
static void base_count(struct base_memo *m, const struct chain *c)
{
	m->names += c->tree.n;
	for (size_t i = c->borrowed; i < c->n; i++) {
		const struct composition *made = &c->v[i].composition;

		m->packages += made->packages.n;
		for (size_t k = 0; k < made->debs.n; k++)
			m->names += made->debs.v[k]->entries.n;
	}
}

/* Made, and kept until the memo is closed; of use for others only if nothing changed meanwhile.
 * *out is NULL where it cannot be made by itself. */
static bool base_make(struct arena *a, struct base_memo *m, const struct build_order *o,
		      struct chain *c, const struct digest *key, struct made_base **out,
		      struct error *e)
{
	struct made_base *b = base_new();
	struct digest after;

	if (!base_load(o, c, b)) {
		made_base_drop(b);
		return true;
	}
	if (!base_make_stages(a, b, c, e) ||
	    !base_key(o, c, chain_top(&b->chain)->recipe, &after, e)) {
		made_base_drop(b);
		return false;
	}
	/* it outlives the build, and with it the library that reads xz */
	decoder_close(&b->chain.decoder);
	decoder_open(&b->chain.decoder, o->store, o->progress);
	if (digest_eq(key, &after))
		b->key = after;
	base_count(m, &b->chain);
	m->made++;
	*list_push(&m->a, &m->v) = b;
	*out = b;
	return true;
}

static void base_lend(struct arena *a, const struct chain *from, struct chain *to)
{
	for (size_t i = 0; i < from->n; i++) {
		struct stage *s = &to->v[i];

		composition_lend(a, &from->v[i].composition, &to->tree, &s->composition);
		s->image = from->v[i].image;
		s->image.names = (struct strings){ 0 }; /* the chain's own */
		lock_take_notes(&s->lock, &from->v[i].lock);
	}
	tree_copy(&from->tree, &to->tree);
	to->borrowed = from->n;
}

bool base_memo_take(struct arena *a, struct base_memo *m, const struct build_order *o,
		    struct chain *c, struct error *e)
{
	struct made_base *b = NULL;
	struct digest key;

	if (!m || c->n < 2 || !base_has_locks(c))
		return true;
	if (!base_key(o, c, c->v[c->n - 2].recipe, &key, e))
		return false;
	b = base_find(m, &key, c);
	if (!b && !base_make(a, m, o, c, &key, &b, e))
		return false;
	if (b)
		base_lend(a, &b->chain, c);
	return true;
}
