/* SPDX-License-Identifier: Apache-2.0 */
/* From a recipe to a lock, against an archive of the test's own on 127.0.0.1. */

#include <criterion/criterion.h>

#include "input/lock/lock_diff.h"
#include "input/lock/lock_wants.h"
#include "support/fixture_files.h"
#include "support/fixture_relock.h"
#include "support/gen_index.h"

#define PACKAGES                                                                     \
	"app 2.0-1; Depends: libapp1 (= 2.0-1), libssl3\n libapp1 2.0-1\n"           \
	"libssl3t64 3.5-1; Provides: libssl3 (= 3.5-1)\n"                            \
	"gcc 14; Depends: libc6-dev\n libc6-dev 2.41; Depends: libc6\n libc6 2.41\n" \
	"libcap-dev 1; Depends: libcap2\n libcap2 1\n ca-certificates 2025"

/* "name:role,role name:role" */
static const char *roles_of(struct relock_scene *s)
{
	struct buf text = { .a = &s->a };

	for (size_t i = 0; i < s->lock.packages.n; i++) {
		const struct locked_package *p = &s->lock.packages.v[i];

		buf_printf(&text, "%s%s:", i ? " " : "", p->name);
		for (size_t k = 0; k < p->roles.n; k++)
			buf_printf(&text, "%s%s", k ? "," : "", p->roles.v[k]);
	}
	return text.n ? buf_cstr(&text) : "";
}

Test(lock_make, packages_get_roles_and_the_lock_can_be_read_again)
{
	struct relock_scene s;
	struct lock again;
	const char *path;

	relock_open(&s);
	relock_publish(&s, 2, PACKAGES, NULL);
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", ">= 1"), "app");
	s.recipe.effects.ca_bundle = (struct ca_bundle){ .asked = true,
							 .package = "ca-certificates" };
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(roles_of(&s), "app:image ca-certificates:image-data libapp1:library "
				       "libssl3t64:library");
	cr_assert_str_eq(lock_component(&s.lock, "app")->reason,
			 "app 2.0-1 (package) satisfies >= 1; not compiled");
	cr_assert_str_eq(lock_package(&s.lock, "libssl3t64")->why, "needed by app");
	cr_assert_str_eq(lock_package(&s.lock, "app")->depends, "libapp1 (= 2.0-1), libssl3");
	cr_assert_str_eq(s.lock.states.v[0]->signers.v[0], s.g.key.fingerprint);
	path = arena_printf(&s.a, "%s/x.lock.json", s.d.dir);
	files_put(path, relock_text(&s));
	cr_assert(lock_load(&s.a, path, &again, &s.e), "%s", s.e.cause);
	cr_assert(lock_check(&again, &s.recipe, s.platform, &s.e));
	s.recipe.components.v[0].version = ">= 2";
	cr_assert_not(lock_check(&again, &s.recipe, s.platform, &s.e),
		      "the recipe asks for something else now");
	cr_assert(strstr(s.e.cause, "imgbuild lock x.json"), "%s", s.e.cause);
	relock_close(&s);
}

Test(lock_make, a_source_brings_its_toolchain_and_build_depends)
{
	struct relock_scene s;

	relock_open(&s);
	relock_publish(&s, 2, PACKAGES, relock_sources(&s));
	archivegen_file(&s.g, "pool/main/a/old.dsc", "old");
	archivegen_file(&s.g, "pool/main/a/new.dsc", "new");
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(lock_source(&s.lock, "app")->version, "2.0-2");
	cr_assert_null(lock_source(&s.lock, "app")->warning);
	cr_assert_str_eq(lock_component(&s.lock, "app")->reason,
			 "app 2.0-2 (Debian source); compiled");
	cr_assert_str_eq(roles_of(&s),
			 "gcc:source:app,toolchain:c libc6:source:app,toolchain:c "
			 "libc6-dev:source:app,toolchain:c libcap-dev:library,source:app "
			 "libcap2:library,source:app");
	relock_close(&s);
}

/* Names that nobody has, at their place and with one that is like them. */
Test(lock_make, packages_to_build_with_and_libraries_have_to_be_there)
{
	for (int libraries = 0; libraries < 2; libraries++) {
		struct relock_scene s;

		relock_open(&s);
		relock_publish(&s, 2, PACKAGES, relock_sources(&s));
		archivegen_file(&s.g, "pool/main/a/old.dsc", "old");
		archivegen_file(&s.g, "pool/main/a/new.dsc", "new");
		archivegen_serve(&s.g);
		relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
		*list_push(&s.a, libraries ? &s.recipe.libraries
					   : &s.source.build_depends) = "libcap-devel";
		s.source.build_depends_at =
			(struct place){ .file = "app.json", .line = 4, .col = 7 };
		s.recipe.libraries_at = (struct place){ .file = "x.json", .line = 9, .col = 2 };
		cr_assert_not(relock_make(&s, false));
		cr_expect_eq(s.e.kind, ERR_INPUT);
		cr_expect_str_eq(s.e.cause,
				 "no suite has a package libcap-devel; did you mean libcap-dev?");
		cr_expect_str_eq(s.e.at.file, libraries ? "x.json" : "app.json");
		cr_expect_eq(s.e.at.line, libraries ? 9u : 4u);
		relock_close(&s);
	}
}

Test(lock_make, the_newest_source_that_can_be_had_is_taken_with_a_warning)
{
	struct relock_scene s;

	relock_open(&s);
	relock_publish(&s, 2, PACKAGES, relock_sources(&s));
	archivegen_file(&s.g, "pool/main/a/old.dsc", "old");
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(lock_source(&s.lock, "app")->version, "2.0-1");
	cr_assert(strstr(lock_source(&s.lock, "app")->warning, "2.0-2 of trixie is newer"));
	relock_close(&s);
}

/* A mirror without the source files of a point release: the version of the lock stays, and where it
 * is from is remembered, also when it stays once more. */
Test(lock_make, a_locked_source_stays_when_nothing_newer_can_be_had)
{
	struct relock_scene s;
	struct lock before, again;
	struct locked_state state;
	const char *date;

	relock_open(&s);
	date = relock_date(&s.a, 9);
	relock_publish(&s, 2, PACKAGES, relock_sources(&s));
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", ">= 1"), NULL);
	cr_assert_not(relock_make(&s, false), "no lock, no version");
	before = (struct lock){ 0 };
	state = (struct locked_state){ .archive = "debian", .codename = "trixie", .date = date };
	lock_add_state(&s.a, &before, &state);
	*list_push(&s.a, &before.sources) = (struct locked_source){ .name = "app",
								    .package = "app",
								    .version = "1.9-1",
								    .state = &state,
								    .format = "3.0 (quilt)" };
	*list_push(&s.a, &before.sources.v[0].files) =
		(struct locked_file){ .name = "app_1.9-1.dsc",
				      .path = "pool/main/a/app_1.9-1.dsc",
				      .size = 5,
				      .sha256 = digest_of(STR("older")) };
	cr_assert(store_put_bytes(&s.d.store, STR("older"), &before.sources.v[0].files.v[0].sha256,
				  &s.e));
	s.old = &before;
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(lock_source(&s.lock, "app")->version, "1.9-1");
	cr_assert(strstr(lock_source(&s.lock, "app")->warning, "2.0-2 of trixie is newer"));
	cr_assert_str_eq(lock_source(&s.lock, "app")->state->date, date);
	again = s.lock;
	s.old = &again;
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(lock_source(&s.lock, "app")->state->date, date);
	s.old = NULL;
	s.first = &before; /* of another platform: its sources are as good */
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(lock_source(&s.lock, "app")->state->date, date);
	state.codename = "sid";
	cr_assert_not(relock_make(&s, false),
		      "nor does what is of a suite that the recipe has no more");
	state.codename = "trixie";
	s.recipe.components.v[0].version = ">= 2";
	cr_assert_not(relock_make(&s, false), "what does not satisfy the recipe does not stay");
	relock_close(&s);
}

Test(lock_make, providers_are_tried_in_order_and_losses_are_told)
{
	struct relock_scene s;
	struct component *c;
	const struct locked_component *chosen;

	relock_open(&s);
	relock_publish(&s, 2, PACKAGES "\n broken 9; Depends: missing-lib (>= 1)\n old 1-1", NULL);
	archivegen_serve(&s.g);
	c = relock_add_component(&s, "app", ">= 2");
	relock_add_provider(&s, c, "nothing");
	relock_add_provider(&s, c, "old");
	relock_add_provider(&s, c, "broken");
	relock_add_provider(&s, c, NULL);
	relock_add_provider(&s, c, "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	chosen = lock_component(&s.lock, "app");
	cr_assert_eq(chosen->provider, 4);
	cr_assert_eq(chosen->lost.n, 4);
	cr_assert_str_eq(chosen->lost.v[0], "no suite has a package nothing");
	cr_assert_str_eq(chosen->lost.v[1], "old 1-1 of trixie does not satisfy >= 2");
	cr_assert(strstr(chosen->lost.v[2], "missing-lib (>= 1) is needed by broken"));
	cr_assert_str_eq(chosen->lost.v[3], "no suite has a source package app");
	cr_assert_eq(s.lock.sources.n, 0, "sources that lost are not locked");

	c->version = ">= 3";
	cr_assert_not(relock_make(&s, false));
	cr_assert_eq(s.e.kind, ERR_INPUT);
	cr_assert(strstr(s.e.cause, "app 2.0-1 of trixie does not satisfy >= 3"), "%s", s.e.cause);
	cr_assert_eq(s.e.at.line, 3);
	relock_close(&s);
}

Test(lock_make, a_package_that_is_not_there_has_a_hint_and_a_bad_version_its_place)
{
	static const struct {
		const char *package, *version, *says;
	} cases[] = {
		{ "appp", NULL, "no suite has a package appp; did you mean app?" },
		{ "awk", NULL,
		  "no suite has a package awk; it is provided by mawk and 1 other: name one of them" },
		{ "mail", NULL,
		  "no suite has a package mail; it is provided by nullmailer: name that" },
		{ "nothing-at-all", NULL, "no suite has a package nothing-at-all" },
		{ "app", "banana", "version \"banana\": expected terms like" },
		{ "app", ">= 99, banana", "version \">= 99, banana\": expected terms like" },
		{ "app", "", "version \"\": expected terms like" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relock_scene s;

		relock_open(&s);
		relock_publish(&s, 2,
			       PACKAGES "\n mawk 1; Provides: awk\n gawk 1; Provides: awk\n "
					"nullmailer 1; Provides: mail",
			       NULL);
		archivegen_serve(&s.g);
		relock_add_provider(&s, relock_add_component(&s, "app", cases[i].version),
				    cases[i].package);
		cr_assert_not(relock_make(&s, false));
		cr_expect(strstr(s.e.cause, cases[i].says), "%s", s.e.cause);
		cr_expect_eq(s.e.at.line, 3, "%s", s.e.cause);
		relock_close(&s);
	}
}

/* What a kept version provides is what it provided, not what a newer one does. */
Test(lock_make, a_pin_provides_nothing_that_only_a_newer_version_provides)
{
	struct relock_scene s;
	static const struct strings nothing;
	struct lock before = { .format = LOCK_FORMAT };
	struct locked_state state;

	relock_open(&s);
	state = (struct locked_state){ .archive = "debian",
				       .codename = "trixie",
				       .date = relock_date(&s.a, 9) };
	lock_add_state(&s.a, &before, &state);
	*list_push(&s.a, &before.packages) = (struct locked_package){
		.name = "engine",
		.version = "1",
		.architecture = s.platform->machine->debian,
		.source = "engine",
		.source_version = "1",
		.depends = "",
		.state = &state,
		.file = { "engine_1.deb", "pool/main/e/engine_1.deb", 5, digest_of(STR("older")) }
	};
	s.old = &before;
	s.update = &nothing;
	relock_publish(&s, 2, "engine 2; Provides: extra\n user 1; Depends: extra", NULL);
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "engine", NULL), "engine");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(lock_package(&s.lock, "engine")->version, "1");
	relock_add_provider(&s, relock_add_component(&s, "user", NULL), "user");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(lock_package(&s.lock, "engine")->version, "2",
			 "its version 1 lacks what user needs");
	relock_close(&s);
}

Test(lock_make, offline_gives_the_same_lock_and_says_when_it_cannot)
{
	struct relock_scene s;
	const char *online;

	relock_open(&s);
	relock_publish(&s, 2, PACKAGES, NULL);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
	cr_assert_not(relock_make(&s, true));
	cr_assert_eq(s.e.kind, ERR_NETWORK, "nothing is in the store yet");
	archivegen_serve(&s.g);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	online = relock_text(&s);
	cr_assert(relock_make(&s, true), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(relock_text(&s), online);
	relock_close(&s);
}

/* A mirror that is being updated has the new InRelease before the new indexes, or the other way. */
Test(lock_make, F8_inrelease_is_read_again_when_its_indexes_are_gone)
{
	struct relock_scene s;

	relock_open(&s);
	archivegen_add(&s.g, &(struct archivegen_suite){
				     .codename = "trixie",
				     .date = relock_date(&s.a, 3),
				     .missing = true,
				     .packages = indexgen_packages(&s.a, "app 1-1") });
	relock_publish(&s, 2, PACKAGES, NULL);
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_assert_str_eq(lock_component(&s.lock, "app")->version, "2.0-1");
	cr_assert_eq(faultd_hits(&s.g.server, "/debian/dists/trixie/InRelease"), 2);
	relock_close(&s);
}

/* An InRelease file of 12 MiB that comes within 1.5 seconds says that gzip is worth its bytes;
 * where a mirror lists it without having it, xz is asked for. */
Test(lock_make, an_index_comes_in_the_form_that_the_mirror_has)
{
	static const struct archivegen_suite cases[] = {
		{ .gzip = true },
		{ .gzip = true, .no_gzip = true },
		{ .gzip = true, .missing = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct archivegen_suite suite = cases[i];
		struct buf text = { 0 };
		struct relock_scene s;

		relock_open(&s);
		text.a = &s.a;
		buf_puts(&text, "Description: long\n");
		for (unsigned line = 0; line < 12 * 1024; line++)
			buf_printf(&text, " %01023u\n", line);
		suite.codename = "trixie";
		suite.date = relock_date(&s.a, 2);
		suite.fields = buf_cstr(&text);
		suite.packages = indexgen_packages(&s.a, PACKAGES);
		archivegen_add(&s.g, &suite);
		archivegen_serve(&s.g);
		relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
		cr_assert(relock_make(&s, false), "%zu: %s%s", i, s.e.context, s.e.cause);
		cr_assert_str_eq(lock_component(&s.lock, "app")->version, "2.0-1");
		relock_close(&s);
	}
}

/* T17, T18: wrong bytes under a right name, and what the recipe does not ask for. */
Test(lock_make, T17_T18_what_is_not_vouched_for_is_refused)
{
	static const struct {
		struct archivegen_suite suite;
		const char *component;
		enum err_kind kind;
	} cases[] = {
		{ { .served = "Package: evil\n" }, "main", ERR_VERIFY },
		{ { .claims = "trixie-updates" }, "main", ERR_VERIFY },
		{ { .valid_until = "Sat, 12 Sep 2020 07:55:41 UTC" }, "main", ERR_VERIFY },
		{ { .codename = "trixie" }, "non-free", ERR_INPUT },
		{ { .packages = "Package: ../../evil\n" }, "main", ERR_INPUT },
		{ { .packages = "Package: twice\nPackage: twice\n" }, "main", ERR_INPUT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct archivegen_suite suite = cases[i].suite;
		struct relock_scene s;

		relock_open(&s);
		suite.codename = "trixie";
		suite.date = relock_date(&s.a, 2);
		if (!suite.packages)
			suite.packages = indexgen_packages(&s.a, PACKAGES);
		archivegen_add(&s.g, &suite);
		archivegen_serve(&s.g);
		s.archive.suites.v[0].components.v[0] = cases[i].component;
		cr_assert_not(relock_make(&s, false), "case %zu", i);
		cr_assert_eq(s.e.kind, cases[i].kind, "case %zu: %s%s", i, s.e.context, s.e.cause);
		relock_close(&s);
	}
}

Test(lock_make, T17_an_older_state_than_the_locks_is_refused)
{
	struct relock_scene s;
	struct lock old = { 0 };
	struct locked_state seen;
	struct lock_order o;

	relock_open(&s);
	relock_publish(&s, 5, PACKAGES, NULL);
	archivegen_serve(&s.g);
	mirrors_add(&s.a, &s.mirrors, "debian", archivegen_mirror(&s.g), "the test");
	seen = (struct locked_state){ .archive = "debian",
				      .codename = "trixie",
				      .date = relock_date(&s.a, 4) };
	lock_add_state(&s.a, &old, &seen);
	o = relock_order(&s);
	o.old = &old;
	cr_assert_not(lock_make(&s.a, &o, &s.lock, &s.e));
	cr_assert_eq(s.e.kind, ERR_VERIFY);
	o.allow_older = true;
	s.e = (struct error){ 0 };
	cr_assert(lock_make(&s.a, &o, &s.lock, &s.e), "%s", s.e.cause);
	relock_close(&s);
}

Test(lock_make, what_is_gone_is_a_package_or_a_source)
{
	struct arena a = { 0 };
	struct lock lock = { 0 };
	struct strings gone = { 0 }, names = { 0 };

	*list_push(&a, &lock.packages) =
		(struct locked_package){ .name = "lib", .version = "1", .architecture = "all" };
	*list_push(&a, &lock.sources) =
		(struct locked_source){ .name = "app", .package = "app-src", .version = "2" };
	*list_push(&a, &lock.sources.v[0].files) = (struct locked_file){ .name = "app.dsc" };
	*list_push(&a, &lock.sources.v[0].files) = (struct locked_file){ .name = "app.tar.xz" };
	*list_push(&a, &gone) = "app.tar.xz (source app-src 2)";
	lock_named(&a, &lock, &gone, &names);
	cr_assert_eq(names.n, 1);
	cr_expect_str_eq(names.v[0], "app");
	*list_push(&a, &gone) = "lib 1 (all)";
	names.n = 0;
	lock_named(&a, &lock, &gone, &names);
	cr_expect_eq(names.n, 2);
	arena_free(&a);
}

Test(lock_make, locked_files_are_fetched_by_role)
{
	struct relock_scene s;
	struct strings roles = { 0 };
	struct lock_order o;
	struct digest good = digest_of(STR("the package"));

	relock_open(&s);
	archivegen_add(&s.g,
		       &(struct archivegen_suite){
			       .codename = "trixie",
			       .date = relock_date(&s.a, 1),
			       .packages = arena_printf(
				       &s.a,
				       "Package: app\nVersion: 1\nArchitecture: all\nFilename: "
				       "pool/app.deb\nSize: 11\nSHA256: %s\n",
				       digest_hex_dup(&s.a, &good)) });
	archivegen_file(&s.g, "pool/app.deb", "the package");
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	*list_push(&s.a, &roles) = "library";
	o = relock_order(&s);
	cr_assert(lock_fetch(&s.a, &o, &s.lock, &roles, NULL, &s.e));
	cr_assert_not(store_has_blob(&s.d.store, &good, 11), "it plays another role");
	roles.v[0] = "image";
	cr_assert(lock_fetch(&s.a, &o, &s.lock, &roles, NULL, &s.e), "%s", s.e.cause);
	cr_assert(store_has_blob(&s.d.store, &good, 11));
	relock_close(&s);
}

Test(lock_make, an_update_of_one_package_leaves_those_for_all_machines)
{
	static const char *const packages =
		"app 2.0-1; Depends: libapp1, data\n libapp1 1\n data 7; Architecture: all";
	struct strings only = { (const char *[]){ "libapp1" }, 1, 1 };
	struct relock_scene s;
	struct lock old;
	struct lock_order o;

	relock_open(&s);
	relock_publish(&s, 2, packages, NULL);
	relock_publish(&s, 1,
		       "app 2.0-1; Depends: libapp1, data\n libapp1 1\n libapp1 2\n data 7; "
		       "Architecture: all\n "
		       "data 8; Architecture: all",
		       NULL); /* what the second request gets */
	archivegen_serve(&s.g);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(lock_package(&s.lock, "data")->architecture, "all");
	old = s.lock;
	o = (struct lock_order){ .store = &s.d.store,
				 .mirrors = &s.mirrors,
				 .recipe = &s.recipe,
				 .platform = s.platform,
				 .old = &old,
				 .update = &only };
	cr_assert(lock_make(&s.a, &o, &s.lock, &s.e), "%s", s.e.cause);
	cr_expect_str_eq(lock_package(&s.lock, "libapp1")->version, "2");
	cr_expect_str_eq(lock_package(&s.lock, "data")->version, "7");
	relock_close(&s);
}
