/* SPDX-License-Identifier: Apache-2.0 */
/* A stem is made when a second image asks for it. While one is made, others that need it wait. */

#include "cli/rebase_stems.h"

#include <stdlib.h>

#include "base/wire.h"
#include "inspect/audit/audit.h"
#include "inspect/model/added_layer.h"

/* One of the two that are kept: the stem on the old base, and on the new one. */
struct stem_side {
	struct inspection in;
	struct path_misses misses;
};

struct rebase_stem {
	struct digest key;
	unsigned held; /* by so many threads: it stays */
	uint64_t used;
	pthread_mutex_t making; /* of all that follows, until it is made */
	bool made, proven;
	struct arena a;
	struct stem_side image, result;
	struct rebase_proof proof;
};

static void stem_drop(struct rebase_stem *s)
{
	inspect_close(&s->image.in);
	inspect_close(&s->result.in);
	arena_free(&s->a);
	pthread_mutex_destroy(&s->making);
	free(s);
}

void rebase_stems_close(struct rebase_stems *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(l->v); i++) {
		if (l->v[i])
			stem_drop(l->v[i]);
		l->v[i] = NULL;
	}
}

/* ---- which ---- */

static void stem_put_layers(struct arena *a, struct buf *out, const struct image_facts *f, size_t n)
{
	wire_put_text(out, f->os);
	wire_put_text(out, f->architecture);
	wire_put_text(out, f->variant);
	wire_put(out, n);
	for (size_t i = 0; i < n; i++) {
		const struct image_layer *l = &f->layers.v[i];

		wire_put(out, l->size);
		wire_put_text(out, content_digest_text(a, &l->digest));
		wire_put_text(out, content_digest_text(a, &l->diff_id));
		wire_put_text(out, l->media_type);
	}
}

/* All that is read of it: no setting is. */
static struct digest stem_key(const struct rebase_whole *w)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	stem_put_layers(&a, &text, w->image, w->image->layers.n - 1);
	stem_put_layers(&a, &text, w->result, w->result->layers.n - 1);
	stem_put_layers(&a, &text, w->old_facts, w->old_facts->layers.n);
	stem_put_layers(&a, &text, w->now_facts, w->now_facts->layers.n);
	return digest_of(buf_str(&text));
}

static struct rebase_stem **stem_slot(struct rebase_stems *l, const struct digest *key)
{
	struct rebase_stem **oldest = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(l->v); i++) {
		struct rebase_stem **at = &l->v[i];

		if (*at && digest_eq(&(*at)->key, key))
			return at;
		if (!*at ||
		    (!(*at)->held && (!oldest || (*oldest && (*at)->used < (*oldest)->used))))
			oldest = at;
	}
	return oldest;
}

static struct rebase_stem *stem_new(const struct digest *key)
{
	struct rebase_stem *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->key = *key;
	s->image.in = s->result.in = (struct inspection)INSPECTION_INIT;
	pthread_mutex_init(&s->making, NULL);
	return s;
}

/* NULL: it is the first of its kind, or there is no room for another kind. */
static struct rebase_stem *stem_hold(struct rebase_stems *l, const struct digest *key)
{
	struct rebase_stem **at, *held = NULL;

	pthread_mutex_lock(&l->lock);
	at = stem_slot(l, key);
	if (at && *at && digest_eq(&(*at)->key, key)) {
		held = *at;
		held->held++;
	} else if (at) {
		if (*at)
			stem_drop(*at);
		*at = stem_new(key);
	}
	if (at && *at)
		(*at)->used = ++l->clock;
	pthread_mutex_unlock(&l->lock);
	return held;
}

static void stem_release(struct rebase_stems *l, struct rebase_stem *s)
{
	pthread_mutex_lock(&l->lock);
	s->held--;
	pthread_mutex_unlock(&l->lock);
}

/* ---- the stem ---- */

/* Its lower layers, without a setting: whatever is found about settings is found with the whole. */
static bool stem_read(struct rebase_stem *s, const struct bundle *b, const struct image_facts *of,
		      struct layer_memo *memo, struct stem_side *out, struct findings *found,
		      struct error *e)
{
	const struct keep_rule keep = { .memo = memo, .misses = &out->misses };
	struct image_facts facts = { .os = of->os,
				     .architecture = of->architecture,
				     .variant = of->variant,
				     .has_digest = of->has_digest };
	const struct strings nothing = { NULL, 0, 0 };
	const struct inspect_request what = {
		.keep = &keep, .owned = &nothing, .opened = b, .facts = &facts
	};

	facts.layers.v = of->layers.v;
	facts.layers.n = of->layers.n - 1;
	out->misses.a = &s->a;
	if (!inspect_image(&s->a, &what, &out->in, e))
		return false;
	out->in.model.misses = NULL;
	if (!audit_inspected(&s->a, &out->in, AUDIT_WHOLE, rebase_rule_counts, found, e))
		return false;
	bundle_close(&out->in.bundle);
	out->in.bundle = (struct bundle)BUNDLE_INIT;
	out->in.model.image = NULL;
	return true;
}

static bool stem_make(struct rebase_stem *s, const struct rebase_whole *w, struct error *e)
{
	struct findings before, after;
	struct rebase_obstacles obstacles = { NULL, 0, 0 };
	const struct rebase_case c = { .image = &s->image.in.model,
				       .old = w->old,
				       .now = w->now,
				       .result = &s->result.in.model,
				       .old_layers = w->old_facts->layers.n };

	if (!stem_read(s, w->image_bundle, w->image, w->memo, &s->image, &before, e) ||
	    !stem_read(s, w->result_bundle, w->result, w->memo, &s->result, &after, e))
		return false;
	rebase_check_files(&s->a, &c, &s->proof, &obstacles);
	rebase_check_libraries(&s->a, &c, &s->proof, &obstacles);
	rebase_check_records(&s->a, &c, &obstacles);
	rebase_check_findings(&s->a, &before, &after, &obstacles);
	s->proven = obstacles.n == 0 && !c.image->ambiguous && !c.result->ambiguous;
	return true;
}

/* What cannot be read is told by who reads the whole. */
static bool stem_is_proven(struct rebase_stem *s, const struct rebase_whole *w)
{
	struct error ignored = { 0 };

	pthread_mutex_lock(&s->making);
	if (!s->made)
		s->proven = stem_make(s, w, &ignored) && s->proven;
	s->made = true;
	pthread_mutex_unlock(&s->making);
	return s->proven;
}

/* ---- the layer above it ---- */

/* What programs load is looked at in the image only where something is missing in the result. */
static bool stem_judge(struct arena *a, const struct inspection *image,
		       const struct inspection *result, enum audit_part part,
		       struct rebase_obstacles *out, struct error *e)
{
	struct findings before = { NULL, 0, 0 }, after;

	if (!audit_inspected(a, result, part, rebase_rule_counts, &after, e))
		return false;
	if (!rebase_findings_count(&after))
		return true;
	if (!audit_inspected(a, image, part, rebase_rule_counts, &before, e))
		return false;
	rebase_check_findings(a, &before, &after, out);
	return true;
}

/* Folders that the stem has, too, were counted there. */
static size_t stem_count_again(const struct model *stem, const struct model *own, size_t old_layers)
{
	size_t n = 0;

	for (size_t i = 0; i < own->items.n; i++) {
		const struct item *there = own->items.v[i]->implied
						   ? NULL
						   : model_at(stem, own->items.v[i]->path);

		n += there && !there->implied && there->layer >= old_layers;
	}
	return n;
}

/* 1 proven, 0 not like this, -1. */
static int stem_compare(const struct rebase_stem *s, struct arena *a, const struct rebase_whole *w,
			const struct model *own, struct rebase_proof *proof, struct error *e)
{
	const struct layer_ground image = { &s->image.in, &s->image.misses },
				  result = { &s->result.in, &s->result.misses };
	struct inspection before, after;
	struct rebase_obstacles obstacles = { NULL, 0, 0 };
	struct rebase_proof more = { 0 };
	const struct rebase_case c = { .image = &before.model,
				       .old = w->old,
				       .now = w->now,
				       .result = &after.model,
				       .old_layers = w->image->layers.n - 1 };

	if (!added_layer_join(a, &image, own, w->image, &before) ||
	    !added_layer_join(a, &result, own, w->result, &after))
		return 0;
	rebase_check_files(a, &c, &more, &obstacles);
	rebase_check_libraries(a, &c, &more, &obstacles);
	rebase_check_records(a, &c, &obstacles);
	if (!stem_judge(a, &before, &after, AUDIT_FILES, &obstacles, e) ||
	    !stem_judge(a, &before, &after, AUDIT_LOADING, &obstacles, e))
		return -1;
	more.files += s->proof.files -
		      stem_count_again(&s->image.in.model, own, w->old_facts->layers.n);
	more.programs += s->proof.programs;
	more.symbols += s->proof.symbols;
	if (obstacles.n)
		return 0;
	*proof = more;
	return 1;
}

static int stem_prove(struct rebase_stem *s, struct arena *a, const struct rebase_whole *w,
		      struct rebase_proof *proof, struct error *e)
{
	const struct keep_rule keep = { .memo = w->memo };
	struct model own = { .kept = -1 };
	bool ok;

	if (!stem_is_proven(s, w))
		return 0;
	ok = model_read_upper(a, w->image_bundle, w->image, w->image->layers.n - 1, &keep, &own, e);
	model_close(&own);
	if (!ok)
		return -1;
	return added_layer_is_plain(&own) ? stem_compare(s, a, w, &own, proof, e) : 0;
}

/* Both have the layer, and something below it that is the base at least. */
static bool stem_fits(const struct rebase_whole *w)
{
	size_t image = w->image->layers.n, result = w->result->layers.n;

	return w->old_facts->layers.n && w->now_facts->layers.n && image > w->old_facts->layers.n &&
	       result > w->now_facts->layers.n &&
	       content_digest_eq(&w->image->layers.v[image - 1].digest,
				 &w->result->layers.v[result - 1].digest);
}

int rebase_stems_prove(struct rebase_stems *l, struct arena *a, const struct rebase_whole *w,
		       struct rebase_proof *proof, struct error *e)
{
	struct rebase_stem *s;
	struct digest key;
	int got;

	if (!stem_fits(w))
		return 0;
	key = stem_key(w);
	s = stem_hold(l, &key);
	if (!s)
		return 0;
	got = stem_prove(s, a, w, proof, e);
	stem_release(l, s);
	return got;
}
