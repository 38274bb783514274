/* SPDX-License-Identifier: Apache-2.0 */
/* Locks of bases that come with imgbuild: where they are, what they begin as, and whose files they
 * were made from. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/relock/relock.h"
#include "input/relock/tools_make.h"
#include "input/lock/tools_lock.h"
#include "support/fixture_files.h"
#include "support/fixture_scene.h"

#define KEY "B8B80B5B623EAB6AD8775C45B7C5D7D6350947F8"
#define SECURITY_KEY "5E04A1E3223A19A20706E20F9904613D4CCE68C6"
#define BASE \
	"{ \"name\": \"plain\", \"archive\": \"deb\", \"files\": [ { \"from\": \"../rootfs\", \"to\": \"/\" } ]"

/* A repository with a recipe that stands on a base of imgbuild's; notes are kept. */
struct settlement {
	struct arena a;
	struct scene s;
	const char *user, *data;
	struct progress progress;
};

static char told[2048];

static void keep_note(struct progress *p, const char *text)
{
	(void)p;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n", text);
}

static void builtin_locks_put(struct settlement *t, const char *name, const char *text)
{
	files_put(arena_printf(&t->a, "%s/%s", t->s.dir, name), text);
}

static const char *text_of_lock(struct settlement *t, const struct recipe *r)
{
	static const char *keys[] = { KEY };
	static const struct locked_state trixie = {
		.archive = "debian",
		.codename = "trixie",
		.date = "Sat, 12 Sep 2026 07:55:41 UTC",
		.signers = { keys, 1, 1 },
	};
	struct lock lock = { .architecture = platform_of_compilers()->machine->debian };
	struct buf text = { .a = &t->a };

	lock.answers = recipe_request_digest(r, platform_of_compilers(), LOCK_FORMAT);
	lock_add_state(&t->a, &lock, &trixie);
	lock_format(&lock, &text);
	return buf_cstr(&text);
}

static struct recipe load_user(struct settlement *t)
{
	struct recipe r;
	struct error e = { 0 };

	cr_assert(recipe_load(&t->a, arena_printf(&t->a, "%s/r.json", t->user), &r, &e), "%s%s",
		  e.context, e.cause);
	return r;
}

static void settlement_open(struct settlement *t)
{
	struct recipe r;

	*t = (struct settlement){ .progress = { .note = keep_note, .warn = keep_note } };
	scene_begin(&t->s, &t->a);
	t->user = arena_printf(&t->a, "%s/user", t->s.dir);
	t->data = arena_printf(&t->a, "%s/data", t->s.dir);
	builtin_locks_put(t, "data/images.json",
			  "{ \"archives\": { \"deb\": { \"suites\": [ { \"codename\": \"trixie\" "
			  "}, { \"codename\": \"trixie-security\" } ],\n"
			  "    \"signers\": [\"" KEY "\", \"" SECURITY_KEY "\"] } },\n"
			  "  \"bases\": { \"plain\": { \"recipe\": \"recipes/plain.json\" } } }");
	builtin_locks_put(t, "data/docs/recipe.schema.json", "{}");
	builtin_locks_put(t, "data/recipes/plain.json", BASE " }");
	builtin_locks_put(t, "data/rootfs/etc/motd", "hello\n");
	builtin_locks_put(t, "user/r.json", "{ \"name\": \"r\", \"base\": \"plain\" }");
	setenv("IMGBUILD_DATA", t->data, 1);
	r = load_user(t);
	builtin_locks_put(t, "data/recipes/plain.lock.json", text_of_lock(t, r.base));
	builtin_locks_put(t, "user/r.lock.json", text_of_lock(t, &r));
}

static void settlement_close(struct settlement *t)
{
	scene_end(&t->s);
	arena_free(&t->a);
}

static bool builtin_load_locks(struct settlement *t, bool locked, struct error *e)
{
	static const struct strings nothing;
	const struct relock_order o = { .store = &t->s.store,
					.update = &nothing,
					.locked = locked,
					.offline = true,
					.progress = &t->progress };
	struct recipe r = load_user(t);
	struct relocks l = { 0 };

	told[0] = '\0';
	return relock_load(&t->a, &o, &r, platform_of_compilers(), &l, e);
}

static const char *base_lock(struct settlement *t)
{
	return files_get(&t->a, arena_printf(&t->a, "%s/locks/plain.lock.json", t->user));
}

Test(builtin_locks, the_first_one_is_the_installed_one_and_names_what_was_read)
{
	struct settlement t;
	struct error e = { 0 };
	struct lock lock;

	settlement_open(&t);
	cr_assert_not(builtin_load_locks(&t, true, &e), "--locked makes nothing");
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(
		e.cause,
		arena_printf(&t.a,
			     "there is no %s/locks/plain.lock.json: run imgbuild lock %s/r.json",
			     t.user, t.user));
	err_clear(&e);
	cr_assert(builtin_load_locks(&t, false, &e), "%s%s", e.context, e.cause);
	cr_expect_str_eq(
		told,
		arena_printf(
			&t.a,
			"%s/locks/plain.lock.json is not there yet: it begins as the lock that came with "
			"imgbuild\n",
			t.user));
	cr_assert(lock_load(&t.a, arena_printf(&t.a, "%s/locks/plain.lock.json", t.user), &lock,
			    &e),
		  "%s", e.cause);
	cr_assert_eq(lock.builtin.n, 2u);
	cr_expect_str_eq(lock.builtin.v[0].name, "recipes/plain.json");
	cr_expect_str_eq(lock.builtin.v[1].name, "rootfs/etc/motd");
	cr_expect_str_eq(lock.states.v[0]->date, "Sat, 12 Sep 2026 07:55:41 UTC",
			 "what is pinned is the installed lock's");
	cr_expect(builtin_load_locks(&t, true, &e), "%s%s", e.context, e.cause);
	settlement_close(&t);
}

Test(builtin_locks, with_another_imgbuild_locked_refuses_and_a_line_says_so_else)
{
	struct settlement t;
	struct error e = { 0 };
	const char *before;

	settlement_open(&t);
	cr_assert(builtin_load_locks(&t, false, &e), "%s", e.cause);
	before = base_lock(&t);
	builtin_locks_put(&t, "data/rootfs/etc/motd", "good day\n");
	cr_assert_not(builtin_load_locks(&t, true, &e));
	cr_expect_eq(err_status(e.kind), 3);
	cr_expect_str_eq(
		e.cause,
		arena_printf(
			&t.a,
			"%s/locks/plain.lock.json was made with another imgbuild, and (built-in) "
			"rootfs/etc/motd is not as it was: build with that one, or run imgbuild "
			"lock %s/r.json",
			t.user, t.user));
	err_clear(&e);
	cr_expect(builtin_load_locks(&t, false, &e), "%s", e.cause);
	cr_expect_str_eq(
		told,
		arena_printf(
			&t.a,
			"%s/locks/plain.lock.json was made with another imgbuild, and (built-in) "
			"rootfs/etc/motd is not as it was: this one's is taken; imgbuild lock %s/r.json "
			"takes note of it\n",
			t.user, t.user));
	cr_expect_str_eq(base_lock(&t), before, "a build leaves the lock as it was");
	settlement_close(&t);
}

/* The other imgbuild's base asks for something else: the user changed nothing, and is not asked to.
 */
Test(builtin_locks, a_base_that_asks_for_other_packages_is_locked_again)
{
	struct settlement t;
	struct error e = { 0 };

	settlement_open(&t);
	cr_assert(builtin_load_locks(&t, false, &e), "%s", e.cause);
	builtin_locks_put(&t, "data/recipes/plain.json", BASE ", \"libraries\": [\"libx1\"] }");
	cr_assert_not(builtin_load_locks(&t, true, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	err_clear(&e);
	cr_assert_not(builtin_load_locks(&t, false, &e), "there is no archive here");
	cr_expect_eq(e.kind, ERR_NETWORK, "%s%s", e.context, e.cause);
	cr_expect(strstr(e.context, "lock (built-in) recipes/plain.json"), "%s", e.context);
	settlement_close(&t);
}

Test(builtin_locks, lock_takes_note_of_the_files_that_are_there_now)
{
	static const struct strings nothing;
	struct settlement t;
	struct error e = { 0 };
	struct relocks l = { 0 };
	struct recipe r;

	settlement_open(&t);
	cr_assert(builtin_load_locks(&t, false, &e), "%s", e.cause);
	builtin_locks_put(&t, "data/rootfs/etc/motd", "good day\n");
	r = load_user(&t);
	cr_assert(relock_chain(&t.a,
			       &(struct relock_order){ .store = &t.s.store,
						       .update = &nothing,
						       .offline = true,
						       .progress = &t.progress },
			       &r, platform_of_compilers(), &l, &e) &&
			  relock_write(&t.a, &l, &e),
		  "%s", e.cause);
	cr_expect(relocked_changed(&l.v[0]) && !relocked_changed(&l.v[1]));
	cr_expect(builtin_load_locks(&t, true, &e), "%s%s", e.context, e.cause);
	settlement_close(&t);
}

Test(builtin_locks, what_compresses_is_pinned_as_imgbuild_has_it)
{
	struct settlement t;
	struct lock_order o = { .offline = true };
	struct error e = { 0 };
	struct lock tools;
	struct recipe r;

	settlement_open(&t);
	builtin_locks_put(&t, "data/locks/tools.lock.json",
			  files_get(&t.a, "locks/tools.lock.json"));
	r = load_user(&t);
	o.recipe = &r;
	o.store = &t.s.store;
	o.progress = &t.progress;
	o.platform = platform_of_compilers();
	cr_assert(tools_first(&t.a, &o, &tools, &e), "%s", e.cause);
	cr_expect_not_null(tools_find(&tools, TOOLS_GZIP, platform_of_compilers()));
	/* an archive with other keys does not have these packages */
	builtin_locks_put(&t, "user/images.json",
			  "{ \"archives\": { \"deb\": { \"suites\": [ { "
			  "\"codename\": \"trixie\" } ], \"signers\": "
			  "[\"0123456789ABCDEF0123456789ABCDEF01234567\"] } } }");
	r = load_user(&t);
	cr_expect_not(tools_first(&t.a, &o, &tools, &e), "it was to be had from the archive");
	settlement_close(&t);
}

/* A recipe that reads others of these files was changed by its author: no imgbuild is blamed. */
Test(builtin_locks, a_recipe_that_reads_other_files_is_another_recipe)
{
	struct settlement t;
	struct recipe r;

	settlement_open(&t);
	builtin_locks_put(&t, "user/r.json", "{ \"name\": \"r\", \"extends\": \"plain\" }");
	r = load_user(&t);
	cr_assert_neq(r.builtin.n, 0u);
	builtin_locks_put(&t, "user/r.lock.json", text_of_lock(&t, &r));
	builtin_locks_put(&t, "user/r.json",
			  "{ \"name\": \"r\", \"archive\": \"deb\", \"libraries\": [\"libx1\"] }");
	for (int locked = 0; locked < 2; locked++) {
		struct error e = { 0 };

		cr_assert_not(builtin_load_locks(&t, locked, &e));
		cr_expect_str_eq(e.cause,
				 arena_printf(&t.a,
					      "%s/r.lock.json was made for an older %s/r.json: run "
					      "imgbuild lock %s/r.json",
					      t.user, t.user, t.user));
		cr_expect_str_eq(told, "");
	}
	settlement_close(&t);
}
