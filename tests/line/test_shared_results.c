/* SPDX-License-Identifier: Apache-2.0 */
/* One machine compiles, another one takes it: ./imgbuild as a user runs it, with a store for each
 * machine. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_cache_world.h"
#include "support/fixture_files.h"
#include "support/fixture_sandbox.h"

static const char *world_shared(struct cache_world *w)
{
	return arena_printf(w->a, "type=local,dir=%s/shared", w->m.dir);
}

static void must_say(struct oracle_run r, const char *text)
{
	cr_expect(strstr(r.err.p, text), "\"%s\" is not in:\n%s", text, r.err.p);
}

static void must_not_say(struct oracle_run r, const char *text)
{
	cr_expect_not(strstr(r.err.p, text), "\"%s\" is in:\n%s", text, r.err.p);
}

Test(shared_results, second_machine_builds_without_compiling, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct oracle_run run;
	const char *first, *trace;

	cache_world_open(&w, &a);
	trace = cache_world_path(&w, "trace.json");
	first = CACHE_DIGEST(&w, "a", &run, "--cache-to", world_shared(&w), "--cache-key", w.pem);
	must_say(run, "compiling thing");
	must_say(run, arena_printf(&a, "thing: given to the cache %s/shared", w.m.dir));
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from", world_shared(&w),
				      "--cache-key", w.pub, "--trace", trace),
			 first);
	must_say(run, arena_printf(&a, "thing: taken from the cache %s/shared", w.m.dir));
	must_not_say(run, "compiling");
	must_not_say(run, "warning: cache");
	cr_expect(cache_world_compiled(&w, "a"));
	cr_expect_not(cache_world_compiled(&w, "b"), "the compilers were unpacked for nothing");
	cr_expect(strstr(files_get(&a, trace), "\"cache\""));
	cache_world_close(&w);
}

/* Environment and images.json name the same; who has no private key takes, and gives nothing. */
Test(shared_results, repository_names_its_cache, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct oracle_run run;
	const char *catalogue, *text, *end;

	cache_world_open(&w, &a);
	ORACLE(&a, "cp", w.pub, cache_world_path(&w, "repository/cache.pub"));
	catalogue = cache_world_path(&w, "repository/images.json");
	text = files_get(&a, catalogue);
	end = strrchr(text, '}');
	files_put(
		catalogue,
		arena_printf(
			&a,
			"%.*s, \"cache\": { \"from\": [\"type=local,dir=../shared\"],\n"
			"  \"to\": [\"type=local,dir=../shared\"], \"keys\": [\"cache.pub\"] } }\n",
			(int)(end - text), text));
	CACHE_DIGEST(&w, "a", &run, NULL);
	cr_expect_eq(access(cache_world_path(&w, "shared"), F_OK), -1);
	setenv("IMGBUILD_CACHE_KEY", arena_printf(&a, " %s  %s", w.pub, w.pem), 1);
	CACHE_DIGEST(&w, "a", &run, NULL); /* nothing has changed: it is given all the same */
	must_say(run, "thing: given to the cache ");
	must_not_say(run, "compiling");
	unsetenv("IMGBUILD_CACHE_KEY");
	CACHE_DIGEST(&w, "b", &run, NULL);
	must_say(run, "thing: taken from the cache ");
	files_put(catalogue, arena_printf(&a, "%.*s, \"cache\": { \"from\": [\"shared\"] } }\n",
					  (int)(end - text), text));
	run = CACHE_BUILD(&w, "b", NULL);
	cr_expect_eq(run.status, 3);
	must_say(run, "images.json:3:");
	must_say(
		run,
		"cache.from takes type=registry,ref=HOST/NAME, type=http,url=URL or type=local,dir=DIR, not \"shared\"");
	cache_world_close(&w);
}

/* Whatever the cache says, the image is the same, and one warning tells of it. */
Test(shared_results, T42_entry_of_an_unknown_key_is_compiled_anew, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct oracle_run run;
	const char *first;

	cache_world_open(&w, &a);
	cache_world_key(&w, "eve");
	first = CACHE_DIGEST(&w, "a", &run, "--cache-to", world_shared(&w), "--cache-key",
			     cache_world_path(&w, "eve.pem"));
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from", world_shared(&w),
				      "--cache-key", w.pub),
			 first);
	must_say(run, arena_printf(&a, "cache %s/shared, key ", w.m.dir));
	must_say(
		run,
		" (thing): none of the keys of --cache-key has signed its record; not taken from it");
	must_say(run, "compiling thing");
	/* a cache that answers to nobody */
	cache_world_forget(&w, "b");
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from",
				      "type=http,url=http://127.0.0.1:9/cache", "--cache-key",
				      w.pub, "--cache-to", "type=registry,ref=127.0.0.1:9/cache",
				      "--cache-key", w.pem),
			 first);
	must_say(run, "cache http://127.0.0.1:9/cache, key ");
	must_say(run, "cache docker://127.0.0.1:9/cache, key ");
	must_say(run, "not given to it");
	cache_world_close(&w);
}

/* What has to be compiled would have no place, wherever it comes from; what is there is used. */
Test(shared_results, read_only_store_gets_nothing, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct oracle_run run;
	const char *code;

	if (!sandbox_enter())
		cr_skip_test("no mount namespaces here");
	cache_world_open(&w, &a);
	code = cache_world_path(&w, "repository/code/main.c");
	CACHE_DIGEST(&w, "b", &run, "-j1");
	files_put(code, "another program\n");
	CACHE_DIGEST(&w, "a", &run, "--cache-to", world_shared(&w), "--cache-key", w.pem);
	sandbox_readonly(cache_world_path(&w, "store-b"));
	run = CACHE_BUILD(&w, "b", "--cache-from", world_shared(&w), "--cache-key", w.pub);
	cr_expect_eq(run.status, 6);
	must_say(run,
		 arena_printf(&a,
			      "compile thing: the store %s/store-b is read-only and the compiled "
			      "thing is not in it; choose another store with --cache-dir",
			      w.m.dir));
	files_put(code, "a program\n");
	CACHE_DIGEST(&w, "b", &run, "--locked");
	sandbox_unmount(cache_world_path(&w, "store-b"));
	cache_world_close(&w);
}

/* A folder of one's own is believed as the store is; one that others may write is not. */
Test(shared_results, own_folder_needs_no_key, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;
	struct oracle_run run;
	const char *first;

	cache_world_open(&w, &a);
	first = CACHE_DIGEST(&w, "a", NULL, "--cache-to", world_shared(&w));
	cr_expect_str_eq(CACHE_DIGEST(&w, "b", &run, "--cache-from", world_shared(&w)), first);
	must_say(run, "thing: taken from the cache ");
	/* as it stands in a file of several lines */
	cache_world_forget(&w, "b");
	setenv("IMGBUILD_CACHE_FROM",
	       arena_printf(&a, "\ntype=local,dir=%s/none\n\t%s\n", w.m.dir, world_shared(&w)), 1);
	CACHE_DIGEST(&w, "b", &run, "-j1");
	must_say(run, "thing: taken from the cache ");
	unsetenv("IMGBUILD_CACHE_FROM");
	cr_assert_eq(chmod(cache_world_path(&w, "shared"), 0777), 0);
	run = CACHE_BUILD(&w, "b", "--cache-from", world_shared(&w));
	cr_expect_eq(run.status, 2);
	must_say(
		run,
		arena_printf(
			&a,
			"--cache-from: %s/shared needs --cache-key FILE, the public key of who signs its entries: others may write there",
			w.m.dir));
	/* nor does an unsigned entry count once there are keys */
	cache_world_forget(&w, "b");
	CACHE_DIGEST(&w, "b", &run, "--cache-from", world_shared(&w), "--cache-key", w.pub);
	must_say(run, "its record is not signed");
	cache_world_close(&w);
}

static const struct {
	const char *words[7];
	int status;
	const char *says;
} misuse[] = {
	{ { "--cache-from", "type=http,url=http://127.0.0.1:9/" },
	  2,
	  "--cache-from: http://127.0.0.1:9 needs --cache-key FILE, the public key of who signs its entries" },
	{ { "--cache-to", "type=registry,ref=127.0.0.1:9/x", "--cache-key", "ann.pub" },
	  2,
	  "--cache-to: docker://127.0.0.1:9/x needs --cache-key FILE with a private key, which signs what is given" },
	{ { "--cache-to", "type=local,dir=x", "--cache-key", "ann.pub" }, 2, "with a private key" },
	{ { "--cache-from", "x" }, 2, "--cache-from takes type=registry,ref=HOST/NAME, " },
	{ { "--cache-from", "type=local,dir=x", "--cache-key", "missing.pem" }, 3, "missing.pem" },
	{ { "--cache-from", "type=local,dir=x", "--cache-key", "repository/code/main.c" },
	  3,
	  "this is not a public key in PEM" },
	{ { "--passphrase-file", "x" }, 2, "--cache-key" },
};

Test(shared_results, misuse_is_told_before_the_work, .timeout = 120)
{
	AUTO_ARENA a = { 0 };
	struct cache_world w;

	cache_world_open(&w, &a);
	for (size_t i = 0; i < ARRAY_SIZE(misuse); i++) {
		struct strings words = { 0 };
		struct oracle_run run;

		for (size_t k = 0; misuse[i].words[k]; k++) {
			bool key = k && strcmp(misuse[i].words[k - 1], "--cache-key") == 0;

			*list_push(&a, &words) = key ? cache_world_path(&w, misuse[i].words[k])
						     : misuse[i].words[k];
		}
		*list_push(&a, &words) = NULL;
		run = cache_world_build(&w, "a", words.v);
		cr_expect_eq(run.status, misuse[i].status, "%s: %d", misuse[i].says, run.status);
		must_say(run, misuse[i].says);
		cr_expect_not(cache_world_compiled(&w, "a"));
	}
	cache_world_close(&w);
}
