/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that is a cache: what is kept there comes back, and no system call that fails goes
 * unnoticed. */

#include <criterion/criterion.h>

#include "support/fixture_cache_exchange.h"
#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "trust/cache/cache_server.h"

struct folder_cache {
	struct arena a;
	struct depot from, to;
	const char *dir;
	struct cache_place place;
	struct cache_record record;
	struct cache_gift gift;
};

/* What was compiled, in the store: a blob that could not be read is not there any more. */
static bool folder_cache_compile(struct folder_cache *c, struct error *e)
{
	struct cache_blob *blob = &c->record.blobs.v[0];

	return store_put_bytes(&c->from.store, STR("what the store keeps under the key"),
			       &c->record.result.digest, e) &&
	       store_put_bytes(&c->from.store, depot_noise(&c->a, blob->size, 1), &blob->digest, e);
}

static void folder_cache_open(struct folder_cache *c)
{
	struct error e = { 0 };

	*c = (struct folder_cache){ .a = { 0 } };
	depot_open(&c->from);
	depot_open(&c->to);
	c->dir = files_temporary(&c->a);
	c->place = (struct cache_place){ .kind = CACHE_LOCAL,
					 .address = arena_printf(&c->a, "%s/cache", c->dir),
					 .shown = "cache" };
	c->record = (struct cache_record){ .key = digest_of(STR("key")), .name = "thing" };
	c->record.result.size = strlen("what the store keeps under the key");
	list_push(&c->a, &c->record.blobs)->size = 100000;
	cr_assert(folder_cache_compile(c, &e), "%s", e.cause);
	c->gift = (struct cache_gift){ &c->record, STR("a record"), &c->from.store };
}

static void folder_cache_close(struct folder_cache *c)
{
	files_remove(c->dir);
	depot_close(&c->from);
	depot_close(&c->to);
	arena_free(&c->a);
}

static bool folder_cache_keep(void *user, struct error *e)
{
	struct folder_cache *c = user;
	const struct cache_settings settings = { .progress = NULL };
	struct cache_server s = { .how = NULL };
	bool ok = cache_server_open(&s, &c->place, true, &settings, e) &&
		  s.how->keep(&s, &c->gift, e);

	cache_server_close(&s);
	return ok;
}

static bool folder_cache_take(void *user, struct error *e)
{
	struct folder_cache *c = user;
	const struct cache_settings settings = { .progress = NULL };
	struct cache_server s = { .how = NULL };
	AUTO_ARENA a = { 0 };
	struct str record;
	bool ok = cache_server_open(&s, &c->place, false, &settings, e) &&
		  s.how->find(&a, &s, &c->record.key, &record, e) > 0 &&
		  s.how->fetch(&s, &c->record.result, &c->to.store, e) &&
		  s.how->fetch(&s, &c->record.blobs.v[0], &c->to.store, e);

	cache_server_close(&s);
	return ok && str_eq(record, c->gift.text);
}

Test(cache_local, what_is_kept_comes_back)
{
	struct folder_cache c;
	struct error e = { 0 };
	const struct cache_blob *blob;

	folder_cache_open(&c);
	blob = &c.record.blobs.v[0];
	cr_expect_not(folder_cache_take(&c, &e));
	cr_expect_eq(e.kind, ERR_NONE, "an empty folder is no error: %s", e.cause);
	cr_assert(folder_cache_keep(&c, &e), "%s", e.cause);
	cr_assert(folder_cache_take(&c, &e), "%s", e.cause);
	cr_expect(store_has_blob(&c.to.store, &blob->digest, blob->size));
	folder_cache_close(&c);
}

/* What others may clean up while it is being given. */
Test(cache_local, what_has_vanished_from_the_store_is_not_kept)
{
	for (int i = 0; i < 2; i++) {
		struct folder_cache c;
		struct error e = { 0 };

		folder_cache_open(&c);
		if (i)
			c.record.blobs.v[0].digest = digest_of(STR("x"));
		else
			c.record.result.digest = digest_of(STR("x"));
		cr_expect_not(folder_cache_keep(&c, &e));
		cr_expect_eq(e.kind, ERR_SYSTEM);
		cr_expect(strstr(e.cause, "vanished from the store"), "%s", e.cause);
		err_clear(&e);
		cr_expect_not(folder_cache_take(&c, &e));
		cr_expect_eq(e.kind, ERR_NONE, "no entry leads to it: %s", e.cause);
		folder_cache_close(&c);
	}
}

static bool folder_cache_keep_anew(void *user, struct error *e)
{
	return folder_cache_compile(user, e) && folder_cache_keep(user, e);
}

Test(cache_local, calls_that_fail_are_errors, .timeout = 120)
{
	static const char *const calls[] = { "openat",	 "read",     "pread64",	  "write",
					     "pwrite64", "renameat", "renameat2", "mkdirat",
					     "fchmod",	 NULL };
	struct folder_cache c;
	struct error e = { 0 };

	folder_cache_open(&c);
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, folder_cache_keep_anew, &c, false }),
		     8u);
	cr_assert(folder_cache_keep(&c, &e), "%s", e.cause);
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, folder_cache_take, &c, false }), 5u);
	folder_cache_close(&c);
}
