/* SPDX-License-Identifier: Apache-2.0 */
/* What a base that comes with imgbuild begins as, in an archive that has gone on since. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/relock/relock.h"
#include "input/relock/relock_start.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_relock.h"

#define BASE "\"libplain\", \"plain-bin\", \"other\""
#define PACKAGES(version)                                                             \
	"libplain " version "; Source: plain\n"                                       \
	"plain-bin " version "; Source: plain\nother " version "\nplain-dev " version \
	"; Depends: libplain (= " version ")\n"

/* A user's recipe on a base that comes with imgbuild, with a lock of version 1 of all. */
struct fresh_start {
	struct relock_scene s;
	struct strings mirrors;
	struct progress progress;
	struct relocks locks;
};

static char told[2048];

static void start_told(struct progress *p, const char *text)
{
	(void)p;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n", text);
}

static void start_step(struct progress *p, const char *id, const char *text)
{
	(void)p, (void)id, (void)text;
}

static void start_step_end(struct progress *p, const char *id, const char *text, bool cached)
{
	(void)p, (void)id, (void)text, (void)cached;
}

static void start_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	(void)p, (void)id, (void)current, (void)total;
}

static const struct progress start_progress = { .begin = start_step,
						.end = start_step_end,
						.advance = start_advance,
						.note = start_told,
						.warn = start_told };

static const char *start_path(struct fresh_start *t, const char *name)
{
	return arena_printf(&t->s.a, "%s/%s", t->s.d.dir, name);
}

static void start_publish(struct fresh_start *t, int hours, const char *packages)
{
	t->s.g.script.n = 0; /* only this is served from now on */
	relock_publish(&t->s, hours, packages, NULL);
	archivegen_serve(&t->s.g);
	t->mirrors.n = 0;
	*list_push(&t->s.a, &t->mirrors) = archivegen_mirror(&t->s.g);
}

/* Locks as a build does; `packages`: of the user's recipe, in JSON. */
static bool start_load(struct fresh_start *t, const char *packages, struct error *e)
{
	static const struct strings nothing;
	const struct relock_order o = { .store = &t->s.d.store,
					.mirrors = &t->mirrors,
					.update = &nothing,
					.progress = &t->progress };
	struct recipe *r = arena_alloc(&t->s.a, sizeof(*r));

	told[0] = '\0';
	t->locks = (struct relocks){ 0 };
	files_put(start_path(t, "user/r.json"),
		  arena_printf(
			  &t->s.a,
			  "{ \"name\": \"r\", \"base\": \"plain\", \"components\": [ { \"name\": "
			  "\"own\",\n  \"providers\": [ { \"packages\": [%s] } ] } ] }",
			  packages));
	cr_assert(recipe_load(&t->s.a, start_path(t, "user/r.json"), r, e), "%s%s", e->context,
		  e->cause);
	return relock_load(&t->s.a, &o, r, platform_of_compilers(), &t->locks, e);
}

static void start_open(struct fresh_start *t)
{
	struct error e = { 0 };

	*t = (struct fresh_start){ .progress = start_progress };
	relock_open(&t->s);
	files_put(
		start_path(t, "data/images.json"),
		arena_printf(
			&t->s.a,
			"{ \"archives\": { \"deb\": { \"suites\": [ { \"codename\": \"trixie\" } ],\n"
			"    \"signers\": [\"%s\"], \"keyrings\": [\"%s\"] } },\n"
			"  \"bases\": { \"plain\": { \"recipe\": \"recipes/plain.json\" } } }",
			t->s.g.signers.v[0], t->s.g.keyrings.v[0]));
	files_put(start_path(t, "data/docs/recipe.schema.json"), "{}");
	files_put(
		start_path(t, "data/recipes/plain.json"),
		"{ \"name\": \"plain\", \"archive\": \"deb\", \"components\": [ { \"name\": \"all\",\n"
		"  \"providers\": [ { \"packages\": [" BASE "] } ] } ] }");
	setenv("IMGBUILD_DATA", start_path(t, "data"), 1);
	start_publish(t, 30, PACKAGES("1"));
	cr_assert(start_load(t, "\"plain-dev\"", &e), "%s%s", e.context, e.cause);
	ORACLE(&t->s.a, "mv", start_path(t, "user/locks/plain.lock.json"),
	       start_path(t, "data/recipes"));
	cr_assert_eq(unlink(start_path(t, "user/r.lock.json")), 0);
}

static void start_close(struct fresh_start *t)
{
	unsetenv("IMGBUILD_DATA");
	relock_close(&t->s);
}

/* "libplain 1, other 1, plain-bin 1" */
static const char *start_versions(struct fresh_start *t, const char *lock)
{
	struct strings all = { 0 };
	struct error e = { 0 };
	struct lock l;

	cr_assert(lock_load(&t->s.a, start_path(t, lock), &l, &e), "%s", e.cause);
	list_each(p, &l.packages)
		*list_push(&t->s.a, &all) = arena_printf(&t->s.a, "%s %s", p->name, p->version);
	strings_sort(&all);
	return strings_join(&t->s.a, &all, ", ");
}

/* What stands in the way is newer, with what is made of the same source; the rest is as it came. */
Test(relock_start, what_is_in_the_way_of_a_new_recipe_is_newer)
{
	struct fresh_start t;
	struct error e = { 0 };
	const char *base;

	start_open(&t);
	base = start_path(&t, "user/locks/plain.lock.json");
	start_publish(&t, 3, PACKAGES("2"));
	cr_assert(start_load(&t, "\"plain-dev\"", &e), "%s%s", e.context, e.cause);
	cr_expect_str_eq(start_versions(&t, "user/locks/plain.lock.json"),
			 "libplain 2, other 1, plain-bin 2");
	cr_expect_str_eq(start_versions(&t, "user/r.lock.json"), "libplain 2, plain-dev 2");
	cr_expect_str_eq(told,
			 arena_printf(&t.s.a,
				      "%s is not there yet: it begins as the lock that came "
				      "with imgbuild\n%s is not there yet: locking\n"
				      "%s: the libplain of the lock that came with imgbuild is "
				      "too old for %s: it begins with a newer one\n",
				      base, start_path(&t, "user/r.lock.json"), base,
				      start_path(&t, "user/r.json")));
	start_close(&t);
}

Test(relock_start, a_lock_that_is_there_is_the_users)
{
	struct fresh_start t;
	struct error e = { 0 };
	const char *before;

	start_open(&t);
	start_publish(&t, 3, PACKAGES("2"));
	cr_assert(start_load(&t, "\"other\"", &e), "%s%s", e.context, e.cause);
	before = start_versions(&t, "user/locks/plain.lock.json");
	cr_expect_str_eq(before, "libplain 1, other 1, plain-bin 1");
	cr_expect_not(start_load(&t, "\"plain-dev\"", &e));
	cr_expect(strstr(e.cause, "pins libplain 1: run imgbuild update"), "%s", e.cause);
	cr_expect_str_eq(start_versions(&t, "user/locks/plain.lock.json"), before);
	start_close(&t);
}

/* imgbuild update: another try would come to the same. */
Test(relock_start, nothing_moves_where_everything_is_the_newest)
{
	AUTO_ARENA a = { 0 };
	struct lock start = { .file = "plain.lock.json" };
	struct relocks l = { 0 };

	*list_push(&a, &start.packages) = (struct locked_package){ .name = "libplain" };
	*list_push(&a, &l) = (struct relocked){ .start = &start };
	*list_push(&a, &l) = (struct relocked){ .in_way = "libplain" };
	cr_expect_not(start_move(&a, &(struct relock_order){ .update = NULL }, 0, &l));
	cr_expect_eq(l.moved.n, 0);
}
