/* SPDX-License-Identifier: Apache-2.0 */
/* Images dealt out to machines: what must hold for any list, shown on this repository's own. */

#include <criterion/criterion.h>

#include "line/plan.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const char *const recipes[] = {
	"recipes/hello.json",	      "recipes/cephalo.json",	  "recipes/cephalo-slim.json",
	"recipes/cephalo-py312.json", "recipes/cc-debian13.json", "recipes/cephalo-packages.json",
	"recipes/hello.json",
};

static struct fleet_plan plan_of_repository(struct arena *a, unsigned shards, bool backwards)
{
	struct strings l = { 0 };
	struct fleet_plan p;

	for (size_t i = 0; i < ARRAY_SIZE(recipes); i++)
		*list_push(a, &l) = recipes[backwards ? ARRAY_SIZE(recipes) - 1 - i : i];
	plan_make(a, &l, shards, &p);
	list_each(x, &p)
		cr_assert(!x->fault, "%s", x->fault->cause);
	return p;
}

/* Every image is in one part, whatever is asked of it. */
Test(plan, parts_are_disjoint_and_make_the_whole)
{
	for (unsigned shards = 1; shards <= 9; shards++) {
		AUTO_ARENA a = { 0 };
		struct fleet_plan p = plan_of_repository(&a, shards, false);
		struct strings all = { 0 }, waves = { 0 };

		for (unsigned i = 1; i <= shards; i++) {
			plan_part(&a, &p, i, PLAN_ALL, &all);
			plan_part(&a, &p, i, PLAN_COMPILES, &waves);
			plan_part(&a, &p, i, PLAN_IMAGES, &waves);
		}
		cr_expect_eq(p.n, 6u);
		cr_expect_eq(all.n, 6u);
		cr_expect_eq(waves.n, 6u);
		strings_unique(&all);
		strings_sort(&waves);
		strings_unique(&waves);
		cr_expect_eq(waves.n, 6u);
	}
}

Test(plan, order_of_the_recipes_does_not_matter)
{
	AUTO_ARENA a = { 0 };
	struct fleet_plan p = plan_of_repository(&a, 4, false), q = plan_of_repository(&a, 4, true);

	for (size_t i = 0; i < p.n; i++) {
		cr_expect_str_eq(p.v[i].recipe, q.v[i].recipe);
		cr_expect(p.v[i].shard == q.v[i].shard && p.v[i].wave == q.v[i].wave);
	}
}

/* In the first wave two machines never compile the same, and in the second nothing is left to. */
Test(plan, first_wave_compiles_each_source_on_one_machine)
{
	AUTO_ARENA a = { 0 };
	struct fleet_plan p = plan_of_repository(&a, 3, false);
	struct strings compiled = { 0 };

	list_each(x, &p) {
		list_each(y, &p) {
			for (size_t i = 0; x->wave == PLAN_COMPILES && i < x->compiles.n; i++)
				cr_expect(y->wave != PLAN_COMPILES || x->shard == y->shard ||
						  !strings_has(&y->compiles, x->compiles.v[i]),
					  "%s and %s both compile %s", x->recipe, y->recipe,
					  x->compiles.v[i]);
		}
		for (size_t i = 0; x->wave == PLAN_COMPILES && i < x->compiles.n; i++)
			*list_push(&a, &compiled) = x->compiles.v[i];
	}
	cr_expect(compiled.n > 2);
	list_each(x, &p) {
		for (size_t i = 0; i < x->compiles.n; i++)
			cr_expect(strings_has(&compiled, x->compiles.v[i]), "%s", x->compiles.v[i]);
		cr_expect(x->compiles.n || x->wave == PLAN_IMAGES);
	}
}

/* What is taken as it is keeps no machine busy: it asks for no wave of its own. */
Test(plan, download_is_compiled_by_nobody)
{
	static const char recipe[] = "{ \"name\": \"mixed\", \"archive\": \"debian13\" }\n";
	static const char lock[] =
		"{ \"lock\": 2, \"answers\": "
		"\"0000000000000000000000000000000000000000000000000000000000000000\",\n"
		"  \"architecture\": \"amd64\", \"states\": [], \"components\": [],\n"
		"  \"packages\": [], \"sources\": [ %s ] }\n";
	static const char source[] =
		"{ \"name\": \"%s\", \"package\": \"%s\", \"version\": \"1\",\n"
		"  \"format\": \"%s\", \"files\": [ { \"path\": \"x.tar\", \"size\": 1, "
		"\"sha256\": "
		"\"0000000000000000000000000000000000000000000000000000000000000001\" } ] }";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/mixed.json", dir);
	struct strings l = { 0 };
	struct fleet_plan p;
	const char *thing = arena_printf(&a, source, "thing", "thing", "tarball");
	const char *tool = arena_printf(&a, source, "tool", "tool", "download");

	files_put(arena_printf(&a, "%s/images.json", dir), files_get(&a, "images.json"));
	files_put(path, recipe);
	*list_push(&a, &l) = path;
	files_put(arena_printf(&a, "%s/mixed.lock.json", dir), arena_printf(&a, lock, tool));
	plan_make(&a, &l, 2, &p);
	cr_assert(!p.v[0].fault, "%s", p.v[0].fault->cause);
	cr_expect(p.v[0].compiles.n == 0 && p.v[0].wave == PLAN_IMAGES);
	files_put(arena_printf(&a, "%s/mixed.lock.json", dir),
		  arena_printf(&a, lock, arena_printf(&a, "%s, %s", thing, tool)));
	plan_make(&a, &l, 2, &p);
	cr_assert(!p.v[0].fault, "%s", p.v[0].fault->cause);
	cr_expect(p.v[0].compiles.n == 1 && p.v[0].wave == PLAN_COMPILES);
	cr_expect_str_eq(p.v[0].compiles.v[0], "thing 1 linux/amd64");
	files_remove(dir);
}

/* The repository's own code stands in no lock: its sources are compiled on one machine, too. */
Test(plan, folder_is_compiled_by_one)
{
	static const char lock[] =
		"{ \"lock\": 2, \"answers\": "
		"\"0000000000000000000000000000000000000000000000000000000000000000\",\n"
		"  \"architecture\": \"amd64\", \"states\": [], \"components\": [],\n"
		"  \"packages\": [], \"sources\": [] }\n";
	static const char *const names[] = { "one", "two" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct strings l = { 0 };
	struct fleet_plan p;

	files_put(arena_printf(&a, "%s/images.json", dir), files_get(&a, "images.json"));
	files_put(arena_printf(&a, "%s/t.json", dir),
		  "{ \"name\": \"t\", \"packages\": [\"tool\"] }");
	files_put(arena_printf(&a, "%s/code/main.c", dir), "a program\n");
	files_put(
		arena_printf(&a, "%s/thing.json", dir),
		"{ \"name\": \"thing\", \"folder\": \"code\", \"version\": \"7\", \"toolchain\": "
		"\"t.json\",\n"
		"  \"steps\": [ { \"name\": \"make\", \"run\": [\"/usr/bin/tool\"] } ], \"keep\": "
		"[\"/**\"] }\n");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(&a, "%s/%s.json", dir, names[i]);

		files_put(
			path,
			arena_printf(&a,
				     "{ \"name\": \"%s\", \"archive\": \"debian13\", "
				     "\"components\": [ { \"name\": \"main\",\n"
				     "  \"providers\": [ { \"source\": \"thing.json\" } ] } ] }\n",
				     names[i]));
		files_put(arena_printf(&a, "%s/%s.lock.json", dir, names[i]), lock);
		*list_push(&a, &l) = path;
	}
	plan_make(&a, &l, 2, &p);
	for (size_t i = 0; i < p.n; i++) {
		cr_assert(!p.v[i].fault, "%s", p.v[i].fault->cause);
		cr_assert_eq(p.v[i].compiles.n, 1);
		cr_expect_str_eq(p.v[i].compiles.v[0], "thing 7 linux/amd64");
		cr_expect_eq(p.v[i].wave, i == 0 ? PLAN_COMPILES : PLAN_IMAGES);
	}
	files_remove(dir);
}

/* All machines work out the same plan, with a bad recipe in it: one of them fails. */
Test(plan, bad_recipe_has_its_part)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *bad = arena_printf(&a, "%s/bad.json", dir);
	struct strings l = { 0 }, all = { 0 };
	struct oracle_run r;
	struct fleet_plan p;

	files_put(bad, "{ \"nam\": \"bad\" }");
	*list_push(&a, &l) = bad;
	*list_push(&a, &l) = "recipes/hello.json";
	plan_make(&a, &l, 2, &p);
	for (unsigned i = 1; i <= 2; i++) {
		plan_part(&a, &p, i, PLAN_COMPILES, &all);
		plan_part(&a, &p, i, PLAN_IMAGES, &all);
	}
	cr_expect_eq(all.n, 2u);
	cr_expect(strings_has(&all, bad));
	/* who asks for the plan is told */
	r = oracle_run(&a, (const char *const[]){ "./imgbuild", "plan", bad, NULL });
	cr_expect(r.status == 3 && strstr(r.err.p, "bad.json:1:"), "%d %s", r.status, r.err.p);
	files_remove(dir);
}

/* One would be written over the other, on whichever machine is slower; not so where no machine
 * makes both. */
Test(plan, two_recipes_of_one_name_are_a_mistake)
{
	static const char recipe[] = "{ \"name\": \"%s\", \"archive\": \"debian13\" }\n";
	static const struct {
		const char *other, *platforms;
		bool good;
	} cases[] = {
		{ "two", "\"linux/amd64\"", true },
		{ "one", "\"linux/amd64\"", false },
		{ "one", "\"linux/arm64\", \"linux/amd64\"", false },
		{ "one", "\"linux/arm64\"", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a),
			   *all = arena_printf(&a, "%s/images.json", dir);
		const char *text = files_get(&a, "images.json"),
			   *at = strstr(text, "\"images\": {");
		struct oracle_run plan, part;

		files_put(
			all,
			arena_printf(&a,
				     "%.*s\"images\": { \"x\": { \"recipe\": \"x.json\" },\n"
				     "\"y\": { \"recipe\": \"y.json\", \"platforms\": [%s] } } }\n",
				     (int)(at - text), text, cases[i].platforms));
		files_put(arena_printf(&a, "%s/x.json", dir), arena_printf(&a, recipe, "one"));
		files_put(arena_printf(&a, "%s/y.json", dir),
			  arena_printf(&a, recipe, cases[i].other));
		plan = oracle_run(&a, (const char *const[]){ "./imgbuild", "plan", all, NULL });
		part = oracle_run(&a, (const char *const[]){ "./imgbuild", all, "--shard", "9/9",
							     NULL });
		cr_expect_eq(plan.status, cases[i].good ? 0 : 3, "%zu: %s", i, plan.err.p);
		cr_expect_eq(part.status, plan.status, "%zu: %s", i, part.err.p);
		cr_expect((strstr(plan.err.p,
				  "y.json both make the image one, and one would take the "
				  "place of the other; give one of them another name") != NULL) !=
				  cases[i].good,
			  "%zu: %s", i, plan.err.p);
		files_remove(dir);
	}
}

/* One bad recipe does not keep the others from being built, and its status is the run's. */
Test(plan, failures_are_told_and_the_others_are_built)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *one = arena_printf(&a, "%s/one.json", dir);
	const char *two = arena_printf(&a, "%s/two.json", dir);
	const char *store = arena_printf(&a, "--cache-dir=%s/store", dir);
	const char *const stops[] = { "./imgbuild", "build", one, two, store, NULL };
	const char *const goes_on[] = { "./imgbuild", "build", "-k", one, two, store, NULL };
	struct oracle_run r;

	files_put(one, "{ \"nam\": \"one\" }");
	files_put(two, "{ \"name\": 2 }");
	r = oracle_run(&a, stops);
	cr_expect(r.status == 3 && !strstr(r.err.p, "two.json"), "%d %s", r.status, r.err.p);
	r = oracle_run(&a, goes_on);
	cr_expect(r.status == 3 && strstr(r.err.p, "two.json failed: ") &&
			  strstr(r.err.p, "2 of 2 recipes failed; the first: ") &&
			  strstr(r.err.p, "one.json:1:"),
		  "%d %s", r.status, r.err.p);
	files_remove(dir);
}
