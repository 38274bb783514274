/* SPDX-License-Identifier: Apache-2.0 */
/* An image in a registry is put on a base that has moved: its layers are those that a build gives.
 */

#include <criterion/criterion.h>

#include "e2e/fixture_rebase_world.h"
#include "support/fixture_files.h"

static const struct locks_world_state third = { "1", "2", "3", NULL, NULL };

Test(rebasing, the_layers_are_those_that_a_build_gives, .timeout = 600)
{
	struct rebase_world x;
	struct oracle_run r;
	const char *before;

	oracle_need("skopeo");
	rebase_world_open(&x, "linux/amd64");
	before = rebase_layers(&x, x.image);
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base);
	rebase_must(r, "rebase onto the same");
	cr_expect(locks_world_says(r.out, " already\n"), "%s", r.out.p);
	/* the base moves, the image is not built */
	rebase_world_move(&x);
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base, "--check");
	rebase_must(r, "rebase --check");
	cr_expect_str_eq(rebase_layers(&x, x.image), before, "--check changes nothing");
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base);
	rebase_must(r, "rebase");
	cr_expect_str_neq(rebase_layers(&x, x.image), before);
	cr_expect_str_eq(rebase_layers(&x, x.image),
			 rebase_layers(&x, rebase_world_layout(&x, "one-second")));
	/* and so again, from what was rebased */
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base);
	cr_expect(r.status == 0 && locks_world_says(r.out, " already\n"), "%s%s", r.out.p, r.err.p);
	r = MINIREPO_RUN(&x.w.m, "verify", x.image, "--recipe", x.w.one);
	cr_expect(r.status == 3 &&
			  locks_world_says(r.err, "by imgbuild rebase: its recipe and lock "
						  "make what it was before"),
		  "%d %s", r.status, r.err.p);
	rebase_world_close(&x);
}

/* The base takes up a package of which the image has another version. */
Test(rebasing, a_base_that_brings_what_the_image_has_is_refused, .timeout = 600)
{
	struct rebase_world x;
	struct oracle_run r;
	const char *before;

	oracle_need("skopeo");
	rebase_world_open(&x, "linux/amd64");
	before = rebase_layers(&x, x.image);
	files_put(x.w.base,
		  "{ \"name\": \"base\", \"archive\": \"mini\", \"components\": [ { \"name\": "
		  "\"lib\", \"providers\": [ { \"packages\": [\"libcap\", \"libapp1\"] } ] } ] }");
	locks_world_publish(&x.w, &third, 5);
	rebase_must(MINIREPO_RUN(&x.w.m, "update", "--platform", "linux/amd64", x.w.base),
		    "update");
	rebase_must(MINIREPO_RUN(&x.w.m, x.w.base, "--no-audit", "-o",
				 rebase_world_path(&x, "base-third")),
		    "build the base");
	rebase_must(MINIREPO_RUN(&x.w.m, "push", rebase_world_path(&x, "base-third"), x.base),
		    "push the base");
	r = MINIREPO_RUN(&x.w.m, "--json", "rebase", x.image, "--base", x.base);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	cr_expect(locks_world_says(r.out, "\"obstacles\":[{") &&
			  locks_world_says(r.out,
					   "of the source app-src 1, of which the new base has "
					   "libapp1 2"),
		  "%s", r.out.p);
	cr_expect_str_eq(rebase_layers(&x, x.image), before, "nothing was pushed");
	rebase_world_close(&x);
}
