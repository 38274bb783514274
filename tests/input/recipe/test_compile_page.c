/* SPDX-License-Identifier: Apache-2.0 */
/* The sources that docs/how-to/compile.md shows, in the repository that it shows. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "input/recipe/recipe.h"
#include "support/fixture_files.h"

#define PAGE "docs/how-to/compile.md"

/* The lines of the next example that begins so, without those of lock files, which others test. */
static bool page_next(struct arena *a, struct str *page, const char *begin, const char **out)
{
	struct buf text = { .a = a };
	struct str line;
	const char *at = memmem(page->p, page->n, begin, strlen(begin));

	if (!at)
		return false;
	*page = str_from(*page, (size_t)(at - page->p));
	while (str_next(page, '\n', &line) && str_starts(line, STR("    "))) {
		if (memmem(line.p, line.n, "\"dependencies\"", 14))
			continue;
		buf_add(&text, line);
		buf_putc(&text, '\n');
	}
	*out = buf_cstr(&text);
	return true;
}

Test(compile_page, sources_are_read_where_the_page_says_that_they_stand)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *recipe, *source;
	const char *path = arena_printf(&a, "%s/recipes/app.json", dir);
	struct str page = str_of(files_get(&a, PAGE));
	char here[4096];
	unsigned n = 0;

	cr_assert(getcwd(here, sizeof(here)));
	setenv("IMGBUILD_DATA", here, 1);
	files_put(arena_printf(&a, "%s/images.json", dir), "{ }");
	files_put(arena_printf(&a, "%s/app/x", dir), "");
	cr_assert(page_next(&a, &page, "    { \"name\": \"app\", \"base\"", &recipe));
	files_put(path, recipe);
	while (page_next(&a, &page, "    { \"name\": \"app\", \"folder\"", &source)) {
		struct recipe r = { 0 };
		struct error e = { 0 };

		files_put(arena_printf(&a, "%s/recipes/sources/app.json", dir), source);
		cr_expect(recipe_load(&a, path, &r, &e), "%s%s in %s", e.context, e.cause, source);
		n++;
	}
	cr_expect_eq(n, 6u, "%u", n);
	files_remove(dir);
}
