/* SPDX-License-Identifier: Apache-2.0 */
/* Whose exceptions an audit applies: an image's labels choose none for itself. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "cli/commands.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"
#include "support/gen_image.h"

#define AUDIT(a, ...) VERB((a), cmd_audit, "audit", "--fail-on", "never", __VA_ARGS__)

static void expect_first_line(struct verb_run r, const char *want)
{
	cr_expect(r.ok && strncmp(r.out, want, strlen(want)) == 0, "no \"%s\" in\n%s%s", want,
		  r.out, r.message);
}

Test(image_accepts, are_those_of_the_recipe_that_the_image_was_made_from)
{
	struct homestead h;
	const char *recipe;

	homestead_open(&h);
	homestead_build(&h);
	expect_first_line(AUDIT(&h.depot.a, h.image),
			  "accepts   0 exceptions of recipes/app.json\n");
	expect_first_line(AUDIT(&h.depot.a, h.image, "--recipe", "none"),
			  "accepts   none: --recipe none\n");
	recipe = files_get(&h.depot.a, "recipes/app.json");
	files_put("recipes/app.json", arena_printf(&h.depot.a, "%s\n", recipe));
	expect_first_line(AUDIT(&h.depot.a, h.image),
			  "accepts   none: recipes/app.json, or a recipe it names, has changed "
			  "since the image was made: the image records sha256:");
	expect_first_line(AUDIT(&h.depot.a, h.image, "--recipe", "recipes/app.json"),
			  "accepts   0 exceptions of recipes/app.json\n");
	files_put("recipes/app.json", recipe);
	unlink("recipes/app.lock.json");
	expect_first_line(AUDIT(&h.depot.a, h.image),
			  "accepts   none: there is no recipes/app.lock.json");
	cr_assert_eq(chdir("/"), 0);
	expect_first_line(AUDIT(&h.depot.a, h.image),
			  "accepts   none: the image was made from recipes/app.json, which "
			  "is not here, and no folder from here upward holds an images.json");
	homestead_close(&h);
}

Test(image_accepts, are_none_for_images_of_others)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g, forged;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	expect_first_line(AUDIT(&a, g.path),
			  "accepts   none: the image records no recipe; --recipe FILE names one\n");
	imagegen_begin(&forged, &a);
	imagegen_good(&forged);
	forged.config = "{\"Labels\":{\"vnd.imgbuild.recipe\":\"../recipes/hello.json\"}}";
	imagegen_write(&forged);
	expect_first_line(AUDIT(&a, forged.path), "accepts   none: path \"../recipes/hello.json\"");
}
