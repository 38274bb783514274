/* SPDX-License-Identifier: Apache-2.0 */
/* Many images at once: patterns, lists, indexes of several platforms; and who else pushes. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_rebase_world.h"
#include "support/fixture_files.h"

#define COPIES 5

/* team/copy0 to team/copy4, with the tags 1 and 2. */
static void rebase_put_copies(struct rebase_world *x)
{
	for (int i = 0; i < COPIES; i++) {
		const char *name = arena_printf(&x->w.a, "team/copy%d", i);

		for (int tag = 1; tag <= 2; tag++)
			rebase_must(MINIREPO_RUN(&x->w.m, "push", rebase_world_path(x, "one-first"),
						 registry_ref(&x->r, arena_printf(&x->w.a, "%s:%d",
										  name, tag))),
				    "push");
	}
}

static const char *rebase_copy_ref(struct rebase_world *x, int i, int tag)
{
	return registry_ref(&x->r, arena_printf(&x->w.a, "team/copy%d:%d", i, tag));
}

Test(rebasing_many, a_pattern_stands_for_all_repositories_below, .timeout = 600)
{
	struct rebase_world x;
	struct oracle_run r;
	const char *after, *before;

	oracle_need("skopeo");
	rebase_world_open(&x, "linux/amd64");
	rebase_put_copies(&x);
	before = rebase_layers(&x, x.image);
	rebase_world_move(&x);
	after = rebase_layers(&x, rebase_world_layout(&x, "one-second"));
	r = MINIREPO_RUN(&x.w.m, "rebase", registry_ref(&x.r, "team/copy*"), "--base", x.base);
	cr_expect(r.status == 2 && locks_world_says(r.err, "a \"*\" stands for the repositories "),
		  "%d %s", r.status, r.err.p);
	r = MINIREPO_RUN(&x.w.m, "rebase", registry_ref(&x.r, "other/*:1"), "--base", x.base);
	cr_expect(r.status == 3 && locks_world_says(r.err, "the registry has no such image"),
		  "%d %s", r.status, r.err.p);
	/* the base is below team/, too, and is passed over */
	rebase_must(MINIREPO_RUN(&x.w.m, "rebase", registry_ref(&x.r, "team/*:1"), "--base", x.base,
				 "-j2"),
		    "all repositories");
	cr_expect_str_eq(rebase_layers(&x, x.image), after);
	for (int i = 0; i < COPIES; i++) {
		cr_expect_str_eq(rebase_layers(&x, rebase_copy_ref(&x, i, 1)), after);
		cr_expect_str_eq(rebase_layers(&x, rebase_copy_ref(&x, i, 2)), before);
	}
	/* what is printed is in the order of the registry's list */
	r = MINIREPO_RUN(&x.w.m, "rebase", registry_ref(&x.r, "team/copy3:*"), "--base", x.base);
	rebase_must(r, "all tags");
	cr_expect(locks_world_says(r.out, "team/copy3:1: stands on "), "%s", r.out.p);
	cr_expect_str_eq(rebase_layers(&x, rebase_copy_ref(&x, 3, 2)), after);
	/* patterns that stand for the same images, and for the base alone */
	rebase_must(MINIREPO_RUN(&x.w.m, "rebase", registry_ref(&x.r, "team/copy3:*"),
				 registry_ref(&x.r, "team/copy3:*"), "--base", x.base),
		    "twice the same");
	r = IMGBUILD(&x.w.a, "rebase", x.image, "--base", rebase_copy_ref(&x, 0, 1), "--check",
		     "--cache-dir", rebase_world_path(&x, "empty"));
	cr_expect(r.status == 4 && locks_world_says(r.err, "records a base that is not to be had "
							   "(--from IMAGE names another place)"),
		  "%d %s", r.status, r.err.p);
	r = MINIREPO_RUN(&x.w.m, "rebase", x.base, "--base", x.base);
	cr_expect(r.status == 2 && locks_world_says(r.err, "only the new base itself is named"),
		  "%d %s", r.status, r.err.p);
	rebase_world_close(&x);
}

Test(rebasing_many, a_list_names_images_and_is_blamed_by_its_line, .timeout = 600)
{
	struct rebase_world x;
	struct oracle_run r;
	const char *list, *after;

	oracle_need("skopeo");
	rebase_world_open(&x, "linux/amd64");
	rebase_put_copies(&x);
	rebase_world_move(&x);
	after = rebase_layers(&x, rebase_world_layout(&x, "one-second"));
	list = rebase_world_path(&x, "list");
	files_put(list, arena_printf(&x.w.a, "\xef\xbb\xbf# two of them\r\n%s\n\n  %s  \n%s\n",
				     rebase_copy_ref(&x, 0, 1), rebase_copy_ref(&x, 1, 2),
				     rebase_copy_ref(&x, 0, 1)));
	r = MINIREPO_RUN(&x.w.m, "rebase", "--list", list, "--base", x.base);
	rebase_must(r, "rebase --list");
	cr_expect_str_eq(rebase_layers(&x, rebase_copy_ref(&x, 0, 1)), after);
	cr_expect_str_eq(rebase_layers(&x, rebase_copy_ref(&x, 1, 2)), after);
	cr_expect_str_neq(rebase_layers(&x, rebase_copy_ref(&x, 1, 1)), after);
	files_put(list, "\ndocker://h.example/*x\n");
	r = MINIREPO_RUN(&x.w.m, "rebase", "--list", list, "--base", x.base);
	cr_expect(r.status == 2 && locks_world_says(r.err, "out/list:2:1: docker://h.example/*x: "),
		  "%d %s", r.status, r.err.p);
	files_put(list, "# nothing\n");
	r = MINIREPO_RUN(&x.w.m, "rebase", "--list", list, "--base", x.base);
	cr_expect(r.status == 3 && locks_world_says(r.err, "out/list names no image"), "%d %s",
		  r.status, r.err.p);
	r = MINIREPO_RUN(&x.w.m, "rebase", "--base", x.base);
	cr_expect(r.status == 2 && locks_world_says(r.err, "name an image"), "%d %s", r.status,
		  r.err.p);
	rebase_world_close(&x);
}

Test(rebasing_many, an_index_is_rebased_with_all_its_images, .timeout = 600)
{
	struct rebase_world x;
	struct oracle_run r;

	oracle_need("skopeo");
	rebase_world_open(&x, "linux/amd64,linux/arm64");
	rebase_world_move(&x);
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base, "-o",
			 rebase_world_path(&x, "no"));
	cr_expect(r.status == 2 && locks_world_says(r.err, "is an index of several images"),
		  "%d %s", r.status, r.err.p);
	rebase_must(MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base), "rebase");
	cr_expect_str_eq(rebase_layers(&x, x.image),
			 rebase_layers(&x, rebase_world_layout(&x, "one-second")));
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base);
	rebase_must(r, "once more");
	cr_expect(locks_world_says(r.out, " already\n"), "%s", r.out.p);
	rebase_world_close(&x);
}
