/* SPDX-License-Identifier: Apache-2.0 */
/* What is found in a lock by its name, and what is the same. */

#include <criterion/criterion.h>

#include "input/lock/lock.h"

static const struct locked_state monday = { .archive = "debian",
					    .codename = "trixie",
					    .date = "Mon, 01 Jun 2026 07:55:41 UTC" };
static const struct locked_state tuesday = { .archive = "debian",
					     .codename = "trixie",
					     .date = "Tue, 02 Jun 2026 07:55:41 UTC" };

Test(locked_parts, states_are_the_same_in_everything)
{
	struct locked_state others[] = { monday, monday, monday, monday, monday, monday };

	others[1].archive = "debian-security";
	others[2].codename = "trixie-updates";
	others[3].date = tuesday.date;
	others[4].unproven = true;
	others[5].inrelease = digest_of(STR("x"));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		AUTO_ARENA a = { 0 };
		struct lock l = { .format = 2 };

		cr_expect_eq(locked_state_same(&monday, &others[i]), i == 0, "%zu", i);
		cr_expect_eq(lock_add_state(&a, &l, &monday), &monday);
		cr_expect_eq(lock_add_state(&a, &l, &others[i]), i ? &others[i] : &monday, "%zu",
			     i);
		cr_expect_eq(l.states.n, i ? 2u : 1u, "%zu", i);
	}
}

/* Of equals the last; one whose date cannot be read is none. */
Test(locked_parts, the_newest_state_is_that_of_its_suite)
{
	static const struct locked_state again = { .archive = "debian",
						   .codename = "trixie",
						   .date = "Tue, 02 Jun 2026 07:55:41 UTC",
						   .unproven = true };
	static const struct locked_state wrong = { .archive = "debian",
						   .codename = "trixie",
						   .date = "some day" };
	static const struct locked_state updates = { .archive = "debian",
						     .codename = "trixie-updates",
						     .date = "Wed, 03 Jun 2026 07:55:41 UTC" };
	static const struct locked_state security = { .archive = "debian-security",
						      .codename = "trixie",
						      .date = "Wed, 03 Jun 2026 07:55:41 UTC" };
	AUTO_ARENA a = { 0 };
	struct lock l = { .format = 2 };

	cr_expect_null(lock_newest_state(&l, "debian", "trixie"));
	*list_push(&a, &l.states) = &wrong;
	cr_expect_null(lock_newest_state(&l, "debian", "trixie"));
	*list_push(&a, &l.states) = &updates;
	*list_push(&a, &l.states) = &security;
	*list_push(&a, &l.states) = &tuesday;
	*list_push(&a, &l.states) = &monday;
	cr_expect_eq(lock_newest_state(&l, "debian", "trixie"), &tuesday);
	*list_push(&a, &l.states) = &again;
	cr_expect_eq(lock_newest_state(&l, "debian", "trixie"), &again);
	cr_expect_eq(lock_newest_state(&l, "debian", "trixie-updates"), &updates);
	cr_expect_eq(lock_newest_state(&l, "debian-security", "trixie"), &security);
	cr_expect_null(lock_newest_state(&l, "debian-security", "trixie-updates"));
}

Test(locked_parts, sources_and_components_are_found_by_name)
{
	AUTO_ARENA a = { 0 };
	struct lock l = { .format = 2 };

	cr_expect_null(lock_source(&l, "a"));
	cr_expect_null(lock_component(&l, "a"));
	cr_expect_null(lock_package(&l, "a"));
	for (const char *p = "abc"; *p; p++) {
		const char *name = arena_printf(&a, "%c", *p);

		list_push(&a, &l.sources)->name = name;
		list_push(&a, &l.components)->name = name;
	}
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(lock_source(&l, l.sources.v[i].name), &l.sources.v[i]);
		cr_expect_eq(lock_component(&l, l.components.v[i].name), &l.components.v[i]);
	}
	cr_expect_null(lock_source(&l, "d"));
	cr_expect_null(lock_component(&l, "d"));
}

Test(locked_parts, what_a_language_locks_has_its_format_and_no_archive)
{
	static const char *const formats[] = { "go", "cargo", "npm", "python", "maven" };
	static const char *const others[] = { "download", "tarball", "1.0", "g", "goo", "" };
	struct locked_source s = { .name = "x" };

	cr_expect_not(locked_source_is_dependencies(&s));
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		s = (struct locked_source){ .format = formats[i] };
		cr_expect(locked_source_is_dependencies(&s), "%s", formats[i]);
		s.state = &monday;
		cr_expect_not(locked_source_is_dependencies(&s), "%s", formats[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		s = (struct locked_source){ .format = others[i] };
		cr_expect_not(locked_source_is_dependencies(&s), "%s", others[i]);
	}
}

/* Without an archive and without any address. */
Test(locked_parts, a_file_of_the_repository_has_no_address)
{
	for (int i = 0; i < 8; i++) {
		const char *url = "http://127.0.0.1/x";
		const struct locked_file f = { .url = i & 1 ? url : NULL };
		const struct locked_source s = { .state = i & 2 ? &monday : NULL,
						 .urls = { &url, i & 4 ? 1 : 0, 1 } };

		cr_expect_eq(locked_file_is_local(&s, &f), i == 0, "%d", i);
	}
}
