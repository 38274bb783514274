/* SPDX-License-Identifier: Apache-2.0 */
/* Results between two stores, over a folder and over a server that misbehaves: whatever is wrong
 * costs one warning, and nothing of it is believed. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_cache_exchange.h"
#include "support/fixture_files.h"
#include "support/fixture_keypair.h"
#include "support/fixture_oracle.h"
#include "support/fixture_sandbox.h"
#include "trust/cache/action_result.h"

static void machine_take_from(struct cache_machine *m, const char *place)
{
	machine_add(m, &m->order.from, place);
	machine_connect(m);
}

/* The second machine does not get it, and says so once, with key and cache. */
static void exchange_fails(struct cache_exchange *x, const char *cache, const char *says)
{
	const char *said;

	cr_expect_null(remote_cache_take(&x->b.cache, &x->key, "thing"), "%s", says);
	cr_expect_not(machine_has(x, &x->b), "%s", says);
	cr_assert_eq(x->b.says.warnings.n, 1u, "%s: %zu warnings", says, x->b.says.warnings.n);
	said = x->b.says.warnings.v[0];
	cr_expect(strstr(said, says) && strstr(said, x->hex) && strstr(said, cache) &&
			  strstr(said, "(thing)"),
		  "%s", said);
}

Test(remote_cache, second_machine_takes_what_the_first_compiled)
{
	struct cache_exchange x;
	const char *from;

	exchange_fill(&x);
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	from = remote_cache_take(&x.b.cache, &x.key, "thing");
	cr_assert(from, "%s", machine_warning(&x.b));
	cr_expect_str_eq(from, x.shared);
	cr_expect(machine_has(&x, &x.b));
	cr_expect_eq(x.b.says.warnings.n, 0u);
	exchange_close(&x);
}

Test(remote_cache, what_nobody_has_is_no_reason_to_worry)
{
	struct cache_exchange x;

	exchange_open(&x);
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s/never-made", x.dir));
	cr_expect_null(remote_cache_take(&x.b.cache, &x.key, "thing"));
	cr_expect_eq(x.b.says.warnings.n, 0u);
	exchange_close(&x);
}

/* What cannot be written takes nothing, and says nothing. */
Test(remote_cache, store_of_others_takes_nothing)
{
	struct cache_exchange x;

	exchange_fill(&x);
	x.b.d.store.readonly = true;
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	cr_expect_null(remote_cache_take(&x.b.cache, &x.key, "thing"));
	cr_expect_eq(x.b.says.warnings.n, 0u, "%s", machine_warning(&x.b));
	exchange_close(&x);
}

Test(remote_cache, what_the_store_has_is_not_fetched)
{
	struct cache_exchange x;
	struct error e = { 0 };

	exchange_fill(&x);
	cr_assert(store_put_bytes(&x.b.d.store, x.bytes, &x.blob.digest, &e));
	cr_assert_eq(unlink(exchange_blob(&x, &x.blob.digest)), 0);
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	cr_expect(remote_cache_take(&x.b.cache, &x.key, "thing"), "%s", machine_warning(&x.b));
	cr_expect(machine_has(&x, &x.b));
	exchange_close(&x);
}

Test(remote_cache, file_is_no_folder_to_take_from)
{
	struct cache_exchange x;

	exchange_open(&x);
	files_remove(x.shared);
	files_put(x.shared, "a file");
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	cr_assert_eq(x.b.says.warnings.n, 1u);
	cr_expect_str_eq(
		x.b.says.warnings.v[0],
		arena_printf(&x.b.d.a,
			     "cache %s: cannot open %s/ac: Not a directory; it is not used",
			     x.shared, x.shared));
	cr_expect_null(remote_cache_take(&x.b.cache, &x.key, "thing"));
	exchange_close(&x);
}

/* What an entry of the folder is replaced by, and what is said of it. */
struct folder_fault {
	const char *says;
	void (*make)(struct cache_exchange *x);
};

static void fault_other_bytes(struct cache_exchange *x)
{
	struct str other = depot_noise(&x->a.d.a, EXCHANGE_BLOB_SIZE, 8);
	struct error e = { 0 };

	cr_assert(file_write_path(exchange_blob(x, &x->blob.digest), 0444, other, &e));
}

static void fault_shorter(struct cache_exchange *x)
{
	struct error e = { 0 };

	cr_assert(file_write_path(exchange_blob(x, &x->blob.digest), 0444, STR("short"), &e));
}

static void fault_missing(struct cache_exchange *x)
{
	cr_assert_eq(unlink(exchange_blob(x, &x->blob.digest)), 0);
}

static void fault_link(struct cache_exchange *x)
{
	const char *path = exchange_blob(x, &x->blob.digest);

	cr_assert(unlink(path) == 0 && symlink("/etc/passwd", path) == 0);
}

static void fault_folder(struct cache_exchange *x)
{
	const char *path = exchange_entry(x, &x->key);

	cr_assert(unlink(path) == 0 && mkdir(path, 0755) == 0);
}

/* Of holes: nobody reads that much. */
static void fault_large(struct cache_exchange *x)
{
	const char *path = exchange_entry(x, &x->key);

	unlink(path);
	files_put(path, "");
	cr_assert_eq(truncate(path, ACTION_RESULT_MAX + 1), 0);
}

static void fault_malformed(struct cache_exchange *x)
{
	unlink(exchange_entry(x, &x->key));
	files_put(exchange_entry(x, &x->key), "{ \"outputFiles\": [");
}

/* A good entry, of another key. */
static void fault_replay(struct cache_exchange *x)
{
	cr_assert_eq(rename(exchange_entry(x, &x->other_key), exchange_entry(x, &x->key)), 0);
}

/* All digests are right, and it is signed; only not by ann. */
static void fault_forgery(struct cache_exchange *x)
{
	struct str list = STR("another list"), bytes = STR("evil"), text;
	struct cache_record r = { .key = x->key, .name = "thing" };
	struct key eve = KEY_INIT;
	struct error e = { 0 };

	keypair_make(&x->a.d.a, x->dir, "eve", true);
	cr_assert(key_load_private(&x->a.d.a, exchange_path(x, "eve.pem"), (struct str){ NULL, 0 },
				   &eve, &e));
	r.result = (struct cache_blob){ digest_of(list), list.n };
	*list_push(&x->a.d.a, &r.blobs) = (struct cache_blob){ digest_of(bytes), bytes.n };
	files_put(exchange_blob(x, &r.result.digest), list.p);
	files_put(exchange_blob(x, &r.blobs.v[0].digest), bytes.p);
	cr_assert(cache_record_text(&x->a.d.a, &r, &eve, &text, &e));
	text = action_result_text(&x->a.d.a, &r, text);
	cr_assert(file_write_path(exchange_entry(x, &x->key), 0444, text, &e));
	key_drop(&eve);
}

static const struct folder_fault folder_faults[] = {
	{ "expected SHA-256", fault_other_bytes },
	{ "expected 300000 bytes, found 5", fault_shorter },
	{ "is missing", fault_missing },
	{ "open ", fault_link },
	{ "is not a file", fault_folder },
	{ "it is larger than 1048576 bytes", fault_large },
	{ "entry:1", fault_malformed },
	{ "its record is of another key, ", fault_replay },
	{ "none of the keys of --cache-key has signed its record", fault_forgery },
};

Test(remote_cache, T42_damage_and_lies_cost_a_warning)
{
	for (size_t i = 0; i < ARRAY_SIZE(folder_faults); i++) {
		struct cache_exchange x;

		exchange_fill(&x);
		folder_faults[i].make(&x);
		machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
		exchange_fails(&x, x.shared, folder_faults[i].says);
		/* who compiles it then puts it right */
		machine_compile(&x, &x.a, &x.key);
		remote_cache_give(&x.a.cache);
		cr_expect_eq(x.a.says.warnings.n, folder_faults[i].make == fault_folder ? 1u : 0u,
			     "%s: %s", folder_faults[i].says, machine_warning(&x.a));
		if (folder_faults[i].make == fault_forgery ||
		    folder_faults[i].make == fault_replay) {
			cr_expect_null(remote_cache_take(&x.b.cache, &x.key, "thing"));
			x.b.cache.asked.n = 0; /* another run */
			cr_expect(remote_cache_take(&x.b.cache, &x.key, "thing"));
			cr_expect(machine_has(&x, &x.b));
		}
		exchange_close(&x);
	}
}

/* Who takes from a cache and gives to it finds damage, and puts it right. */
Test(remote_cache, what_was_found_damaged_is_given_again)
{
	static void (*const faults[])(struct cache_exchange *x) = { fault_other_bytes,
								    fault_shorter, fault_missing,
								    fault_link };

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct cache_exchange x;
		struct error e = { 0 };
		struct str found;
		const char *place;

		exchange_fill(&x);
		faults[i](&x);
		place = arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared);
		machine_sign(&x.b, exchange_path(&x, "ann.pem"));
		machine_add(&x.b, &x.b.order.to, place);
		machine_take_from(&x.b, place);
		cr_expect_null(remote_cache_take(&x.b.cache, &x.key, "thing"));
		machine_compile(&x, &x.b, &x.key);
		remote_cache_give(&x.b.cache);
		cr_expect_eq(x.b.says.notes.n, 1u, "%s", machine_warning(&x.b));
		cr_assert(io_read_file(&x.b.d.a, -100, exchange_blob(&x, &x.blob.digest), 1u << 20,
				       &found, &e),
			  "%s", e.cause);
		cr_expect(str_eq(found, x.bytes), "fault %zu", i);
		exchange_close(&x);
	}
}

/* The second cache is asked when the first one lies. */
Test(remote_cache, next_cache_is_asked)
{
	struct cache_exchange x;
	const char *good;

	exchange_fill(&x);
	good = exchange_path(&x, "good");
	ORACLE(&x.a.d.a, "cp", "-r", x.shared, good);
	fault_forgery(&x);
	machine_add(&x.b, &x.b.order.from, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", good));
	cr_expect_str_eq(remote_cache_take(&x.b.cache, &x.key, "thing"), good);
	cr_expect_eq(x.b.says.warnings.n, 1u);
	exchange_close(&x);
}

/* Serves what the folder has, with `fault` in place of the reply for its path. */
static void exchange_serve(struct cache_exchange *x, const struct fault_reply *fault, bool on_blob)
{
	struct arena *a = &x->a.d.a;
	struct fault_reply *script = arena_array(a, 4, sizeof(*script));
	struct strings files = files_below(a, x->shared, "");
	size_t n = 0;

	for (size_t i = 0; i < files.n; i++) {
		struct fault_reply r = { .path = files.v[i] + strlen(x->shared) };
		bool blob = strcmp(files.v[i], exchange_blob(x, &x->blob.digest)) == 0;
		struct error e = { 0 };

		if (strcmp(files.v[i], exchange_entry(x, &x->other_key)) == 0)
			continue;
		cr_assert(io_read_file(a, -100, files.v[i], 1u << 20, &r.body, &e), "%s", e.cause);
		if (fault &&
		    (on_blob ? blob : strcmp(files.v[i], exchange_entry(x, &x->key)) == 0)) {
			struct str body = r.body;

			r = *fault;
			r.path = files.v[i] + strlen(x->shared);
			r.body = r.body.p ? r.body : body;
		}
		cr_assert(n < 4);
		script[n++] = r;
	}
	faultd_start(&x->server, script, n);
	x->serves = true;
	machine_take_from(&x->b, arena_printf(&x->b.d.a, "type=http,url=%s",
					      faultd_url(a, &x->server, "/")));
}

Test(remote_cache, folder_behind_a_web_server_is_a_cache)
{
	struct cache_exchange x;

	exchange_fill(&x);
	exchange_serve(&x, NULL, false);
	cr_expect(remote_cache_take(&x.b.cache, &x.key, "thing"));
	cr_expect(machine_has(&x, &x.b));
	cr_expect(faultd_saw(&x.server, NULL, "Accept: application/json"));
	cr_expect_null(remote_cache_take(&x.b.cache, &x.other_key, "other"));
	cr_expect_eq(x.b.says.warnings.n, 0u, "%s", machine_warning(&x.b));
	exchange_close(&x);
}

/* A server that is not well, for the entry or for its blob; and whether it is given up. */
static const struct server_fault {
	struct fault_reply reply;
	bool on_blob, down;
	const char *says;
} server_faults[] = {
	{ { .status = 500 }, false, true, "entry: HTTP 500" },
	{ { .status = 403 }, false, true, "entry: HTTP 403" },
	{ { .status = 503 }, true, true, ": HTTP 503" },
	{ { .status = 404 }, true, false, " is missing" },
	{ { .cuts = true, .cut = 0, .end = FAULT_HANG }, false, true, "entry: " },
	{ { .cuts = true, .cut = 1000, .end = FAULT_HANG }, true, true, "blob sha256:" },
	{ { .drip_ms = 20 }, true, true, "blob sha256:" },
	{ { .cuts = true, .cut = 1000, .end = FAULT_RST }, true, true, "blob sha256:" },
	{ { .cuts = true, .cut = 1000, .end = FAULT_FIN }, true, true, "blob sha256:" },
	{ { .framing = FAULT_CLOSE, .cuts = true, .cut = 1000 },
	  true,
	  false,
	  "expected 300000 bytes" },
	{ { .body = STR("other") }, true, false, "expected 300000 bytes" },
	{ { .framing = FAULT_CLAIM, .claim = 1u << 30 }, true, false, "bytes announced" },
	{ { .body = STR("<html>log in</html>") }, false, false, "entry:1" },
	{ { .status = 302, .headers = "Location: http://127.0.0.1:1/\r\n" },
	  true,
	  true,
	  "blob sha256:" },
};

Test(remote_cache, T42_server_that_is_not_well_costs_a_warning, .timeout = 120)
{
	for (size_t i = 0; i < ARRAY_SIZE(server_faults); i++) {
		const struct server_fault *f = &server_faults[i];
		struct cache_exchange x;
		size_t asked;

		exchange_fill(&x);
		exchange_serve(&x, &f->reply, f->on_blob);
		exchange_fails(&x, arena_printf(&x.a.d.a, "http://127.0.0.1:%u", x.server.port),
			       f->says);
		cr_expect_eq(strstr(x.b.says.warnings.v[0], "not asked again") != NULL, f->down,
			     "%s", x.b.says.warnings.v[0]);
		asked = faultd_hits(&x.server, NULL);
		cr_expect_null(remote_cache_take(&x.b.cache, &x.other_key, "other"));
		cr_expect_eq(faultd_hits(&x.server, NULL) > asked, !f->down, "%s", f->says);
		exchange_close(&x);
	}
}

/* A try that follows a broken one gets all of it. */
Test(remote_cache, broken_transfer_is_tried_again)
{
	struct cache_exchange x;
	struct fault_reply script[4];
	size_t n = 0;

	exchange_fill(&x);
	exchange_serve(&x, NULL, false);
	for (size_t i = 0; i < x.server.n; i++) {
		bool blob = x.server.script[i].body.n == EXCHANGE_BLOB_SIZE;

		if (blob) {
			script[n] = x.server.script[i];
			script[n].cuts = true;
			script[n++].cut = 70000;
		}
		script[n++] = x.server.script[i];
	}
	faultd_stop(&x.server);
	remote_cache_close(&x.b.cache);
	x.b.order.from.n = 0;
	faultd_start(&x.server, script, n);
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=http,url=%s",
					     faultd_url(&x.a.d.a, &x.server, "")));
	cr_expect(remote_cache_take(&x.b.cache, &x.key, "thing"));
	cr_expect(machine_has(&x, &x.b));
	cr_expect_eq(x.b.says.warnings.n, 0u);
	exchange_close(&x);
}

Test(remote_cache, full_disk_costs_a_warning)
{
	struct cache_exchange x;
	struct error e = { 0 };
	const char *small;

	if (!sandbox_enter())
		cr_skip_test("mounting is not allowed here");
	exchange_fill(&x);
	small = exchange_path(&x, "small");
	cr_assert_eq(mkdir(small, 0700), 0);
	sandbox_tmpfs(small, 128);
	store_close(&x.b.d.store);
	x.b.d.store = (struct store)STORE_INIT;
	cr_assert(store_open(&x.b.d.a, small, &x.b.d.store, &e), "%s", e.cause);
	machine_take_from(&x.b, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	exchange_fails(&x, x.shared, "No space left on device");
	store_close(&x.b.d.store);
	sandbox_unmount(small);
	exchange_close(&x);
}
