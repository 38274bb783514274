/* SPDX-License-Identifier: Apache-2.0 */
/* One lock out of several, and the part of one in it. */

#include <criterion/criterion.h>

#include "input/lock/lock_variants.h"
#include "support/fixture_files.h"

static const struct locked_state june = { .archive = "debian",
					  .codename = "trixie",
					  .date = "Sat, 06 Jun 2026 07:55:41 UTC" };
static const struct locked_state july = { .archive = "debian",
					  .codename = "trixie",
					  .date = "Sat, 04 Jul 2026 07:55:41 UTC" };
static const struct recipe family[] = { { .name = "app" },
					{ .name = "app", .variant = "debug" },
					{ .name = "app", .variant = "nonroot" } };
static const struct recipe *const members[] = { &family[0], &family[1], &family[2] };

static void part_add_package(struct arena *a, struct lock *l, const char *name, const char *version,
			     const char *role, const struct locked_state *state)
{
	struct locked_package *p = list_push(a, &l->packages);

	*p = (struct locked_package){ .name = name,
				      .version = version,
				      .architecture = "amd64",
				      .source = name,
				      .source_version = version,
				      .state = state,
				      .depends = "",
				      .why = "asked for" };
	p->file.path = arena_printf(a, "pool/main/%s_%s.deb", name, version);
	p->file.name = strrchr(p->file.path, '/') + 1;
	p->file.size = 7;
	p->file.sha256 = digest_of(str_of(p->file.path));
	*list_push(a, &p->roles) = role;
}

static struct locked_source *part_add_source(struct arena *a, struct lock *l, const char *package,
					     const char *version)
{
	struct locked_source *s = list_push(a, &l->sources);

	*s = (struct locked_source){ .name = "squid",
				     .package = package,
				     .version = version,
				     .format = "1.0",
				     .state = &june };
	return s;
}

/* Of three: debug has busybox of another state, and takes as part of the image what the others have
 * as a candidate; nonroot is as the recipe itself. */
static struct lock *family_parts(struct arena *a)
{
	struct lock *parts = arena_array(a, 3, sizeof(*parts));

	for (size_t i = 0; i < 3; i++) {
		parts[i].architecture = "amd64";
		parts[i].answers = digest_of(str_of(i == 1 ? "debug" : "plain"));
		*list_push(a, &parts[i].components) = (struct locked_component){
			.name = "app", .version = "1", .reason = "app 1 (package)"
		};
		part_add_package(a, &parts[i], "app", "1", "image", &june);
		if (i == 1)
			part_add_package(a, &parts[i], "busybox", "2", "image", &july);
		part_add_package(a, &parts[i], "libc6", "3", i == 1 ? "image" : "library", &june);
	}
	*list_push(a, &parts[1].components) = (struct locked_component){
		.name = "busybox", .version = "2", .reason = "busybox 2 (package)"
	};
	return parts;
}

static struct lock family_join(struct arena *a)
{
	struct lock joined;
	struct error e = { 0 };

	cr_assert(lock_join(a, members, family_parts(a), 3, &joined, &e), "%s", e.cause);
	lock_add_state(a, &joined, &june);
	lock_add_state(a, &joined, &july);
	return joined;
}

static const char *variants_lock_text(struct arena *a, const struct lock *l)
{
	struct buf text = { .a = a };

	lock_format(l, &text);
	return buf_cstr(&text);
}

Test(lock_variants, a_package_says_whose_it_is_where_not_all_have_it)
{
	AUTO_ARENA a = { 0 };
	struct lock l = family_join(&a);

	cr_assert_eq(l.packages.n, 3u);
	cr_expect_eq(l.packages.v[0].variants.n, 0u, "app is everybody's");
	cr_expect_str_eq(l.packages.v[1].name, "busybox");
	cr_assert_eq(l.packages.v[1].variants.n, 1u);
	cr_expect_str_eq(l.packages.v[1].variants.v[0], "debug");
	cr_expect_eq(l.packages.v[2].variants.n, 0u);
	cr_expect_eq(l.packages.v[2].roles.n, 2u, "of all together");
	cr_expect_eq(l.packages.v[2].roles_of.n, 3u);
	cr_expect_eq(l.packages.v[0].roles_of.n, 0u, "all use app in one way");
	cr_expect_eq(l.packages.v[1].roles_of.n, 0u, "one uses it");
	cr_assert_eq(l.components.n, 2u);
	cr_expect_eq(l.components.v[1].variants.n, 1u);
	cr_expect_eq(l.variants.n, 2u);
}

/* The same number of roles, and the last is another; one more; and all the same. */
Test(lock_variants, uses_are_told_apart_by_every_role)
{
	static const char *const second[][3] = { { "library", "library", "library" },
						 { "library", "library", "toolchain:c" },
						 { "library", "library", NULL } };

	for (size_t i = 0; i < ARRAY_SIZE(second); i++) {
		AUTO_ARENA a = { 0 };
		struct lock *parts = family_parts(&a), joined;
		struct error e = { 0 };

		for (size_t k = 0; k < 3; k++) {
			if (second[i][k])
				*list_push(&a, &parts[k].packages.v[0].roles) = second[i][k];
		}
		cr_assert(lock_join(&a, members, parts, 3, &joined, &e), "%s", e.cause);
		cr_expect_eq(joined.packages.v[0].roles_of.n, i ? 3u : 0u, "%zu", i);
	}
}

Test(lock_variants, a_part_is_what_was_joined)
{
	AUTO_ARENA a = { 0 };
	struct lock *parts = family_parts(&a), l = family_join(&a);

	for (size_t i = 0; i < 3; i++) {
		struct lock part = lock_of_variant(&a, &l, members[i]);

		lock_add_state(&a, &parts[i], &june);
		if (i == 1)
			lock_add_state(&a, &parts[i], &july);
		cr_expect_str_eq(variants_lock_text(&a, &part), variants_lock_text(&a, &parts[i]));
	}
}

Test(lock_variants, the_text_of_a_lock_with_variants_is_read_again)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);
	struct lock before = family_join(&a), after;
	const char *text = variants_lock_text(&a, &before);
	struct error e = { 0 };

	files_put(path, text);
	cr_assert(lock_load(&a, path, &after, &e), "%s", e.cause);
	cr_expect_str_eq(variants_lock_text(&a, &after), text);
	cr_expect_not_null(strstr(text, "\"roles-of\": { \"debug\": [\"image\"], \"latest\": "
					"[\"library\"], \"nonroot\": [\"library\"] }"),
			   "%s", text);
	files_remove(dir);
}

Test(lock_variants, notes_of_a_part_come_back_into_the_lock)
{
	AUTO_ARENA a = { 0 };
	struct lock l = family_join(&a), part = lock_of_variant(&a, &l, members[1]);

	part.packages.v[2].notes.known = true;
	*list_push(&a, &part.packages.v[2].notes.libraries) = "usr/lib/libc.so.6";
	*list_push(&a, &part.packages.v[2].notes.opened_by) = "debug";
	lock_take_notes(&l, &part);
	cr_expect(l.packages.v[2].notes.known && l.packages.v[2].notes.libraries.n == 1);
	cr_expect(strings_has(&l.packages.v[2].notes.opened_by, "debug"));
	cr_expect_not(l.packages.v[0].notes.known);
}

/* Of one name and architecture; what the lock does not have is passed over. */
Test(lock_variants, notes_are_of_the_package_that_the_lock_has)
{
	AUTO_ARENA a = { 0 };
	struct lock l = family_join(&a), part = lock_of_variant(&a, &l, members[1]);

	for (size_t i = 0; i < part.packages.n; i++) {
		struct locked_package *p = &part.packages.v[i];

		p->notes.known = i > 0;
		*list_push(&a, &p->notes.libraries) = p->name;
	}
	part.packages.v[1].name = "nobody";
	part.packages.v[2].architecture = "arm64";
	lock_take_notes(&l, &part);
	for (size_t i = 0; i < l.packages.n; i++)
		cr_expect_not(l.packages.v[i].notes.known, "%s", l.packages.v[i].name);
}

/* A state that one variant alone has, by a source; and of a suite that nobody uses the newest. */
Test(lock_variants, a_part_has_the_states_that_it_was_verified_against)
{
	static const struct locked_state old = { .archive = "debian-security",
						 .codename = "trixie-security",
						 .date = "Sat, 06 Jun 2026 07:55:41 UTC" };
	static const struct locked_state new = { .archive = "debian-security",
						 .codename = "trixie-security",
						 .date = "Sat, 04 Jul 2026 07:55:41 UTC" };
	AUTO_ARENA a = { 0 };
	struct lock *parts = family_parts(&a), joined, part;
	struct error e = { 0 };

	parts[1].packages.v[1].state = &june;
	part_add_source(&a, &parts[1], "squid", "6")->state = &july;
	cr_assert(lock_join(&a, members, parts, 3, &joined, &e), "%s", e.cause);
	*list_push(&a, &joined.states) = &june;
	*list_push(&a, &joined.states) = &july;
	*list_push(&a, &joined.states) = &old;
	*list_push(&a, &joined.states) = &new;
	part = lock_of_variant(&a, &joined, members[0]);
	cr_assert_eq(part.states.n, 2u);
	cr_expect(part.states.v[0] == &june && part.states.v[1] == &new);
	part = lock_of_variant(&a, &joined, members[1]);
	cr_assert_eq(part.states.n, 3u);
	cr_expect(part.states.v[0] == &june && part.states.v[1] == &july &&
		  part.states.v[2] == &new);
}

Test(lock_variants, two_versions_of_a_package_are_refused)
{
	AUTO_ARENA a = { 0 };
	struct lock *parts = family_parts(&a), joined;
	struct error e = { 0 };

	parts[2].packages.n = 0;
	part_add_package(&a, &parts[2], "app", "1.1", "image", &june);
	cr_assert_not(lock_join(&a, members, parts, 3, &joined, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.cause,
			 "variant latest needs app 1, variant nonroot needs 1.1: variants have one "
			 "lock, and it has one version of a package");
}

Test(lock_variants, malformed_variants_are_refused_with_their_place)
{
	static const char *const cases[][2] = {
		{ "\"variants\": []", "expected an object, found an array" },
		{ "\"variants\": {}", "names no variant: leave it out" },
		{ "\"variants\": {\"b\": \"D\", \"a\": \"D\"}", "variant a is not in order" },
		{ "\"variants\": {\"a\": \"x\"}", "" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.lock.json", dir);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct buf text = { .a = &a };
		struct error e = { 0 };
		struct lock l;

		buf_printf(&text,
			   "{\"lock\": 2, \"answers\": \"%064d\", \"architecture\": \"amd64\", ",
			   0);
		for (const char *p = cases[i][0]; *p; p++) {
			if (*p == 'D')
				buf_printf(&text, "%064d", 0);
			else
				buf_putc(&text, *p);
		}
		buf_puts(
			&text,
			", \"states\": [], \"components\": [], \"packages\": [], \"sources\": []}");
		files_put(path, buf_cstr(&text));
		cr_assert_not(lock_load(&a, path, &l, &e), "%s", cases[i][0]);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect_not_null(strstr(e.cause, cases[i][1]), "%s", e.cause);
		cr_expect_eq(e.at.line, 1u);
	}
	files_remove(dir);
}

Test(lock_variants, a_source_is_the_same_in_all_variants_or_an_error)
{
	static const struct {
		const char *package, *version;
	} others[] = { { "squid", "7" }, { "squid6", "6" } };
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < 2; i++) {
		struct lock *parts = family_parts(&a), joined;
		struct error e = { 0 };

		part_add_source(&a, &parts[0], "squid", "6");
		part_add_source(&a, &parts[2], others[i].package, others[i].version);
		cr_assert_not(lock_join(&a, members, parts, 3, &joined, &e));
		cr_expect_str_eq(e.cause,
				 "variants latest and nonroot compile different sources under the "
				 "name squid; give one of them another name");
	}
}

Test(lock_variants, a_source_says_whose_it_is_where_not_all_have_it)
{
	AUTO_ARENA a = { 0 };
	struct lock *parts = family_parts(&a), joined, part;
	struct error e = { 0 };

	part_add_source(&a, &parts[0], "squid", "6");
	part_add_source(&a, &parts[2], "squid", "6");
	cr_assert(lock_join(&a, members, parts, 3, &joined, &e), "%s", e.cause);
	lock_add_state(&a, &joined, &june);
	cr_assert_eq(joined.sources.n, 1);
	cr_assert_eq(joined.sources.v[0].variants.n, 2);
	part = lock_of_variant(&a, &joined, members[2]);
	cr_expect_eq(part.sources.n, 1);
	cr_expect_eq(part.sources.v[0].variants.n, 0, "in a part it is nobody's in particular");
	part = lock_of_variant(&a, &joined, members[1]);
	cr_expect_eq(part.sources.n, 0);
	/* and of all three it is everybody's */
	part_add_source(&a, &parts[1], "squid", "6");
	cr_assert(lock_join(&a, members, parts, 3, &joined, &e), "%s", e.cause);
	cr_expect_eq(joined.sources.v[0].variants.n, 0);
}

Test(lock_variants, sources_of_two_names_are_two)
{
	AUTO_ARENA a = { 0 };
	struct lock *parts = family_parts(&a), joined;
	struct error e = { 0 };

	part_add_source(&a, &parts[0], "squid", "6");
	part_add_source(&a, &parts[2], "ssl", "3")->name = "openssl";
	cr_assert(lock_join(&a, members, parts, 3, &joined, &e), "%s", e.cause);
	cr_assert_eq(joined.sources.n, 2u);
	cr_expect_str_eq(joined.sources.v[1].name, "openssl");
	cr_expect_eq(joined.sources.v[1].variants.n, 1u);
}

/* What differs in anything is a component of its own. */
Test(lock_variants, components_are_joined_where_they_are_the_same)
{
	static const struct locked_component base = { .name = "app",
						      .version = "1",
						      .reason = "app 1 (package)" };
	struct locked_component others[] = { base, base, base, base, base, base };
	AUTO_ARENA a = { 0 };

	others[1].version = "2";
	others[2].reason = "app 1 (source)";
	others[3].provider = 1;
	others[4].suite = "trixie";
	others[5].question = "0123";
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct lock *parts = family_parts(&a), joined;
		struct error e = { 0 };

		parts[2].components.v[0] = others[i];
		cr_assert(lock_join(&a, members, parts, 3, &joined, &e), "%s", e.cause);
		cr_expect_eq(joined.components.n, i ? 3 : 2, "%zu: %zu", i, joined.components.n);
	}
}
