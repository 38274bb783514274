/* SPDX-License-Identifier: Apache-2.0 */
/* Names of states in a lock's text. */

#include <criterion/criterion.h>

#include "input/lock/state_names.h"

static struct locked_state state_names_state(const char *codename, const char *date,
					     const char *content)
{
	return (struct locked_state){ .archive = "debian",
				      .codename = codename,
				      .date = date,
				      .inrelease = digest_of(str_of(content)) };
}

Test(state_names, one_name_is_of_one_state)
{
	struct locked_state states[] = {
		state_names_state("trixie", "Sat, 12 Sep 2026 07:55:41 UTC", "a"),
		state_names_state("trixie", "Sat, 12 Sep 2026 07:55:41 UTC", "b"),
		state_names_state("trixie", "Sat, 19 Sep 2026 07:55:41 UTC", "a"),
		state_names_state("sid", "Sat, 12 Sep 2026 07:55:41 UTC", "a"),
		state_names_state("sid", "Sat, 12 Sep 2026 07:55:41 UTC", "a"),
	};
	/* the first digits of the digests are what sha256sum prints for "a" and "b" */
	static const char *const ids[] = { "debian/trixie/20260912T075541Z.ca978112",
					   "debian/trixie/20260912T075541Z.unproven",
					   "debian/trixie/20260919T075541Z",
					   "debian/sid/20260912T075541Z" };
	AUTO_ARENA a = { 0 };
	struct lock lock = { .file = NULL };
	struct state_names names = { .seen = { NULL } };

	states[1].unproven = true;
	for (size_t i = 0; i < 4; i++) {
		cr_expect_null(state_names_add(&a, &names, &states[i]));
		*list_push(&a, &lock.states) = &states[i];
	}
	cr_expect_eq(state_names_add(&a, &names, &states[4]), &states[3], "it is the same");
	state_names_finish(&a, &names, &lock);
	for (size_t i = 0; i < 4; i++) {
		cr_expect_str_eq(state_names_id(&a, &names, &states[i]), ids[i]);
		cr_expect_eq(state_names_find(&names, ids[i]), &states[i], "%s", ids[i]);
	}
	cr_expect_null(state_names_find(&names, "debian/trixie/20260912T075541Z"),
		       "which of the two is meant?");
}

Test(state_names, the_newest_of_a_suite_is_found_in_any_order)
{
	const struct locked_state states[] = {
		state_names_state("trixie", "Sat, 12 Sep 2026 07:55:41 UTC", "a"),
		state_names_state("trixie", "Sat, 19 Sep 2026 07:55:41 UTC", "b"),
		state_names_state("trixie", "Sat, 05 Sep 2026 07:55:41 UTC", "c"),
		state_names_state("sid", "Sat, 26 Sep 2026 07:55:41 UTC", "d"),
	};
	AUTO_ARENA a = { 0 };
	struct lock lock = { .file = NULL };
	struct state_names names;

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		*list_push(&a, &lock.states) = &states[i];
	state_names_init(&a, &names, &lock);
	cr_expect_eq(state_names_newest(&names, "debian", "trixie"), &states[1]);
	cr_expect_eq(state_names_newest(&names, "debian", "sid"), &states[3]);
	cr_expect_null(state_names_newest(&names, "debian", "forky"));
	cr_expect_null(state_names_newest(&names, "debian-security", "trixie"));
}
