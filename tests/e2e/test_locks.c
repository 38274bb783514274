/* SPDX-License-Identifier: Apache-2.0 */
/* What a build stands on, over several states of a small archive: what moves when, in which locks,
 * and what is said. The archive has app (needs libapp1 and libcap), and tools that nothing needs at
 * first. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "e2e/fixture_locks_world.h"
#include "support/fixture_files.h"
#include "support/fixture_nth.h"
#include "support/fixture_snapshot.h"
#include "support/fixture_verb.h"

/* "1 1 2 2 -": of the five locks. */
static const char *versions_of(struct locks_world *w, const char *package)
{
	struct buf text = { .a = &w->a };

	for (size_t i = 0; i < 5; i++)
		buf_printf(&text, "%s%s", i ? " " : "",
			   locks_world_version(w, w->locks[i], package));
	return buf_cstr(&text);
}

static const struct locks_world_state first = { "1", "1", "1", NULL, NULL },
				      second = { "2", "2", "2", NULL, NULL };

static void lock_all(struct locks_world *w)
{
	struct oracle_run r;

	locks_world_publish(w, &first, 9);
	r = MINIREPO_RUN(&w->m, "--progress=plain", "lock", "--platform", "linux/amd64,linux/arm64",
			 w->one);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_not(locks_world_says(r.err, "libcap (app depends on"), "the base has it: %s",
		      r.err.p);
	r = MINIREPO_RUN(&w->m, "lock", w->two);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_assert_str_eq(versions_of(w, "libcap"), "1 1 1 1 1");
}

/* cases/locks: a base and what stands on it move together, for every platform that images.json
 * lists. */
Test(locks, update_moves_recipe_and_bases_for_every_listed_platform, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;

	locks_world_open(&w);
	lock_all(&w);
	locks_world_publish(&w, &second, 5);
	r = MINIREPO_RUN(&w.m, "lock", "--check", w.one);
	cr_expect_eq(r.status, 1, "%d %s", r.status, r.err.p);
	r = MINIREPO_RUN(&w.m, "update", w.one);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "libcap"), "2 2 2 2 1",
			 "the other recipe's lock is its own");
	cr_expect(locks_world_says(r.err, "two.json stands on ") &&
			  locks_world_says(r.err, "which has moved: run imgbuild lock ") &&
			  locks_world_says(r.err, "two.json"),
		  "%s", r.err.p);
	cr_expect_not(locks_world_says(r.err, "one.json stands"), "%s", r.err.p);
	cr_expect_eq(MINIREPO_RUN(&w.m, "lock", "--check", w.one).status, 0);
	/* the sibling agrees with its base again, and keeps what the base does not have */
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", w.two).status, 0);
	cr_expect_str_eq(versions_of(&w, "libcap"), "2 2 2 2 2");
	cr_expect_str_eq(versions_of(&w, "libapp1"), "- - 2 2 1");
	locks_world_close(&w);
}

Test(locks, update_of_a_package_moves_it_wherever_it_is_locked_and_its_source_with_it,
     .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;

	locks_world_open(&w);
	lock_all(&w);
	locks_world_publish(&w, &second, 5);
	r = MINIREPO_RUN(&w.m, "update", w.one, "libcap");
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "libcap"), "2 2 2 2 1");
	cr_expect_str_eq(versions_of(&w, "app"), "- - 1 1 1");
	r = MINIREPO_RUN(&w.m, "update", w.one, "app");
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "app"), "- - 2 2 1");
	cr_expect_str_eq(versions_of(&w, "libapp1"), "- - 2 2 1", "of one source with app");
	cr_expect_str_eq(versions_of(&w, "libcap"), "2 2 2 2 1");
	r = MINIREPO_RUN(&w.m, "update", w.one, "libcup");
	cr_expect_eq(r.status, 2);
	cr_expect(locks_world_says(
			  r.err,
			  "and its bases has a package \"libcup\"; did you mean \"libcap\"?"),
		  "%s", r.err.p);
	locks_world_close(&w);
}

#define BASE_LIBAPP                                                                           \
	"{ \"name\": \"base\", \"archive\": \"mini\", \"components\": [ { \"name\": \"lib\"," \
	" \"providers\": [ { \"packages\": [\"libapp1\"] } ] } ] }"

/* The base has one package of a source, the recipe another: no relation between them says that they
 * belong together. */
Test(locks, packages_of_one_source_move_together_through_a_base, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;

	locks_world_open(&w);
	files_put(w.base, BASE_LIBAPP);
	locks_world_publish(&w, &first, 9);
	r = MINIREPO_RUN(&w.m, "lock", w.base);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	locks_world_publish(&w, &second, 5);
	r = MINIREPO_RUN(&w.m, "lock", w.one);
	cr_expect_eq(r.status, 3, "%d %s", r.status, r.err.p);
	cr_expect(locks_world_says(r.err,
				   "libapp1 (needed by app) has to be 2 beside what else is taken, "
				   "and ") &&
			  locks_world_says(r.err,
					   "base.lock.json pins libapp1 1: run imgbuild update ") &&
			  locks_world_says(r.err, "one.json libapp1"),
		  "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "libapp1"), "1 - - - -", "nothing is written");
	locks_world_publish(&w, &first, 4);
	files_remove(w.m.store);
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", "--allow-older", w.one).status, 0);
	cr_assert_str_eq(versions_of(&w, "app"), "- - 1 - -");
	locks_world_publish(&w, &second, 3);
	r = MINIREPO_RUN(&w.m, "update", "--platform", "linux/amd64", w.one, "app");
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "app"), "- - 2 - -");
	cr_expect_str_eq(versions_of(&w, "libapp1"), "2 - 2 - -", "the base's, too");
	cr_expect_str_eq(versions_of(&w, "libcap"), "- - 1 - -");
	/* and what stands on the moved base follows, though its own pin would satisfy */
	locks_world_publish(&w, &first, 2);
	cr_assert_eq(MINIREPO_RUN(&w.m, "update", "--platform", "linux/amd64", "--allow-older",
				  w.two)
			     .status,
		     0);
	cr_assert_str_eq(versions_of(&w, "app"), "- - 2 - 1");
	locks_world_publish(&w, &second, 1);
	cr_assert_eq(MINIREPO_RUN(&w.m, "update", "--platform", "linux/amd64", w.one).status, 0);
	r = MINIREPO_RUN(&w.m, "lock", "--platform", "linux/amd64", w.two);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "libapp1"), "2 - 2 - 2");
	cr_expect_str_eq(versions_of(&w, "app"), "- - 2 - 2");
	cr_expect_str_eq(versions_of(&w, "libcap"), "- - 2 - 1", "of another source");
	locks_world_close(&w);
}

Test(locks, lock_keeps_what_still_satisfies_and_says_what_it_changed, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;
	const char *before;

	locks_world_open(&w);
	lock_all(&w);
	locks_world_publish(&w, &second, 5);
	before = files_get(&w.a, w.locks[2]);
	r = MINIREPO_RUN(&w.m, "lock", w.one);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(files_get(&w.a, w.locks[2]), before, "nothing was asked for anew");
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", "\"libmore\""));
	r = MINIREPO_RUN(&w.m, "lock", w.one);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect(locks_world_says(r.out, "package     libmore  -    1"), "%s", r.out.p);
	cr_expect_not(locks_world_says(r.out, "libapp1"), "%s", r.out.p);
	cr_expect_str_eq(versions_of(&w, "libapp1"), "- - 1 1 1",
			 "kept, though the archive has it no more");
	cr_expect_str_eq(versions_of(&w, "libmore"), "- - 1 1 -",
			 "both locks answer the recipe again");
	/* both states are there: what was kept is proved against its own */
	cr_expect_eq(MINIREPO_RUN(&w.m, "lock", "--verify", w.one).status, 0);
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", ""));
	r = MINIREPO_RUN(&w.m, "lock", w.one);
	cr_expect(locks_world_says(r.out, "package     libmore  1    -"), "%s", r.out.p);
	cr_expect_str_eq(versions_of(&w, "app"), "- - 1 1 1");
	locks_world_close(&w);
}

/* The new version of what is asked for needs a newer one of what is kept: that moves, and its
 * source with it. */
Test(locks, what_stands_in_the_way_is_not_kept, .timeout = 600)
{
	static const struct locks_world_state needy = { "2", "2", "2", "libcap (>= 2)", NULL };
	struct locks_world w;
	struct oracle_run r;
	const char *alone, *lock;

	locks_world_open(&w);
	locks_world_publish(&w, &first, 9);
	alone = locks_world_file(&w, "mini.json");
	lock = locks_world_file(&w, "mini.lock.json");
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", alone).status, 0);
	locks_world_publish(&w, &needy, 5);
	r = MINIREPO_RUN(&w.m, "update", alone, "libapp1");
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(locks_world_version(&w, lock, "app"), "2", "of one source");
	cr_expect_str_eq(locks_world_version(&w, lock, "libcap"), "2", "needed so new");
	/* on a base that keeps libcap the two contradict each other */
	locks_world_publish(&w, &first, 4);
	files_remove(w.m.store);
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", "--allow-older", w.base).status, 0);
	locks_world_publish(&w, &needy, 3);
	r = MINIREPO_RUN(&w.m, "lock", w.one);
	cr_expect_eq(r.status, 3, "%d %s", r.status, r.err.p);
	cr_expect(locks_world_says(r.err, "libapp1 2 (needed by app) needs libcap (>= 2), and "),
		  "%s", r.err.p);
	cr_expect(locks_world_says(r.err, "base.lock.json pins libcap 1: run imgbuild update "),
		  "%s", r.err.p);
	cr_expect(access(w.locks[2], F_OK) < 0, "nothing is written");
	locks_world_close(&w);
}

Test(locks, fetch_of_a_recipe_is_all_that_a_frozen_build_needs, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;

	locks_world_open(&w);
	lock_all(&w);
	files_remove(w.m.store);
	r = MINIREPO_RUN(&w.m, "fetch", w.one);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	r = MINIREPO_RUN(&w.m, "--frozen", w.one, "-o", w.m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	locks_world_close(&w);
}

/* A base's package that no server has any more is replaced in all locks that have it, or in none.
 */
Test(locks, a_package_of_a_base_that_has_gone_moves_in_all_locks_of_the_build, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;

	locks_world_open(&w);
	lock_all(&w);
	files_remove(w.m.store);
	locks_world_publish(&w, &second, 5);
	r = MINIREPO_RUN(&w.m, "--locked", w.one, "-o", w.m.out);
	cr_expect_eq(r.status, 4, "%d %s", r.status, r.err.p);
	cr_expect_str_eq(versions_of(&w, "libcap"), "1 1 1 1 1");
	r = MINIREPO_RUN(&w.m, w.one, "-o", w.m.out);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect(locks_world_says(r.err, "libcap 1 (amd64) any more") &&
			  locks_world_says(r.err, "package libcap was 1, is now 2"),
		  "%s", r.err.p);
	cr_expect_str_eq(versions_of(&w, "libcap"), "2 1 2 1 1", "arm64 was not built");
	locks_world_close(&w);
}

#define CLASH                                                                             \
	"{ \"name\": \"one\", \"base\": \"base\", \"components\": [ { \"name\": \"app\"," \
	" \"providers\": [ { \"packages\": [\"app\"] } ] } ], \"libraries\": [%s],\n"     \
	"  \"links\": [ { \"path\": \"/usr/share/app\", \"to\": \"x\" } ],\n"             \
	"  \"config\": { \"user\": \"1000:0\" }, \"audit\": { \"policy\": \"report-only\" } }"

/* A lock that a failed build made is not held against the recipe's next version; one that somebody
 * touched, or that an image came of, is. */
Test(locks, a_lock_of_a_failed_build_is_made_again, .timeout = 600)
{
	struct locks_world w;
	struct oracle_run r;

	locks_world_open(&w);
	locks_world_publish(&w, &first, 9);
	files_put(w.one, arena_printf(&w.a, CLASH, ""));
	r = MINIREPO_RUN(&w.m, w.one, "-o", w.m.out);
	cr_expect_eq(r.status, 3, "a link in the place of a package's file: %d %s", r.status,
		     r.err.p);
	cr_expect(access(w.locks[2], F_OK) == 0, "the lock was made");
	files_put(w.one, arena_printf(&w.a, CLASH, "\"libmore\""));
	r = MINIREPO_RUN(&w.m, "--progress=plain", w.one, "-o", w.m.out);
	cr_expect_eq(r.status, 3);
	cr_expect(locks_world_says(r.err, "one.lock.json was made by a build that failed, and ") &&
			  locks_world_says(r.err, "one.json has changed since: locking again"),
		  "%s", r.err.p);
	cr_expect_str_eq(locks_world_version(&w, w.locks[2], "libmore"), "1");
	files_put(w.locks[2], arena_printf(&w.a, "%s\n", files_get(&w.a, w.locks[2])));
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", ""));
	r = MINIREPO_RUN(&w.m, w.one, "-o", w.m.out);
	cr_expect(r.status == 3 && locks_world_says(r.err, "run imgbuild lock "), "touched: %d %s",
		  r.status, r.err.p);
	unlink(w.locks[2]);
	r = MINIREPO_RUN(&w.m, w.one, "-o", w.m.out);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", "\"libmore\""));
	r = MINIREPO_RUN(&w.m, w.one, "-o", w.m.out);
	cr_expect(r.status == 3 && locks_world_says(r.err, "run imgbuild lock "),
		  "an image came of it: %d %s", r.status, r.err.p);
	unlink(w.locks[2]);
	files_put(w.one, arena_printf(&w.a, CLASH, ""));
	cr_assert_eq(MINIREPO_RUN(&w.m, w.one, "-o", w.m.out).status, 3);
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", ""));
	r = MINIREPO_RUN(&w.m, "--locked", w.one, "-o", w.m.out);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", "\"libmore\""));
	r = MINIREPO_RUN(&w.m, w.one, "-o", w.m.out);
	cr_expect(r.status == 3 && locks_world_says(r.err, "run imgbuild lock "),
		  "so it did with --locked: %d %s", r.status, r.err.p);
	locks_world_close(&w);
}

/* In the child, without a process of its own: every call of it counts. */
static int update_one(void *user)
{
	struct locks_world *w = user;

	/* the path a shell's completion gives */
	if (chdir(arena_printf(&w->a, "%s/repository", w->m.dir)) < 0)
		return 1;
	return VERB(&w->a, cmd_update, "update", "./one.json").ok ? 0 : 1;
}

/* Promise 3: all lock files or none, whenever the process dies. */
Test(locks, an_update_that_is_killed_is_done_or_was_never_begun, .timeout = 600)
{
	static const char *const calls[] = { "rename", "renameat", "renameat2",
					     "unlink", "unlinkat", NULL };
	static const struct locks_world_state tool = { "1", "1", "1", NULL, "1" },
					      both = { "2", "2", "2", NULL, "2" };
	struct nth_result result = { .hit = true };
	unsigned old = 0, new = 0;
	struct locks_world w;
	const char *texts[4], *tools, *tools_text;

	locks_world_open(&w);
	lock_all(&w);
	locks_world_publish(&w, &tool, 8);
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", w.one).status, 0);
	locks_world_publish(&w, &both, 5);
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", "--check", w.one).status, 1,
		     "the store has the indexes now");
	for (size_t i = 0; i < 4; i++)
		texts[i] = files_get(&w.a, w.locks[i]);
	tools = locks_world_file(&w, "locks/tools.lock.json");
	tools_text = files_get(&w.a, tools);
	for (unsigned n = 1; result.hit; n++) {
		struct nth_fault fault = { calls, n, 0 };
		struct oracle_run r;
		bool moved;

		for (size_t i = 0; i < 4; i++)
			files_put(w.locks[i], texts[i]);
		files_put(tools, tools_text);
		if (!nth_run(&fault, update_one, &w, &result))
			cr_skip_test("no user notification here");
		cr_assert(result.hit || result.status == 0, "an update that nobody kills fails");
		r = MINIREPO_RUN(&w.m, "lock", "--offline", w.one);
		cr_assert_eq(r.status, 0, "%u: %s", n, r.err.p);
		if (strcmp(versions_of(&w, "libcap"), "1 1 1 1 1") == 0)
			old++;
		else if (strcmp(versions_of(&w, "libcap"), "2 2 2 2 1") == 0)
			new ++;
		else
			cr_assert(false, "killed at %u (%s): %s", n, result.call,
				  versions_of(&w, "libcap"));
		moved = strcmp(files_get(&w.a, tools), tools_text) != 0;
		cr_assert_eq(moved, strcmp(versions_of(&w, "libcap"), "1 1 1 1 1") != 0, "%u", n);
		cr_assert(access(locks_world_file(&w, ".imgbuild-locks.json"), F_OK) < 0);
	}
	cr_expect(old > 0 && new > 1, "%u before, %u after", old, new);
	locks_world_close(&w);
}

/* What says how an interrupted update ends may have come with a repository. */
Test(locks, an_update_to_be_ended_writes_locks_of_the_repository_alone, .timeout = 600)
{
	static const char *const paths[] = { "../evil.lock.json", "/tmp/evil.lock.json",
					     "images.json", "a/../../evil.lock.json", "" };
	struct locks_world w;

	locks_world_open(&w);
	locks_world_publish(&w, &first, 9);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct oracle_run r;

		files_put(locks_world_file(&w, ".imgbuild-locks.json"),
			  arena_printf(&w.a,
				       "{ \"locks\": [ { \"path\": \"%s\", \"text\": \"x\" } ] }",
				       paths[i]));
		r = MINIREPO_RUN(&w.m, "lock", w.base);
		cr_expect(r.status == 3 &&
				  locks_world_says(
					  r.err, "is not the path of a lock below the repository"),
			  "%s: %d %s", paths[i], r.status, r.err.p);
		r = MINIREPO_RUN(&w.m, "--locked", w.base, "-o", w.m.out);
		cr_expect(r.status == 3 &&
				  locks_world_says(r.err, "an update of locks was interrupted"),
			  "%s", r.err.p);
	}
	locks_world_close(&w);
}

/* The first build notes what candidates have; from then on those that nobody asks for are not
 * fetched. */
Test(locks, candidates_that_nobody_needs_are_fetched_once, .timeout = 600)
{
	static const char *const path = "/debian/pool/main/libmore_1_amd64.deb";
	struct locks_world w;
	struct oracle_run r;
	const char *image, *lock;

	oracle_need("skopeo");
	locks_world_open(&w);
	locks_world_publish(&w, &first, 9);
	lock = w.locks[2];
	files_put(w.one, arena_printf(&w.a, LOCKS_WORLD_RECIPE, "one", "\"libmore\""));
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", w.one).status, 0);
	r = MINIREPO_RUN(&w.m, "--locked", w.one, "-o", w.m.out);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_eq(faultd_hits(&w.m.archive.server, path), 1);
	cr_expect_null(strstr(files_get(&w.a, lock), "\"libraries\""), "--locked writes nothing");
	image = minirepo_digest(&w.a, w.m.out);
	files_remove(w.m.out);
	cr_assert_eq(MINIREPO_RUN(&w.m, w.one, "-o", w.m.out).status, 0);
	cr_expect(strstr(files_get(&w.a, lock), "\"libraries\": []"));
	cr_expect_str_eq(minirepo_digest(&w.a, w.m.out), image,
			 "the note is not a part of the image");
	cr_expect_eq(MINIREPO_RUN(&w.m, "lock", w.one).status, 0);
	cr_expect(strstr(files_get(&w.a, lock), "\"libraries\": []"), "lock keeps it");
	cr_expect_eq(MINIREPO_RUN(&w.m, "update", w.one).status, 0);
	cr_expect(strstr(files_get(&w.a, lock), "\"libraries\": []"),
		  "so does update: the bytes are the same");
	files_remove(w.m.store);
	files_remove(w.m.out);
	minirepo_serve(&w.m);
	r = MINIREPO_RUN(&w.m, "--locked", w.one, "-o", w.m.out);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_eq(faultd_hits(&w.m.archive.server, path), 0);
	cr_expect_str_eq(minirepo_digest(&w.a, w.m.out), image);
	locks_world_close(&w);
}

/* Everything below dists/ that the archive serves now. */
static void take_state(struct snapshot *s, const struct minirepo *m)
{
	for (size_t i = 0; i < m->archive.script.n; i++) {
		const char *path = m->archive.script.v[i].path;

		if (strncmp(path, "/debian/dists/", 14) == 0)
			snapshot_take(s, &m->archive, path + strlen("/debian/"));
	}
}

/* A clone on another machine, when the archive has moved on: the state of a lock is in
 * snapshot.debian.org. */
Test(locks, verify_fetches_the_state_of_a_lock_or_says_what_cannot_be_had, .timeout = 600)
{
	struct snapshot snapshot;
	struct locks_world w;
	struct oracle_run r;
	const char *alone;

	oracle_need("openssl");
	locks_world_open(&w);
	alone = locks_world_file(&w, "mini.json");
	locks_world_publish(&w, &first, 40);
	cr_assert_eq(MINIREPO_RUN(&w.m, "lock", alone).status, 0);
	files_remove(w.m.store);
	r = MINIREPO_RUN(&w.m, "lock", "--verify", alone);
	cr_expect(r.status == 0 && locks_world_says(r.out, "3 packages"),
		  "the mirror has it still: %d %s", r.status, r.err.p);
	files_remove(w.m.store);
	r = MINIREPO_RUN(&w.m, "lock", "--verify", "--offline", alone);
	cr_expect(r.status == 4 &&
			  locks_world_says(r.err, "3 packages and sources cannot be proved: ") &&
			  locks_world_says(r.err, "--offline forbids fetching"),
		  "%d %s", r.status, r.err.p);
	snapshot_open(&snapshot, &w.a, locks_world_file(&w, "mini.lock.json"));
	take_state(&snapshot, &w.m);
	locks_world_publish(&w, &second, 5);
	r = MINIREPO_RUN(&w.m, "lock", "--verify", alone);
	cr_expect(r.status == 0 && locks_world_says(r.out, "3 packages"), "%d %s", r.status,
		  r.err.p);
	snapshot_close(&snapshot);
	files_remove(w.m.store);
	setenv("https_proxy", "http://127.0.0.1:9", 1);
	r = MINIREPO_RUN(&w.m, "lock", "--verify", alone);
	cr_expect(r.status == 4 && locks_world_says(r.err, "InRelease of trixie of ") &&
			  locks_world_says(r.err, "on no mirror, and not at "),
		  "%d %s", r.status, r.err.p);
	cr_expect_not(locks_world_says(r.err, "imgbuild lock ") ||
			      locks_world_says(r.err, "imgbuild update"),
		      "no advice to change the lock: %s", r.err.p);
	locks_world_close(&w);
}
