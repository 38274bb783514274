/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_cache_exchange.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_keypair.h"

static void sayings_warn(struct progress *p, const char *text)
{
	struct cache_sayings *s = (struct cache_sayings *)p;

	*list_push(s->a, &s->warnings) = arena_strdup(s->a, text);
}

static void sayings_note(struct progress *p, const char *text)
{
	struct cache_sayings *s = (struct cache_sayings *)p;

	*list_push(s->a, &s->notes) = arena_strdup(s->a, text);
}

static void machine_open(struct cache_machine *m)
{
	*m = (struct cache_machine){ .cache = REMOTE_CACHE_INIT };
	depot_open(&m->d);
	m->says.base.warn = sayings_warn;
	m->says.base.note = sayings_note;
	m->says.a = &m->d.a;
	m->d.settings.tries = 2;
	m->order.store = &m->d.store;
	m->order.settings = (struct cache_settings){ .http = &m->d.settings,
						     .progress = &m->says.base };
}

static void machine_close(struct cache_machine *m)
{
	remote_cache_close(&m->cache);
	keys_drop(&m->order.keys);
	depot_close(&m->d);
}

void machine_know(struct cache_machine *m, const char *path)
{
	struct error e = { 0 };

	cr_assert(key_load_public(&m->d.a, path, list_push(&m->d.a, &m->order.keys), &e), "%s",
		  e.cause);
}

void machine_sign(struct cache_machine *m, const char *path)
{
	struct key *k = list_push(&m->d.a, &m->order.keys);
	struct error e = { 0 };

	cr_assert(key_load_private(&m->d.a, path, (struct str){ NULL, 0 }, k, &e), "%s", e.cause);
	m->order.signer = k;
}

void machine_add(struct cache_machine *m, struct cache_places *l, const char *text)
{
	struct error e = { 0 };

	cr_assert(cache_place_parse(&m->d.a, "a test", text, NULL, list_push(&m->d.a, l), &e), "%s",
		  e.cause);
}

void machine_connect(struct cache_machine *m)
{
	remote_cache_open(&m->d.a, &m->order, &m->cache);
}

void machine_compile(struct cache_exchange *x, struct cache_machine *m, const struct digest *key)
{
	struct error e = { 0 };

	cr_assert(store_put_bytes(&m->d.store, x->bytes, &x->blob.digest, &e));
	x->blob.size = x->bytes.n;
	cr_assert(store_put_action(&m->d.store, key, STR("a list of files"), &e));
	remote_cache_note(&m->cache, key, "thing", &x->blob);
}

const char *machine_warning(const struct cache_machine *m)
{
	return m->says.warnings.n ? m->says.warnings.v[0] : "";
}

const char *exchange_path(struct cache_exchange *x, const char *name)
{
	return arena_printf(&x->a.d.a, "%s/%s", x->dir, name);
}

/* The first machine signs as ann, and so does the second believe her. Nothing is given yet. */
void exchange_open(struct cache_exchange *x)
{
	*x = (struct cache_exchange){ .serves = false };
	machine_open(&x->a);
	machine_open(&x->b);
	x->dir = files_temporary(&x->a.d.a);
	x->shared = exchange_path(x, "shared");
	x->key = digest_of(STR("all inputs"));
	x->other_key = digest_of(STR("other inputs"));
	x->hex = digest_hex_dup(&x->a.d.a, &x->key);
	x->bytes = depot_noise(&x->a.d.a, EXCHANGE_BLOB_SIZE, 7);
	keypair_make(&x->a.d.a, x->dir, "ann", false);
	machine_sign(&x->a, exchange_path(x, "ann.pem"));
	machine_know(&x->b, exchange_path(x, "ann.pub"));
	machine_add(&x->a, &x->a.order.to, arena_printf(&x->a.d.a, "type=local,dir=%s", x->shared));
	machine_connect(&x->a);
}

/* The same, and the folder has the result under both keys. */
void exchange_fill(struct cache_exchange *x)
{
	exchange_open(x);
	machine_compile(x, &x->a, &x->key);
	machine_compile(x, &x->a, &x->other_key);
	remote_cache_give(&x->a.cache);
	cr_assert_eq(x->a.says.warnings.n, 0u, "%s", machine_warning(&x->a));
	cr_assert_eq(x->a.says.notes.n, 2u);
}

void exchange_close(struct cache_exchange *x)
{
	files_remove(x->dir);
	machine_close(&x->b);
	if (x->serves)
		faultd_stop(&x->server);
	machine_close(&x->a);
}

bool machine_has(struct cache_exchange *x, struct cache_machine *m)
{
	struct error e = { 0 };
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	struct str text;

	return store_get_action(&a, &m->d.store, &x->key, &text, &e) > 0 &&
	       str_eq(text, STR("a list of files")) &&
	       store_open_blob(&m->d.store, &x->blob.digest, EXCHANGE_BLOB_SIZE, &fd, &e) > 0;
}

const char *exchange_entry(struct cache_exchange *x, const struct digest *key)
{
	return arena_printf(&x->a.d.a, "%s/ac/%s", x->shared, digest_hex_dup(&x->a.d.a, key));
}

const char *exchange_blob(struct cache_exchange *x, const struct digest *d)
{
	return arena_printf(&x->a.d.a, "%s/cas/%s", x->shared, digest_hex_dup(&x->a.d.a, d));
}
