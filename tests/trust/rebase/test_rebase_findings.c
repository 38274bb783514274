/* SPDX-License-Identifier: Apache-2.0 */
/* What an audit finds in the result and did not find in the image. */

#include <criterion/criterion.h>

#include "inspect/audit/rules.h"
#include "trust/rebase/rebase.h"

static void findings_put(struct arena *a, struct findings *l, const char *rule, const char *path,
			 const char *message)
{
	*list_push(a, l) =
		(struct finding){ .rule = rule_find(rule), .path = path, .message = message };
}

Test(rebase_findings, what_was_there_before_counts_not_whatever_its_layer_is_called)
{
	static const struct {
		const char *rule, *path, *message;
		bool counts;
	} cases[] = {
		{ "link.dangling", "a", "it leads to b", false },
		{ "link.dangling", "a", "it leads to c", true },
		{ "link.dangling", "b", "it leads to b", true },
		{ "link.escapes", "a", "it leads to b", true },
		{ "layer.through-link", "l/x", "layer 4: it is written", false },
		{ "layer.through-link", "l/x", "layer 44: it is written", false },
		{ "layer.through-link", "l/y", "layer 3: it is written", true },
		{ "layer.through-link", "l/x", "layer 3: it stands", true },
		{ "layer.through-link", "l/x", "layer x: it is written", true },
		{ "layer.through-link", "l/x", "layer : it is written", true },
		{ "file.unowned", "x", "new, and of no matter", false },
	};
	AUTO_ARENA a = { 0 };
	struct findings before = { NULL, 0, 0 };

	findings_put(&a, &before, "link.dangling", "a", "it leads to b");
	findings_put(&a, &before, "layer.through-link", "l/x", "layer 3: it is written");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct findings after = { NULL, 0, 0 };
		struct rebase_obstacles out = { NULL, 0, 0 };

		findings_put(&a, &after, cases[i].rule, cases[i].path, cases[i].message);
		rebase_check_findings(&a, &before, &after, &out);
		cr_expect_eq(out.n, cases[i].counts, "%zu: %s", i, cases[i].message);
		cr_expect_eq(rebase_findings_count(&after),
			     strcmp(cases[i].rule, "file.unowned") != 0);
	}
}

/* The list ends there, and what follows is not in it. */
Test(rebase_findings, a_list_that_is_full_proves_nothing)
{
	AUTO_ARENA a = { 0 };
	struct findings full = { NULL, 0, 0 };
	const struct findings none = { NULL, 0, 0 };

	for (size_t i = 0; i < FINDINGS_MAX; i++)
		findings_put(&a, &full, "file.unowned", "x", "in no package record");
	for (int side = 0; side < 2; side++) {
		struct rebase_obstacles out = { NULL, 0, 0 };

		rebase_check_findings(&a, side ? &full : &none, side ? &none : &full, &out);
		cr_assert_eq(out.n, 1u);
		cr_expect_str_eq(out.v[0].text,
				 "the audit has 100000 findings and stops there: whether there are "
				 "others cannot be told");
	}
	cr_expect(rebase_findings_count(&full));
	full.n--;
	cr_expect_not(rebase_findings_count(&full));
}
