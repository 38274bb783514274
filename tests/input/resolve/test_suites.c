/* SPDX-License-Identifier: Apache-2.0 */
/* Locks made of several suites and archives, each signed by its own key, on 127.0.0.1. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>

#include "base/date.h"
#include "input/relock/lock_make.h"
#include "support/fixture_depot.h"
#include "support/gen_archive.h"
#include "support/gen_index.h"

#define NOT_AUTOMATIC "NotAutomatic: yes\n"
#define UPGRADES NOT_AUTOMATIC "ButAutomaticUpgrades: yes\n"

struct town {
	struct arena a;
	struct archivegen g;
	struct archivegen_key other;
	struct depot d;
	struct archive archive;
	struct recipe recipe;
	struct mirrors mirrors;
	struct lock lock;
	struct error e;
};

static void town_open(struct town *t)
{
	*t = (struct town){ .archive = { .name = "test" } };
	archivegen_open(&t->g, &t->a);
	t->other = archivegen_key(&t->g, "other", "never");
	depot_open(&t->d);
	setenv("https_proxy", "http://127.0.0.1:9", 1);
	t->recipe = (struct recipe){ .name = "x", .file = "x.json", .archive = &t->archive };
}

static void town_close(struct town *t)
{
	depot_close(&t->d);
	archivegen_close(&t->g);
	arena_free(&t->a);
}

/* Publishes a suite with more fields in its Release file, and adds it to the recipe's archive. */
static struct suite *town_add_suite(struct town *t, const char *codename, const char *fields,
				    const char *packages, const char *signer)
{
	struct suite *s = list_push(&t->a, &t->archive.suites);
	char now[DATE_TEXT];

	date_text((int64_t)time(NULL) - 3600, now);
	archivegen_add(&t->g, &(struct archivegen_suite){
				      .codename = codename,
				      .date = arena_strdup(&t->a, now),
				      .fields = fields,
				      .signer = signer,
				      .packages = indexgen_packages(&t->a, packages) });
	*s = (struct suite){ .entry = "test",
			     .archive = "debian",
			     .codename = codename,
			     .keyrings = t->g.keyrings,
			     .signers = t->g.signers };
	*list_push(&t->a, &s->components) = "main";
	return s;
}

static struct component *town_add_component(struct town *t, const char *name, const char *package)
{
	struct component *c = list_push(&t->a, &t->recipe.components);
	struct provider *p;

	*c = (struct component){ .name = name,
				 .at = { "x.json", 3, 5 },
				 .version_at = { "x.json", 3, 30 } };
	p = list_push(&t->a, &c->providers);
	*list_push(&t->a, &p->packages) = package;
	return c;
}

static bool lock_now(struct town *t)
{
	struct lock_order o = { .store = &t->d.store,
				.mirrors = &t->mirrors,
				.recipe = &t->recipe,
				.platform = platform_of_compilers() };

	if (!t->g.running)
		archivegen_serve(&t->g);
	t->mirrors.v.n = 0;
	mirrors_add(&t->a, &t->mirrors, "debian", archivegen_mirror(&t->g), "the test");
	mirrors_add(&t->a, &t->mirrors, "pgdg", archivegen_mirror(&t->g), "the test");
	t->e = (struct error){ 0 };
	return lock_make(&t->a, &o, &t->lock, &t->e);
}

/* "app=1@trixie libapp=1@trixie" */
static const char *town_locked(struct town *t)
{
	struct buf text = { .a = &t->a };

	if (!lock_now(t))
		return arena_printf(&t->a, "%s%s", t->e.context, t->e.cause);
	for (size_t i = 0; i < t->lock.packages.n; i++)
		buf_printf(&text, "%s%s=%s@%s", i ? " " : "", t->lock.packages.v[i].name,
			   t->lock.packages.v[i].version, t->lock.packages.v[i].state->codename);
	return buf_cstr(&text);
}

Test(suites, release_files_say_what_is_not_taken_by_itself)
{
	struct town t;

	town_open(&t);
	town_add_suite(&t, "trixie", "", "app 1; Depends: libapp\n libapp 1", NULL);
	town_add_suite(&t, "trixie-backports", UPGRADES,
		       "app 2; Depends: libapp (>= 2)\n libapp 2\n only 2", NULL);
	town_add_suite(&t, "rc-buggy", NOT_AUTOMATIC, "app 3\n only 3", NULL);
	town_add_component(&t, "app", "app");
	cr_expect_str_eq(town_locked(&t), "app=1@trixie libapp=1@trixie");
	t.recipe.components.v[0].suite = "trixie-backports";
	cr_expect_str_eq(town_locked(&t), "app=2@trixie-backports libapp=2@trixie-backports");
	t.recipe.components.v[0].suite = NULL;
	t.recipe.target = "trixie-backports";
	cr_expect_str_eq(town_locked(&t), "app=2@trixie-backports libapp=2@trixie-backports");
	t.recipe.target = NULL;
	t.archive.suites.v[2].priority = 1001;
	cr_expect_str_eq(town_locked(&t), "app=3@rc-buggy");
	t.archive.suites.v[2].priority = 0;
	town_add_component(&t, "only", "only");
	cr_expect_str_eq(town_locked(&t), "app=1@trixie libapp=1@trixie only=2@trixie-backports",
			 "100 before 1");
	town_close(&t);
}

Test(suites, components_that_contradict_each_other_are_both_named)
{
	static const struct {
		const char *suites[2], *versions[2], *says;
	} cases[] = {
		{ { "trixie-backports", "trixie" },
		  { NULL, NULL },
		  "component one asks for app of trixie-backports, but component two takes 1-5 of trixie: an "
		  "image has one version of a package; ask for the same in both" },
		{ { "trixie-backports", NULL },
		  { NULL, "= 1-4" },
		  "component one asks for app of trixie-backports, but component two takes 1-4 of trixie" },
		{ { NULL, NULL },
		  { "= 1-4", "= 1-5" },
		  "component one asks for app = 1-4, but component two takes 1-5 of trixie" },
		{ { NULL, NULL }, { "= 1-4", NULL }, NULL },
		{ { NULL, "trixie-backports" }, { ">= 1", NULL }, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct town t;
		bool ok;

		town_open(&t);
		town_add_suite(&t, "trixie", "", "app 1-4\n app 1-5", NULL);
		town_add_suite(&t, "trixie-backports", UPGRADES, "app 2", NULL);
		for (int k = 0; k < 2; k++) {
			struct component *c = town_add_component(&t, k ? "two" : "one", "app");

			c->suite = cases[i].suites[k];
			c->version = cases[i].versions[k];
		}
		ok = lock_now(&t);
		cr_expect_eq(ok, cases[i].says == NULL, "case %zu: %s", i, t.e.cause);
		cr_expect(ok || strstr(t.e.cause, cases[i].says), "case %zu: %s", i, t.e.cause);
		cr_expect(!ok || strcmp(t.lock.components.v[0].version,
					t.lock.components.v[1].version) == 0,
			  "case %zu", i);
		town_close(&t);
	}
}

Test(suites, what_nothing_satisfies_is_told_with_what_there_is)
{
	struct town t;
	struct component *c;

	town_open(&t);
	town_add_suite(&t, "trixie", "", "app 1-1", NULL);
	town_add_suite(&t, "trixie-backports", UPGRADES, "app 2-1", NULL);
	c = town_add_component(&t, "app", "app");
	c->version = ">= 3";
	cr_expect_not(lock_now(&t));
	cr_expect_str_eq(
		t.e.cause,
		"app 1-1 of trixie does not satisfy >= 3; there is app "
		"1-1 in trixie, 2-1 in trixie-backports");
	c->version = ">= 2";
	cr_expect_not(lock_now(&t));
	cr_expect(strstr(t.e.cause,
			 "2-1 in trixie-backports; to take that of trixie-backports, write "
			 "\"suite\": \"trixie-backports\""),
		  "%s", t.e.cause);
	c->version = ">= banana";
	cr_expect_not(lock_now(&t));
	cr_expect_eq(t.e.at.col, 30, "the place of the version");
	town_close(&t);
}

Test(suites, each_archive_has_its_own_key_and_name)
{
	struct town t;
	struct suite *s;

	town_open(&t);
	town_add_suite(&t, "trixie", "", "app 1\n both 1", NULL);
	s = town_add_suite(&t, "trixie-pgdg", "",
			   "postgresql 18; Depends: app\n both 1; Depends: "
			   "app",
			   t.other.fingerprint);
	s->archive = s->entry = "pgdg";
	s->keyrings = (struct strings){ 0 };
	s->signers = (struct strings){ 0 };
	*list_push(&t.a, &s->keyrings) = t.other.keyring;
	*list_push(&t.a, &s->signers) = t.other.fingerprint;
	town_add_component(&t, "postgresql", "postgresql");
	town_add_component(&t, "both", "both");
	cr_expect_str_eq(town_locked(&t), "app=1@trixie both=1@trixie postgresql=18@trixie-pgdg");
	cr_expect_str_eq(lock_package(&t.lock, "postgresql")->state->archive, "pgdg");
	cr_expect_str_eq(lock_package(&t.lock, "postgresql")->state->signers.v[0],
			 t.other.fingerprint);
	s->priority = 600;
	cr_expect_str_eq(town_locked(&t),
			 "app=1@trixie both=1@trixie-pgdg postgresql=18@trixie-pgdg",
			 "the same version with other bytes: by priority, then by order");
	town_close(&t);
}

Test(suites, T16_the_key_of_one_archive_does_not_sign_for_another)
{
	struct town t;

	town_open(&t);
	town_add_suite(&t, "trixie", "", "app 1", NULL);
	/* signed by a key that another suite of the recipe trusts */
	town_add_suite(&t, "trixie-pgdg", "", "app 2", NULL);
	t.archive.suites.v[1].archive = t.archive.suites.v[1].entry = "pgdg";
	t.archive.suites.v[1].keyrings = (struct strings){ 0 };
	t.archive.suites.v[1].signers = (struct strings){ 0 };
	*list_push(&t.a, &t.archive.suites.v[1].keyrings) = t.other.keyring;
	*list_push(&t.a, &t.archive.suites.v[1].signers) = t.other.fingerprint;
	town_add_component(&t, "app", "app");
	cr_expect_not(lock_now(&t));
	cr_expect_eq(t.e.kind, ERR_VERIFY, "%s%s", t.e.context, t.e.cause);
	cr_expect(strstr(t.e.context, "archive pgdg"), "%s", t.e.context);
	town_close(&t);
}

/* Recipes that say nothing of suites ask for the same as before. */
Test(suites, locks_made_before_there_were_priorities_stay_valid)
{
	static const char *const names[] = { "cc-debian13", "hello", "cephalo-packages" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_ARENA a = { 0 };
		const char *path = arena_printf(&a, "recipes/%s.json", names[i]);
		struct recipe r;
		struct lock lock;
		struct error e = { 0 };

		cr_assert(recipe_load(&a, path, &r, &e), "%s", e.cause);
		cr_assert(lock_load(&a, recipe_lock_path(&a, &r, platform_of_compilers()), &lock,
				    &e),
			  "%s", e.cause);
		cr_expect(lock_check(&lock, &r, platform_of_compilers(), &e), "%s", e.cause);
	}
}

Test(suites, an_archive_without_mirror_says_how_to_name_one)
{
	struct town t;

	town_open(&t);
	town_add_suite(&t, "trixie-pgdg", "", "app 1", NULL)->archive = "nobodys";
	town_add_component(&t, "app", "app");
	cr_expect_not(lock_now(&t));
	cr_expect_eq(t.e.kind, ERR_NETWORK);
	cr_expect_str_eq(
		t.e.cause,
		"no mirror of archive \"nobodys\" is known: name one with --mirror nobodys=URL, "
		"IMGBUILD_MIRROR or \"mirrors\" in images.json");
	town_close(&t);
}
