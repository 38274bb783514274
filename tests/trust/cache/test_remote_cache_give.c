/* SPDX-License-Identifier: Apache-2.0 */
/* What is given to a cache, in which order and as whose; and caches that take nothing. */

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_cache_exchange.h"
#include "support/fixture_files.h"
#include "support/fixture_keypair.h"
#include "trust/cache/action_result.h"

static ino_t entry_inode(struct cache_exchange *x)
{
	struct stat st;

	cr_assert_eq(stat(exchange_entry(x, &x->key), &st), 0);
	return st.st_ino;
}

Test(remote_cache_give, what_a_cache_has_is_not_given_again)
{
	struct cache_exchange x;
	ino_t before;

	exchange_fill(&x);
	before = entry_inode(&x);
	machine_compile(&x, &x.a, &x.key);
	remote_cache_give(&x.a.cache);
	cr_expect_eq(entry_inode(&x), before);
	cr_expect_eq(x.a.says.notes.n, 2u);
	exchange_close(&x);
}

/* What came from a cache goes on under the name of who compiled it. */
Test(remote_cache_give, mirror_keeps_the_first_signature)
{
	struct cache_exchange x;
	struct str first, second, text;
	struct error e = { 0 };
	const char *mirror, *copy;

	exchange_fill(&x);
	mirror = exchange_path(&x, "mirror");
	keypair_make(&x.b.d.a, x.dir, "ben", true);
	machine_sign(&x.b, exchange_path(&x, "ben.pem"));
	machine_add(&x.b, &x.b.order.from, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	machine_add(&x.b, &x.b.order.to, arena_printf(&x.b.d.a, "type=local,dir=%s", mirror));
	machine_connect(&x.b);
	cr_assert(remote_cache_take(&x.b.cache, &x.key, "thing"));
	remote_cache_note(&x.b.cache, &x.key, "thing", &x.blob);
	remote_cache_give(&x.b.cache);
	cr_expect_eq(x.b.says.warnings.n, 0u);
	copy = files_get(&x.b.d.a, arena_printf(&x.b.d.a, "%s/ac/%s", mirror, x.hex));
	cr_assert(action_result_read(&x.b.d.a, str_of(copy), &second, &e));
	text = str_of(files_get(&x.a.d.a, exchange_entry(&x, &x.key)));
	cr_assert(action_result_read(&x.a.d.a, text, &first, &e));
	cr_expect(str_eq(first, second));
	exchange_close(&x);
}

/* A machine whose cache is the server of this script. */
static void give_to_server(struct cache_exchange *x, const struct fault_reply *script, size_t n)
{
	exchange_open(x);
	faultd_start(&x->server, script, n);
	x->serves = true;
	remote_cache_close(&x->a.cache);
	x->a.order.to.n = 0;
	machine_add(&x->a, &x->a.order.to,
		    arena_printf(&x->a.d.a, "type=http,url=%s",
				 faultd_url(&x->a.d.a, &x->server, "/c")));
	machine_connect(&x->a);
	machine_compile(x, &x->a, &x->key);
	remote_cache_give(&x->a.cache);
}

/* The entry comes last: whoever sees it finds all that it names. */
Test(remote_cache_give, blobs_go_before_their_entry)
{
	struct cache_exchange x;
	struct fault_reply script[4] = { { .path = NULL, .status = 201 } };
	const char *entry, *hex;
	struct digest key = digest_of(STR("all inputs"));
	AUTO_ARENA a = { 0 };

	entry = arena_printf(&a, "/c/ac/%s", digest_hex_dup(&a, &key));
	script[1] = (struct fault_reply){ .path = entry, .status = 404 };
	script[2] = (struct fault_reply){ .path = entry, .status = 201 };
	give_to_server(&x, script, 3);
	cr_expect_eq(x.a.says.warnings.n, 0u, "%s", machine_warning(&x.a));
	cr_expect_eq(x.a.says.notes.n, 1u);
	hex = digest_hex_dup(&a, &x.blob.digest);
	cr_expect(faultd_saw(&x.server, arena_printf(&a, "/c/cas/%s", hex), "PUT /c/cas/"));
	cr_expect(faultd_saw(&x.server, entry, "Content-Type: application/json"));
	cr_expect_eq(faultd_hits(&x.server, NULL), 4u); /* two blobs; the entry asked for and put */
	exchange_close(&x);
}

static const struct {
	struct fault_reply first, then;
	const char *says;
	size_t most; /* requests */
} refusals[] = {
	{ { .status = 404 }, { .status = 403 }, ": HTTP 403", 2 },
	{ { .status = 404 }, { .status = 500 }, ": HTTP 500", 3 },
	{ { .status = 404 }, { .status = 405 }, ": HTTP 405", 2 },
	{ { .status = 404 },
	  { .status = 200, .end = FAULT_RST, .framing = FAULT_RAW },
	  "blob ",
	  3 },
	{ { .status = 500 }, { .status = 200 }, "entry: HTTP 500", 2 },
};

/* One warning, no failure, and it is not asked again. */
Test(remote_cache_give, cache_that_takes_nothing_costs_a_warning)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		struct cache_exchange x;
		struct fault_reply script[2] = { refusals[i].then, refusals[i].first };
		struct digest key = digest_of(STR("all inputs"));
		AUTO_ARENA a = { 0 };
		const char *said;

		script[1].path = arena_printf(&a, "/c/ac/%s", digest_hex_dup(&a, &key));
		give_to_server(&x, script, 2);
		cr_assert_eq(x.a.says.warnings.n, 1u, "%s", refusals[i].says);
		said = x.a.says.warnings.v[0];
		cr_expect(strstr(said, refusals[i].says) && strstr(said, x.hex) &&
				  strstr(said, "; not given to it; this cache is not asked again"),
			  "%s", said);
		cr_expect_leq(faultd_hits(&x.server, NULL), refusals[i].most, "%s",
			      refusals[i].says);
		machine_compile(&x, &x.a, &x.other_key);
		remote_cache_give(&x.a.cache);
		cr_expect_eq(x.a.says.warnings.n, 1u);
		exchange_close(&x);
	}
}

Test(remote_cache_give, folder_that_cannot_be_written_costs_a_warning)
{
	struct cache_exchange x;

	exchange_open(&x);
	remote_cache_close(&x.a.cache);
	files_remove(x.shared);
	files_put(x.shared, "a file");
	machine_connect(&x.a);
	cr_assert_eq(x.a.says.warnings.n, 1u);
	cr_expect(strstr(x.a.says.warnings.v[0], x.shared) &&
			  strstr(x.a.says.warnings.v[0], "; it is not used"),
		  "%s", x.a.says.warnings.v[0]);
	machine_compile(&x, &x.a, &x.key);
	remote_cache_give(&x.a.cache);
	cr_expect_eq(x.a.says.warnings.n, 1u);
	exchange_close(&x);
}

/* Without network there are only folders. */
Test(remote_cache_give, offline_asks_no_server)
{
	struct cache_exchange x;

	exchange_fill(&x);
	x.b.order.offline = true;
	machine_add(&x.b, &x.b.order.from, "type=http,url=http://127.0.0.1:1/");
	machine_add(&x.b, &x.b.order.from, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	machine_connect(&x.b);
	cr_expect_str_eq(remote_cache_take(&x.b.cache, &x.key, "thing"), x.shared);
	cr_expect_eq(x.b.says.warnings.n, 0u);
	exchange_close(&x);
}

/* It does not answer, is asked once and told of once; another one is given the result. */
Test(remote_cache_give, cache_that_does_not_answer_is_not_given_anything)
{
	static const char dead[] = "type=http,url=http://127.0.0.1:1/cache";
	struct cache_exchange x;
	const char *mirror;

	exchange_open(&x);
	mirror = exchange_path(&x, "mirror");
	keypair_make(&x.b.d.a, x.dir, "ben", true);
	machine_sign(&x.b, exchange_path(&x, "ben.pem"));
	machine_add(&x.b, &x.b.order.from, dead);
	machine_add(&x.b, &x.b.order.to, dead);
	machine_add(&x.b, &x.b.order.to, arena_printf(&x.b.d.a, "type=local,dir=%s", mirror));
	machine_connect(&x.b);
	cr_expect_null(remote_cache_take(&x.b.cache, &x.key, "thing"));
	machine_compile(&x, &x.b, &x.key);
	remote_cache_give(&x.b.cache);
	cr_expect_eq(x.b.says.warnings.n, 1u, "%zu warnings", x.b.says.warnings.n);
	cr_expect(strstr(machine_warning(&x.b),
			 "; not taken from it; this cache is not asked again"),
		  "%s", machine_warning(&x.b));
	cr_expect_eq(x.b.says.notes.n, 1u);
	cr_expect_eq(access(arena_printf(&x.b.d.a, "%s/ac/%s", mirror, x.hex), F_OK), 0);
	exchange_close(&x);
}

/* A result that is not what came from the cache is of who made it. */
Test(remote_cache_give, T42_other_result_is_not_given_under_the_first_signature)
{
	struct cache_exchange x;
	struct str first, second;
	struct error e = { 0 };
	const char *mirror;

	exchange_fill(&x);
	mirror = exchange_path(&x, "mirror");
	keypair_make(&x.b.d.a, x.dir, "ben", true);
	machine_sign(&x.b, exchange_path(&x, "ben.pem"));
	machine_add(&x.b, &x.b.order.from, arena_printf(&x.b.d.a, "type=local,dir=%s", x.shared));
	machine_add(&x.b, &x.b.order.to, arena_printf(&x.b.d.a, "type=local,dir=%s", mirror));
	machine_connect(&x.b);
	cr_assert(remote_cache_take(&x.b.cache, &x.key, "thing"));
	cr_assert(store_put_action(&x.b.d.store, &x.key, STR("another list"), &e));
	remote_cache_note(&x.b.cache, &x.key, "thing", &x.blob);
	remote_cache_give(&x.b.cache);
	cr_expect_eq(x.b.says.warnings.n, 0u, "%s", machine_warning(&x.b));
	cr_assert(action_result_read(&x.b.d.a,
				     str_of(files_get(&x.b.d.a, arena_printf(&x.b.d.a, "%s/ac/%s",
									     mirror, x.hex))),
				     &second, &e));
	cr_assert(action_result_read(&x.a.d.a,
				     str_of(files_get(&x.a.d.a, exchange_entry(&x, &x.key))),
				     &first, &e));
	cr_expect_not(str_eq(first, second));
	exchange_close(&x);
}

Test(remote_cache_give, result_is_noted_once_and_only_for_who_takes_it)
{
	struct cache_exchange x;

	exchange_open(&x);
	machine_compile(&x, &x.a, &x.key);
	machine_compile(&x, &x.a, &x.key);
	cr_expect_eq(x.a.cache.results.n, 1u);
	machine_connect(&x.b);
	machine_compile(&x, &x.b, &x.key);
	cr_expect_eq(x.b.cache.results.n, 0u);
	exchange_close(&x);
}

Test(remote_cache_give, result_that_vanished_costs_a_warning)
{
	struct cache_exchange x;
	const char *said;

	exchange_open(&x);
	remote_cache_note(&x.a.cache, &x.key, "thing", &x.blob);
	remote_cache_give(&x.a.cache);
	cr_assert_eq(x.a.says.warnings.n, 1u);
	said = x.a.says.warnings.v[0];
	cr_expect(strstr(said, ": it vanished from the store; not given to it") &&
			  !strstr(said, "not asked again"),
		  "%s", said);
	cr_expect_eq(x.a.says.notes.n, 0u);
	exchange_close(&x);
}
