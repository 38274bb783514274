/* SPDX-License-Identifier: Apache-2.0 */
/* What a draft keeps of what is said twice, and of what is taken back. */

#include <criterion/criterion.h>

#include "explain/init/draft.h"

/* mini-buildd.service sets PYTHONWARNINGS twice; systemd.exec(5): "the later setting will override
 * the earlier setting". */
Test(draft, of_a_variable_set_twice_the_last_value_counts)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };

	draft_set_env(&d, "A", "1", "x.service:1");
	draft_set_env(&d, "B", "2", "x.service:2");
	draft_set_env(&d, "A", "3", "x.service:3");
	cr_assert_eq(d.env.n, 2);
	cr_expect_str_eq(d.env.v[0].value, "3");
	cr_assert_eq(d.choices.n, 2);
	cr_expect_str_eq(d.choices.v[0].from, "x.service:3");
}

/* Which alternatives lead somewhere, and what of scripts is accepted, is found out again. */
Test(draft, what_is_dropped_unsettles_it)
{
	AUTO_ARENA a = { 0 };
	struct init_draft d = { .a = &a };

	*list_push(&a, &d.alternatives) = (struct draft_pair){ .name = "/usr/bin/x" };
	*list_push(&a, &d.effects) = (struct draft_pair){ .name = "x" };
	draft_chose(&d, "alternatives", "/usr/bin/x", "x: postinst:1");
	draft_chose(&d, "effects.accept", "x", "x");
	draft_chose(&d, "user", "x", "x");
	cr_expect(draft_drop(&d, "/usr/bin/script"));
	cr_expect(d.unsettled);
	cr_expect_eq(d.alternatives.n + d.effects.n, 0);
	cr_assert_eq(d.choices.n, 1);
	cr_expect_str_eq(d.choices.v[0].key, "user");
	d.unsettled = false;
	cr_expect_not(draft_drop(&d, "/usr/bin/script"));
	cr_expect_not(d.unsettled);
}
