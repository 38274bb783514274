/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild recipe. */

#include <criterion/criterion.h>

#include "support/fixture_verb.h"

Test(recipe_verb, prints_what_a_recipe_extends)
{
	AUTO_ARENA a = { 0 };
	struct verb_run r = VERB(&a, cmd_recipe, "recipe", "--expanded",
				 "recipes/cephalo-slim.json");

	cr_expect(r.ok, "%s", r.message);
	cr_expect(strstr(r.out, "\"name\": \"cephalo-slim\"") &&
			  strstr(r.out, "\"/usr/local/bin/healthcheck\""),
		  "%s", r.out);
	cr_expect_null(strstr(r.out, "python"));
}

Test(recipe_verb, needs_a_recipe_and_says_what_it_prints)
{
	AUTO_ARENA a = { 0 };
	struct verb_run r = VERB(&a, cmd_recipe, "recipe", "--expanded");

	cr_expect_str_eq(r.message, "recipe: name a recipe");
	cr_expect_eq(r.e.kind, ERR_USAGE);
	r = VERB(&a, cmd_recipe, "recipe", "recipes/hello.json");
	cr_expect_str_eq(r.message,
			 "recipe: add --expanded to print the recipe with what it extends");
	cr_expect_eq(r.e.kind, ERR_USAGE);
	r = VERB(&a, cmd_recipe, "recipe", "--expanded", "recipes/hullo.json");
	cr_expect_str_eq(r.message,
			 "there is no recipe recipes/hullo.json; did you mean recipes/hello.json?");
	cr_expect_eq(r.e.kind, ERR_INPUT);
}
