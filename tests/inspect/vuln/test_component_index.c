/* SPDX-License-Identifier: Apache-2.0 */
/* Which components data find by a name. */

#include <criterion/criterion.h>

#include "inspect/vuln/component_index.h"

static struct image_component indexed[] = {
	{ .name = "libssl3t64", .source = "openssl" },
	{ .name = "openssl", .source = "openssl" },
	{ .name = "proxy",
	  .purl = { .type = "generic", .space = "", .name = "proxy", .version = "7.6" },
	  .cpe = "cpe:2.3:a:team:proxy:7.6:*:*:*:*:*:*:*" },
	{ .name = "pump", .cpe = "cpe:2.3:a:team:pump:1:*:*:*:*:*:*:*" },
	{ .name = "odd", .cpe = "cpe:/a:team:odd:1" },
};

/* "0 1": the positions. */
static const char *positions_text(struct arena *a, const struct positions *l)
{
	const char *text = "";

	for (size_t i = 0; i < l->n; i++)
		text = arena_printf(a, "%s%s%zu", text, i ? " " : "", l->v[i]);
	return text;
}

Test(component_index, names_of_each_kind_lead_to_components)
{
	const struct purl proxy = { .type = "generic", .space = "", .name = "proxy" };
	const struct purl other = { .type = "generic", .space = "team", .name = "proxy" };
	const struct purl none = { .type = NULL };
	const struct components all = { indexed, ARRAY_SIZE(indexed), 0 };
	AUTO_ARENA a = { 0 };
	struct component_index x;

	component_index_init(&a, &all, &x);
	cr_expect_str_eq(positions_text(&a, component_index_source(&x, "openssl")), "0 1");
	cr_expect_str_eq(positions_text(&a, component_index_name(&x, "openssl")), "1");
	cr_expect_str_eq(positions_text(&a, component_index_name(&x, "proxy")), "",
			 "it is not a package of Debian's");
	cr_expect_str_eq(positions_text(&a, component_index_purl(&x, &proxy)), "2");
	cr_expect_str_eq(positions_text(&a, component_index_purl(&x, &other)), "");
	cr_expect_str_eq(positions_text(&a, component_index_purl(&x, &none)), "");
}

/* '*' and an empty field stand for any product (NISTIR 7695, 5.3.2 and 6.2). */
Test(component_index, a_cpe_with_a_wildcard_leads_to_all_that_have_one)
{
	static const char *const cases[][2] = {
		{ "cpe:2.3:a:team:pump:*:*:*", "3" }, { "cpe:2.3:a:team:*:1:*:*", "2 3" },
		{ "cpe:2.3:a:team::1", "2 3" },	      { "cpe:2.3:a:team:odd:1", "" },
		{ "cpe:/a:team:odd:1", "" },	      { "", "" },
	};
	const struct components all = { indexed, ARRAY_SIZE(indexed), 0 };
	AUTO_ARENA a = { 0 };
	struct component_index x;

	component_index_init(&a, &all, &x);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		cr_expect_str_eq(positions_text(&a, component_index_cpe(&x, cases[i][0])),
				 cases[i][1], "%s", cases[i][0]);
}

Test(component_index, positions_are_sorted_and_each_is_there_once)
{
	size_t v[] = { 3, 1, 3, 0, 1 };
	struct positions l = { v, ARRAY_SIZE(v), 0 }, none = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };

	positions_sort(&l);
	cr_expect_str_eq(positions_text(&a, &l), "0 1 3");
	positions_sort(&none);
	cr_expect_eq(none.n, 0);
}
