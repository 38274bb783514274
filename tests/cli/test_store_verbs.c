/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild gc and imgbuild store verify, as typed. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/commands.h"
#include "format/json/json.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_verb.h"

#define ARGS_MAX 6

/* A depot whose store is closed, with three blobs of 1 MiB used 0, 20 and 60 days ago. */
static void open_aged_depot(struct depot *d, struct digest blobs[3])
{
	static const unsigned days[] = { 0, 20, 60 };

	depot_open(d);
	for (unsigned i = 0; i < 3; i++) {
		time_t used = time(NULL) - (time_t)days[i] * 24 * 60 * 60;
		struct timespec t[2] = { { .tv_sec = used }, { .tv_sec = used } };
		struct error e = { 0 };

		cr_assert(
			store_put_bytes(&d->store, depot_noise(&d->a, 1 << 20, i), &blobs[i], &e));
		cr_assert_eq(utimensat(AT_FDCWD, depot_blob_path(d, &blobs[i]), t, 0), 0);
	}
	store_close(&d->store);
}

/* Runs a verb; its standard output is in *out. */
static bool run_verb(struct depot *d, const struct command *verb, const char *const *args,
		     bool json, const char **out, struct error *e)
{
	struct strings words = { 0 };
	struct verb_run r;

	for (; *args; args++)
		*list_push(&d->a, &words) = *args;
	*list_push(&d->a, &words) = arena_printf(&d->a, "--cache-dir=%s", d->path);
	if (json)
		*list_push(&d->a, &words) = "--json";
	*list_push(&d->a, &words) = NULL;
	r = verb_run(&d->a, verb, words.v);
	*out = r.out;
	*e = r.e;
	return r.ok;
}

Test(cli_store, gc_takes_ages_and_sizes_with_units)
{
	static const struct {
		const char *args[ARGS_MAX];
		size_t left;
		const char *says;
	} cases[] = {
		{ { "gc" }, 2, "removed 1 entries, 1.0 MB; kept 2 entries, 2.1 MB\n" },
		{ { "gc", "--keep", "10d" }, 1, "removed 2 " },
		{ { "gc", "--keep=9w" }, 3, "removed 0 " },
		{ { "gc", "--keep", "100h", "--dry-run" }, 3, "would remove 2 " },
		{ { "gc", "--keep=1w", "--max-size=5G" }, 1, "removed 2 " },
		{ { "gc", "--keep=9w", "--max-size=2M" }, 2, "removed 1 " },
		{ { "gc", "--keep=9w", "--max-size=1500K" }, 1, "removed 2 " },
		{ { "gc", "--keep=9w", "--max-size=0" }, 0, "removed 3 " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct digest blobs[3];
		struct depot d;
		struct error e = { 0 };
		const char *out;

		open_aged_depot(&d, blobs);
		cr_expect(run_verb(&d, &cmd_gc, cases[i].args, false, &out, &e), "case %zu: %s", i,
			  e.cause);
		cr_expect(strstr(out, cases[i].says) == out, "case %zu: %s", i, out);
		cr_expect_eq(depot_blobs(&d).n, cases[i].left, "case %zu", i);
		depot_close(&d);
	}
}

Test(cli_store, gc_tells_caches_of_compilers)
{
	static const char *const args[] = { "gc", "--keep=0", "--dry-run", NULL };
	struct digest blobs[3];
	struct depot d;
	struct error e = { 0 };
	const char *out;

	open_aged_depot(&d, blobs);
	files_put(arena_printf(&d.a, "%s/incremental/app.amd64/go/object", d.path), "word");
	cr_expect(run_verb(&d, &cmd_gc, args, false, &out, &e), "%s", e.cause);
	cr_expect(strstr(out, "\ncaches of compilers among them: would remove 0, 0 bytes; kept 1, "
			      "4 bytes\n"),
		  "%s", out);
	cr_expect(run_verb(&d, &cmd_gc, args, true, &out, &e), "%s", e.cause);
	cr_expect(strstr(out, "\"compiler-caches\": {\n    \"removed\": 0,\n"
			      "    \"removed-bytes\": 0,\n    \"kept\": 1,\n"
			      "    \"kept-bytes\": 4\n"),
		  "%s", out);
	depot_close(&d);
}

Test(cli_store, gc_refuses_what_it_does_not_understand)
{
	static const char *const cases[][ARGS_MAX] = {
		{ "gc", "--keep", "soon" },
		{ "gc", "--keep", "30" },
		{ "gc", "--max-size", "5" },
		{ "gc", "--keep", "" },
		{ "gc", "--keep", "5y" },
		{ "gc", "--max-size", "-1" },
		{ "gc", "--max-size", "99999999999999999999" },
		{ "gc", "--max-size", "99999999999999T" },
		{ "gc", "--keep" },
		{ "gc", "--kep", "30d" },
		{ "gc", "everything" },
		{ "gc", "--dry-run=yes" },
	};
	struct digest blobs[3];
	struct depot d;

	open_aged_depot(&d, blobs);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		const char *out;

		cr_expect(!run_verb(&d, &cmd_gc, cases[i], false, &out, &e), "case %zu", i);
		cr_expect_eq(e.kind, ERR_USAGE, "case %zu: %s", i, e.cause);
		cr_expect_str_eq(out, "");
		cr_expect_eq(depot_blobs(&d).n, 3, "case %zu: nothing is removed", i);
	}
	depot_close(&d);
}

Test(cli_store, verify_exits_with_findings_once)
{
	static const char *const args[] = { "store", "verify", NULL };
	struct digest blobs[3];
	struct depot d;
	struct error e = { 0 };
	const char *out;

	open_aged_depot(&d, blobs);
	cr_expect(run_verb(&d, &cmd_store, args, false, &out, &e), "%s", e.cause);
	cr_expect_str_eq(out, "3 entries, 3.1 MB: 0 damaged\n");
	cr_assert_eq(truncate(depot_blob_path(&d, &blobs[1]), 5), 0);
	cr_expect(!run_verb(&d, &cmd_store, args, false, &out, &e));
	cr_expect_eq(e.kind, ERR_FINDINGS);
	cr_expect(strstr(e.cause, "1 of 3 entries were damaged and have been removed"), "%s",
		  e.cause);
	e = (struct error){ 0 };
	cr_expect(run_verb(&d, &cmd_store, args, false, &out, &e), "%s", e.cause);
	depot_close(&d);
}

/* A name that was mistyped, and a folder of something else, do not become stores. */
Test(cli_store, where_no_store_is_none_is_made)
{
	static const char *const verify[] = { "store", "verify", NULL };
	static const char *const gc[] = { "gc", NULL };
	struct depot d;
	struct error e = { 0 };
	const char *out, *path;

	depot_open(&d);
	path = d.path;
	files_put(arena_printf(&d.a, "%s/other/file", path), "word");
	for (unsigned i = 0; i < 2; i++) {
		d.path = arena_printf(&d.a, "%s/%s", path, i ? "other" : "mistyped");
		cr_expect(!run_verb(&d, &cmd_store, verify, false, &out, &e));
		cr_expect_eq(e.kind, ERR_SYSTEM);
		cr_expect_str_eq(e.cause,
				 arena_printf(&d.a,
					      "there is no store at %s; say where it is with "
					      "--cache-dir or IMGBUILD_CACHE_DIR",
					      d.path));
		cr_expect(run_verb(&d, &cmd_gc, gc, false, &out, &e), "%s", e.cause);
		cr_expect_str_eq(out, "removed 0 entries, 0 bytes; kept 0 entries, 0 bytes\n");
		cr_expect_eq(access(arena_printf(&d.a, "%s/blobs", d.path), F_OK), -1);
	}
	d.path = path;
	depot_close(&d);
}

Test(cli_store, results_are_json_when_asked)
{
	static const struct {
		const struct command *verb;
		const char *args[ARGS_MAX];
		const char *key;
		uint64_t value;
	} cases[] = {
		{ &cmd_gc, { "gc", "--dry-run" }, "removed", 1 },
		{ &cmd_gc, { "gc", "--dry-run" }, "kept-bytes", 2 << 20 },
		{ &cmd_store, { "store", "verify" }, "checked", 3 },
		{ &cmd_store, { "store", "verify" }, "damaged", 0 },
	};
	struct digest blobs[3];
	struct depot d;

	open_aged_depot(&d, blobs);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };
		struct json_node root, member;
		const char *out;
		uint64_t value = 99;

		cr_expect(run_verb(&d, cases[i].verb, cases[i].args, true, &out, &e), "%s",
			  e.cause);
		cr_assert(json_parse("out", str_of(out), &doc, &e), "%s: %s", out, e.cause);
		root = json_root(&doc);
		cr_expect(json_need(&root, cases[i].key, &member, &e) &&
			  json_as_u64(&member, &value, &e));
		cr_expect_eq(value, cases[i].value, "%s", cases[i].key);
	}
	depot_close(&d);
}

Test(cli_store, store_wants_to_know_what_to_do)
{
	static const char *const cases[][ARGS_MAX] = {
		{ "store" },
		{ "store", "verfy" },
		{ "store", "verify", "now" },
	};
	struct depot d;

	depot_open(&d);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };
		const char *out;

		cr_expect(!run_verb(&d, &cmd_store, cases[i], false, &out, &e));
		cr_expect_eq(e.kind, ERR_USAGE, "case %zu: %s", i, e.cause);
	}
	depot_close(&d);
}
