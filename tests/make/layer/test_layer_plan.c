/* SPDX-License-Identifier: Apache-2.0 */
/* Which node stands in which layer. */

#include <criterion/criterion.h>

#include "make/layer/layer_plan.h"
#include "support/fixture_scene.h"

/* "lower: usr usr/bin ...; upper: ..." for the layers lower and upper. */
static const char *plan_text_of(struct scene *s, bool self_contained)
{
	struct layer_order order = { .self_contained = self_contained };
	struct layer_plans plans = { 0 };
	struct buf b = { .a = s->a };
	struct error e = { 0 };

	*list_push(s->a, &order.names) = "lower";
	*list_push(s->a, &order.names) = "upper";
	cr_assert(layer_plan_all(s->a, &s->tree, &order, &plans, &e), "%s", e.cause);
	cr_assert_eq(plans.v.n, 2);
	for (size_t i = 0; i < plans.v.n; i++) {
		const struct layer_plan *p = &plans.v.v[i];

		buf_printf(&b, "%s%s:", i ? "; " : "", p->name);
		for (size_t k = 0; k < p->nodes.n; k++) {
			buf_printf(&b, " %s", p->nodes.v[k]->path);
			cr_expect(k == 0 ||
					  strcmp(p->nodes.v[k - 1]->path, p->nodes.v[k]->path) < 0,
				  "%s is not in order", p->nodes.v[k]->path);
		}
	}
	return buf_cstr(&b);
}

static const char *plan_text(struct scene *s)
{
	return plan_text_of(s, false);
}

/* A tree with nothing but nodes; no store is needed. */
static void plan_tree_begin(struct scene *s, struct arena *a)
{
	*s = (struct scene){ .a = a };
	tree_init(&s->tree, a);
}

Test(layer_plan, a_layer_holds_its_nodes_and_the_folders_above_them)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "upper", "usr/bin/x", "x");
	cr_expect_str_eq(plan_text(&s), "lower:; upper: usr usr/bin usr/bin/x");
}

Test(layer_plan, a_folder_that_a_lower_layer_has_is_not_repeated)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "lower", "usr/lib/a", "a");
	scene_file(&s, "upper", "usr/lib/b", "b");
	scene_file(&s, "upper", "usr/share/c", "c");
	cr_expect_str_eq(plan_text(&s),
			 "lower: usr usr/lib usr/lib/a; upper: usr/lib/b usr/share usr/share/c");
}

Test(layer_plan, a_folder_that_the_layer_brings_is_repeated)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "lower", "var/spool/x/y", "y");
	scene_dir(&s, "upper", "var/spool/x");
	cr_expect_str_eq(plan_text(&s),
			 "lower: var var/spool var/spool/x var/spool/x/y; upper: var/spool/x");
}

Test(layer_plan, a_folder_brought_by_a_lower_layer_stands_there_even_if_it_is_empty)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_dir(&s, "lower", "srv");
	scene_file(&s, "upper", "srv/x", "x");
	cr_expect_str_eq(plan_text(&s), "lower: srv; upper: srv/x");
}

Test(layer_plan, what_belongs_to_the_base_is_not_written)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "base", "etc/passwd", "root");
	scene_dir(&s, "base", "var");
	scene_file(&s, "lower", "etc/x", "x");
	scene_file(&s, "upper", "var/log/y", "y");
	cr_expect_str_eq(plan_text(&s), "lower: etc/x; upper: var/log var/log/y");
}

Test(layer_plan, a_folder_of_the_base_with_new_attributes_is_written)
{
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };
	struct scene s;
	struct owner upper = { .name = "upper", .layer = "upper" };
	struct node n = { .path = "var/spool", .type = NODE_DIR, .mode = 0770, .owner = &upper };

	plan_tree_begin(&s, &a);
	scene_file(&s, "base", "var/spool/mail", "");
	cr_assert(tree_replace(&s.tree, &n, &e));
	cr_expect_str_eq(plan_text(&s), "lower:; upper: var/spool");
}

Test(layer_plan, siblings_that_sort_between_a_folder_and_its_children_do_no_harm)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "upper", "usr/x", "x");
	scene_file(&s, "lower", "usr-local", "y"); /* '-' sorts before '/' */
	scene_file(&s, "lower", "usr.d/z", "z");
	cr_expect_str_eq(plan_text(&s), "lower: usr-local usr.d usr.d/z; upper: usr usr/x");
}

Test(layer_plan, a_folder_that_nobody_needs_any_more_is_left_out)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "upper", "a", "a");
	scene_dir(&s, "upper", "gone")->implied = true;
	cr_expect_str_eq(plan_text(&s), "lower:; upper: a");
}

Test(layer_plan, names_that_mean_removal_are_refused)
{
	static const char *const names[] = { "etc/.wh.passwd", ".wh..wh..opq", "x/.wh.y/z" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_ARENA a = { 0 };
		struct layer_order order = { 0 };
		struct layer_plans plans = { 0 };
		struct error e = { 0 };
		struct scene s;

		plan_tree_begin(&s, &a);
		scene_file(&s, "upper", names[i], "");
		cr_expect(!layer_plan_all(&a, &s.tree, &order, &plans, &e), "%s", names[i]);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, "upper"), "%s", e.cause);
	}
}

Test(layer_plan, a_layer_that_is_self_contained_does_not_depend_on_what_is_below_it)
{
	AUTO_ARENA a = { 0 };
	struct scene s;

	plan_tree_begin(&s, &a);
	scene_file(&s, "upper", "usr/lib/b", "b");
	scene_file(&s, "upper", "var/x/c", "c");
	cr_expect_str_eq(plan_text_of(&s, true),
			 "lower:; upper: usr usr/lib usr/lib/b var var/x var/x/c");
	scene_file(&s, "lower", "usr/lib/a", "a");
	scene_dir(&s, "lower", "var/x");
	scene_dir(&s, "base", "var");
	scene_dir(&s, "lower", "srv");
	cr_expect_str_eq(plan_text_of(&s, true), "lower: srv usr usr/lib usr/lib/a var var/x; "
						 "upper: usr usr/lib usr/lib/b var var/x var/x/c");
}
