/* SPDX-License-Identifier: Apache-2.0 */
/* What grew from one image to the next. */

#include <criterion/criterion.h>

#include "inspect/compare/diff.h"
#include "inspect/compare/increase.h"
#include "support/fixture_audited.h"
#include "support/gen_image.h"

static struct str increase_zeros(struct arena *a, size_t n)
{
	return (struct str){ arena_alloc(a, n), n };
}

/* A good image with a large file of that many bytes, and `more` files. */
static struct audit_result increase_image(struct imagegen *g, struct arena *a, size_t large,
					  unsigned more, const char *version)
{
	imagegen_begin(g, a);
	imagegen_good(g);
	imagegen_layer(g);
	imagegen_file(g, "usr/lib/large.so", 0644, increase_zeros(a, large));
	imagegen_file(g, "var/lib/dpkg/status.d/large", 0644,
		      str_of(arena_printf(a, "Package: large\nVersion: %s\nArchitecture: all\n",
					  version)));
	imagegen_file(g, "var/lib/dpkg/status.d/large.md5sums", 0644,
		      STR("d41d8cd98f00b204e9800998ecf8427e  usr/lib/large.so\n"));
	for (unsigned i = 0; i < more; i++)
		imagegen_file(g, arena_printf(a, "etc/f%02u", i), 0644, increase_zeros(a, 100 + i));
	imagegen_write(g);
	return audited(a, &(struct audit_request){ .image = g->path, .policy = "report-only" });
}

Test(increase, the_largest_come_first_and_the_rest_is_counted)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result before = increase_image(&g, &a, 1000, 0, "1.0-1");
	struct audit_result after = increase_image(&h, &a, 51000, 12, "1.0-2");
	struct buf text = { .a = &a };
	struct increase x;

	increase_find(&a, &before, &after, &x);
	increase_text(&x, &text);
	cr_expect(strstr(text.p, ", 2 -> 2 layers, 2 -> 2 packages\n"), "%s", text.p);
	cr_expect(strstr(text.p, "  packages  +50.0 kB  large 1.0-1 -> 1.0-2 (1.0 kB -> 51.0 kB)\n"
				 "  files     +50.0 kB  /usr/lib/large.so (1.0 kB -> 51.0 kB)\n"
				 "            +111 bytes  /etc/f11 (new)\n"),
		  "%s", text.p);
	cr_expect(strstr(text.p, "            +303 bytes  in 3 more\n  layers    +"), "%s", text.p);
	cr_expect(strstr(text.p, "  layer 2 (new)\n"), "%s", text.p);
}

Test(increase, what_shrinks_or_goes_is_not_told)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result before = increase_image(&g, &a, 51000, 12, "1.0-2");
	struct audit_result after = increase_image(&h, &a, 1000, 0, "1.0-2");
	struct increase x;

	increase_find(&a, &before, &after, &x);
	cr_expect_eq(x.parts[INCREASE_PACKAGES].n, 0);
	cr_expect_eq(x.parts[INCREASE_FILES].n, 0);
	cr_expect_eq(x.parts[INCREASE_LAYERS].n, 1, "the layer of other content is new");
	increase_find(&a, &after, &after, &x);
	cr_expect_eq(x.parts[INCREASE_LAYERS].n, 0);
}

Test(increase, a_pull_request_takes_the_text_of_any_difference)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result before = increase_image(&g, &a, 1000, 0, "1.0-1");
	struct audit_result after = increase_image(&h, &a, 51000, 3000, "1.0-2");
	struct buf text = { .a = &a };
	struct diff d;

	diff_make(&a, &before, &after, &d);
	diff_markdown(&d, &text);
	cr_expect_lt(text.n, 65536, "GitHub refuses more: %zu", text.n);
	cr_expect(strstr(text.p, "\n| packages | more | before | after |\n|---|---:|---:|---:|\n"
				 "| large 1.0-1 -&#62; 1.0-2 | +50.0 kB | 1.0 kB | 51.0 kB |\n"),
		  "%s", text.p);
	cr_expect(strstr(text.p, "| /etc/f2999 | +3.1 kB | new | 3.1 kB |\n"), "%s", text.p);
	cr_expect(strstr(text.p, " more | imgbuild diff without --format tells all |\n"), "%s",
		  text.p);
	cr_expect(strstr(text.p, "<summary>files: 3000 new, 0 gone, 2 changed</summary>"), "%s",
		  text.p);
}
