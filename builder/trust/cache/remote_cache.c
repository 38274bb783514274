/* SPDX-License-Identifier: Apache-2.0 */
/* Takes results from caches and gives them to caches. Nothing here fails: there is always the
 * compiler. */

#include "trust/cache/remote_cache.h"

static void remote_warn(const struct remote_cache *c, struct cache_server *s,
			const struct digest *key, const char *name, const struct error *e,
			const char *then)
{
	char hex[DIGEST_TEXT], text[sizeof(struct error) * 4];

	s->down = e->kind == ERR_NETWORK;
	digest_hex(key, hex);
	err_format(e, text, sizeof(text));
	progress_warn(c->order->settings.progress, "cache %s, key %s (%s): %s; %s%s",
		      s->place->shown, hex, name, text, then,
		      s->down ? "; this cache is not asked again in this run" : "");
}

static bool remote_is_place(const struct cache_place *x, const struct cache_place *y)
{
	return x->kind == y->kind && strcmp(x->shown, y->shown) == 0;
}

/* Who cannot be asked is not given anything either; who has damage is given it again. */
static void remote_note_failure(struct remote_cache *c, const struct cache_server *asked,
				const struct digest *key)
{
	if (!asked->down)
		*list_push(c->a, &c->damaged) = (struct remote_damage){ *key, asked->place };
	for (size_t i = 0; asked->down && i < c->order->to.n; i++) {
		struct cache_server *s = &c->to[i];

		s->down |= remote_is_place(s->place, asked->place);
	}
}

static bool remote_is_damaged(const struct remote_cache *c, const struct cache_server *s,
			      const struct digest *key)
{
	list_each(d, &c->damaged) {
		if (digest_eq(&d->key, key) && remote_is_place(d->place, s->place))
			return true;
	}
	return false;
}

/* Without network there are only folders. */
static bool remote_may_ask(const struct remote_cache *c, const struct cache_server *s)
{
	return !s->down && (!c->order->offline || s->place->kind == CACHE_LOCAL);
}

static struct cache_server *remote_open_servers(struct remote_cache *c,
						const struct cache_places *places, bool writes)
{
	struct cache_server *v = arena_array(c->a, places->n, sizeof(*v));
	char text[sizeof(struct error) * 4];

	for (size_t i = 0; i < places->n; i++) {
		struct error e = { 0 };

		if (cache_server_open(&v[i], &places->v[i], writes, &c->order->settings, &e))
			continue;
		v[i].down = true;
		err_format(&e, text, sizeof(text));
		progress_warn(c->order->settings.progress, "cache %s: %s; it is not used",
			      places->v[i].shown, text);
	}
	return v;
}

void remote_cache_open(struct arena *a, const struct remote_cache_order *order,
		       struct remote_cache *out)
{
	*out = (struct remote_cache){ .a = a, .order = order };
	out->from = remote_open_servers(out, &order->from, false);
	out->to = remote_open_servers(out, &order->to, true);
}

void remote_cache_close(struct remote_cache *c)
{
	for (size_t i = 0; c->order && i < c->order->from.n; i++)
		cache_server_close(&c->from[i]);
	for (size_t i = 0; c->order && i < c->order->to.n; i++)
		cache_server_close(&c->to[i]);
	c->order = NULL;
}

/* Under which key of the store the record is kept that a result came with. */
static struct digest remote_origin_key(const struct digest *key)
{
	char text[sizeof("cache record ") + DIGEST_HEX] = "cache record ";

	digest_hex(key, text + strlen("cache record "));
	return digest_of(str_of(text));
}

/* Has a blob in the store. */
static bool remote_fetch(const struct remote_cache *c, struct cache_server *s,
			 const struct cache_blob *b, struct error *e)
{
	AUTO_FD fd = -1;
	int got = store_open_blob(c->order->store, &b->digest, b->size, &fd, e);

	return got > 0 || (got == 0 && s->how->fetch(s, b, c->order->store, e));
}

/* Makes what was fetched a result of this store. */
static bool remote_enter(struct arena *a, const struct remote_cache *c,
			 const struct cache_record *r, struct str record, struct error *e)
{
	const struct store *store = c->order->store;
	struct digest origin = remote_origin_key(&r->key);
	char *p = arena_text(a, (size_t)r->result.size);
	AUTO_FD fd = -1;
	int got = store_open_blob(store, &r->result.digest, r->result.size, &fd, e);

	if (got <= 0)
		return got == 0 ? err_set(e, ERR_SYSTEM, "it vanished from the store") : false;
	return fd_pread(fd, p, (size_t)r->result.size, 0, "result", e) &&
	       store_put_action(store, &origin, record, e) &&
	       store_put_action(store, &r->key, (struct str){ p, (size_t)r->result.size }, e);
}

/* 1 it is in the store, 0 this cache does not have it, -1. */
static int remote_take_from(const struct remote_cache *c, struct cache_server *s,
			    const struct digest *key, uint64_t *bytes, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct cache_record r;
	struct str record;
	int got = s->how->find(&a, s, key, &record, e);

	if (got <= 0)
		return got;
	if (!cache_record_read(&a, record, &c->order->keys, key, &r, e) ||
	    !remote_fetch(c, s, &r.result, e))
		return -1;
	list_each(b, &r.blobs) {
		if (!remote_fetch(c, s, b, e))
			return -1;
		*bytes += b->size;
	}
	return remote_enter(&a, c, &r, record, e) ? 1 : -1;
}

/* Several images of a run may need it: one warning is enough. */
static bool remote_was_asked(struct remote_cache *c, const struct digest *key)
{
	list_each(d, &c->asked) {
		if (digest_eq(d, key))
			return true;
	}
	*list_push(c->a, &c->asked) = *key;
	return false;
}

const char *remote_cache_take(struct remote_cache *c, const struct digest *key, const char *name)
{
	struct progress *progress = c->order->settings.progress;

	if (remote_was_asked(c, key))
		return NULL;
	for (size_t i = 0; i < c->order->from.n && !c->order->store->readonly; i++) {
		struct cache_server *s = &c->from[i];
		struct error e = { 0 };
		uint64_t bytes = 0;
		int got;

		if (!remote_may_ask(c, s))
			continue;
		progress_work_begin(progress, "cache", name);
		got = remote_take_from(c, s, key, &bytes, &e);
		progress_work_end(progress, bytes);
		if (got > 0)
			return s->place->shown;
		if (got < 0) {
			remote_warn(c, s, key, name, &e, "not taken from it");
			remote_note_failure(c, s, key);
		}
	}
	return NULL;
}

void remote_cache_note(struct remote_cache *c, const struct digest *key, const char *name,
		       const struct cache_blob *blob)
{
	list_each(r, &c->results) {
		if (digest_eq(&r->key, key))
			return;
	}
	if (c->order->to.n)
		*list_push(c->a, &c->results) =
			(struct remote_result){ *key, arena_strdup(c->a, name), *blob };
}

/* What the store says of a result. false: it has none any more. */
static bool remote_describe(struct arena *a, const struct remote_cache *c,
			    const struct remote_result *x, struct cache_record *out,
			    struct error *e)
{
	struct str text;
	int got = store_get_action(a, c->order->store, &x->key, &text, e);

	if (got <= 0)
		return got == 0 ? err_set(e, ERR_SYSTEM, "it vanished from the store") : false;
	*out = (struct cache_record){ .key = x->key, .name = x->name };
	out->result.size = text.n;
	*list_push(a, &out->blobs) = x->blob;
	return store_put_bytes(c->order->store, text, &out->result.digest, e);
}

/* The record that the result came with, if it did, and its signer is known still. */
static bool remote_find_origin(struct arena *a, const struct remote_cache *c,
			       const struct cache_record *r, struct str *out)
{
	struct digest origin = remote_origin_key(&r->key);
	struct error ignored = { 0 };
	struct cache_record old;

	return store_get_action(a, c->order->store, &origin, out, &ignored) > 0 &&
	       cache_record_read(a, *out, &c->order->keys, &r->key, &old, &ignored) &&
	       cache_record_eq(r, &old);
}

/* Whether a cache has an entry that counts. One that does not is written over. */
static int remote_has(struct arena *a, const struct remote_cache *c, struct cache_server *s,
		      const struct digest *key, struct error *e)
{
	struct error ignored = { 0 };
	struct cache_record found;
	struct str text;
	int got = s->how->find(a, s, key, &text, e);

	if (got < 0 && e->kind != ERR_NETWORK) {
		err_clear(e);
		return 0;
	}
	return got <= 0 ? got : cache_record_read(a, text, &c->order->keys, key, &found, &ignored);
}

/* 1 given, 0 it was there, -1. */
static int remote_give_to(const struct remote_cache *c, struct cache_server *s,
			  const struct remote_result *x, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct cache_record r;
	struct cache_gift gift = { .record = &r, .store = c->order->store };
	int has = remote_is_damaged(c, s, &x->key) ? 0 : remote_has(&a, c, s, &x->key, e);

	if (has != 0)
		return has < 0 ? -1 : 0;
	if (!remote_describe(&a, c, x, &r, e))
		return -1;
	if (!remote_find_origin(&a, c, &r, &gift.text) &&
	    !cache_record_text(&a, &r, c->order->signer, &gift.text, e))
		return -1;
	return s->how->keep(s, &gift, e) ? 1 : -1;
}

void remote_cache_give(struct remote_cache *c)
{
	struct progress *progress = c->order->settings.progress;

	list_each(x, &c->results) {
		for (size_t i = 0; i < c->order->to.n; i++) {
			struct cache_server *s = &c->to[i];
			struct error e = { 0 };
			int got;

			if (!remote_may_ask(c, s))
				continue;
			progress_work_begin(progress, "upload", x->name);
			got = remote_give_to(c, s, x, &e);
			progress_work_end(progress, got > 0 ? x->blob.size : 0);
			if (got > 0)
				progress_note(progress, "%s: given to the cache %s", x->name,
					      s->place->shown);
			else if (got < 0)
				remote_warn(c, s, &x->key, x->name, &e, "not given to it");
		}
	}
	c->results.n = 0;
}
