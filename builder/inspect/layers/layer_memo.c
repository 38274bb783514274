/* SPDX-License-Identifier: Apache-2.0 */
/* A list: a run meets few different layers that it meets again. */

#include "inspect/layers/layer_memo.h"

#include <assert.h>

#include "inspect/layers/layer_wire.h"

static void layer_saying_drop(struct layer_saying *x)
{
	struct arena own = x->a;

	arena_free(&own);
}

void layer_memo_close(struct layer_memo *m)
{
	for (size_t i = 0; i < m->v.n; i++)
		layer_saying_drop(m->v.v[i]);
	arena_free(&m->a);
	m->a = (struct arena){ 0 };
	m->v.v = NULL;
	m->v.n = m->v.cap = 0;
	m->bytes = 0;
}

bool layer_memo_key(const struct image_layer *l, const struct keep_rule *k, struct digest *key)
{
	AUTO_ARENA a = { 0 };
	const char *text;

	/* what `want` names, no key can tell */
	if (!k || !k->memo || k->want || !l->has_digest)
		return false;
	text = arena_printf(&a, "imgbuild layer facts %d: %s %s %s %d %llu %llu", LAYER_WIRE_FORM,
			    content_digest_text(&a, &l->digest),
			    content_digest_text(&a, &l->diff_id),
			    l->media_type ? l->media_type : "", k->sha1,
			    (unsigned long long)k->expand_max, (unsigned long long)k->keep_max);
	*key = digest_of(str_of(text));
	return true;
}

size_t layer_memo_room(const struct layer_memo *m)
{
	return m->max ? (size_t)m->max / 4 : LAYER_SAYING_MAX;
}

static struct layer_saying *layer_memo_find(const struct layer_memo *m, const struct digest *key)
{
	for (size_t i = 0; i < m->v.n; i++) {
		if (digest_eq(&m->v.v[i]->key, key))
			return m->v.v[i];
	}
	return NULL;
}

/* false: nobody would let one go. */
static bool layer_memo_forget_oldest(struct layer_memo *m)
{
	struct layer_saying **oldest = NULL;

	for (size_t i = 0; i < m->v.n; i++) {
		struct layer_saying **x = &m->v.v[i];

		assert(*x);
		if (!(*x)->held && (!oldest || (*x)->used < (*oldest)->used))
			oldest = x;
	}
	if (!oldest)
		return false;
	m->bytes -= (*oldest)->said.n;
	layer_saying_drop(*oldest);
	*oldest = m->v.v[--m->v.n];
	return true;
}

/* NULL: there is no room. */
static struct layer_saying *layer_memo_add(struct layer_memo *m, const struct digest *key,
					   struct str said)
{
	uint64_t max = m->max ? m->max : LAYER_MEMO_MAX;
	struct arena own = { 0 };
	struct layer_saying *x;

	if (said.n > layer_memo_room(m))
		return NULL;
	while (m->bytes + said.n > max) {
		if (!layer_memo_forget_oldest(m))
			return NULL;
	}
	m->bytes += said.n;
	x = arena_alloc(&own, sizeof(*x));
	*x = (struct layer_saying){ .key = *key, .used = ++m->clock };
	x->said = str_copy(&own, said);
	x->a = own;
	*list_push(&m->a, &m->v) = x;
	return x;
}

/* What an earlier run noted; NULL: nothing. */
static struct layer_saying *layer_memo_recall(struct layer_memo *m, const struct digest *key)
{
	AUTO_ARENA a = { 0 };
	struct str said;

	return kept_facts_find(&a, &m->kept, key, &said) ? layer_memo_add(m, key, said) : NULL;
}

struct layer_saying *layer_memo_hold(struct layer_memo *m, const struct digest *key)
{
	struct layer_saying *x;

	pthread_mutex_lock(&m->lock);
	x = layer_memo_find(m, key);
	if (!x)
		x = layer_memo_recall(m, key);
	if (x) {
		m->found++;
		x->used = ++m->clock;
		x->held++;
	}
	pthread_mutex_unlock(&m->lock);
	return x;
}

void layer_memo_release(struct layer_memo *m, struct layer_saying *x)
{
	if (!x)
		return;
	pthread_mutex_lock(&m->lock);
	x->held--;
	pthread_mutex_unlock(&m->lock);
}

void layer_memo_note(struct layer_memo *m, const struct digest *key, struct str said, bool read)
{
	pthread_mutex_lock(&m->lock);
	if (!layer_memo_find(m, key))
		layer_memo_add(m, key, said);
	pthread_mutex_unlock(&m->lock);
	if (read)
		kept_facts_put(&m->kept, key, said, "what was read of a layer");
}
