/* SPDX-License-Identifier: Apache-2.0 */
/* An image in a registry is put on a base that has moved: its layers are those that a build gives.
 */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "e2e/fixture_locks_world.h"
#include "e2e/fixture_registry.h"
#include "support/fixture_files.h"

struct rebase_world {
	struct locks_world w;
	struct registry r;
	const char *image, *base; /* docker://..., with their tags */
};

static const struct locks_world_state first = { "1", "1", "1", NULL, NULL },
				      second = { "1", "1", "2", NULL, NULL },
				      third = { "1", "2", "3", NULL, NULL };

static void rebase_must(struct oracle_run r, const char *what)
{
	cr_assert_eq(r.status, 0, "%s: %d %s%s", what, r.status, r.out.p, r.err.p);
}

static const char *built_path(struct rebase_world *x, const char *name)
{
	return arena_printf(&x->w.a, "%s/out/%s", x->w.m.dir, name);
}

/* Builds base and image as the locks are now, into out/base-NAME and out/one-NAME. */
static void build_both(struct rebase_world *x, const char *name)
{
	rebase_must(MINIREPO_RUN(&x->w.m, x->w.base, "--no-audit", "-o",
				 built_path(x, arena_printf(&x->w.a, "base-%s", name))),
		    "build the base");
	rebase_must(MINIREPO_RUN(&x->w.m, x->w.one, "--no-audit", "-o",
				 built_path(x, arena_printf(&x->w.a, "one-%s", name))),
		    "build the image");
}

static void rebase_world_open(struct rebase_world *x)
{
	*x = (struct rebase_world){ 0 };
	locks_world_open(&x->w);
	registry_open(&x->r, &x->w.a, REGISTRY_OPEN);
	x->image = registry_ref(&x->r, "team/one:1");
	x->base = registry_ref(&x->r, "team/base:1");
	locks_world_publish(&x->w, &first, 9);
	rebase_must(MINIREPO_RUN(&x->w.m, "lock", "--platform", "linux/amd64", x->w.one), "lock");
	build_both(x, "first");
	rebase_must(MINIREPO_RUN(&x->w.m, "push", built_path(x, "base-first"), x->base),
		    "push the base");
	rebase_must(MINIREPO_RUN(&x->w.m, "push", built_path(x, "one-first"), x->image),
		    "push the image");
}

static void rebase_world_close(struct rebase_world *x)
{
	registry_close(&x->r);
	locks_world_close(&x->w);
}

/* "layer digests in order" of an image, as skopeo shows them. */
static const char *rebase_layers(struct rebase_world *x, const char *image)
{
	static const char program[] =
		"import json, sys\n"
		"for l in json.load(sys.stdin)['layers']: print(l['digest'])\n";
	const char *path = arena_printf(&x->w.a, "%s/manifest.json", x->w.m.dir);

	files_put(path, str_dup(&x->w.a, ORACLE(&x->w.a, "skopeo", "inspect", "--raw",
						"--tls-verify=false", image)));
	return str_dup(&x->w.a,
		       ORACLE(&x->w.a, "sh", "-c",
			      arena_printf(&x->w.a, "python3 -c \"$0\" <%s", path), program));
}

static const char *layout_ref(struct rebase_world *x, const char *name)
{
	return arena_printf(&x->w.a, "oci:%s", built_path(x, name));
}

Test(rebasing, the_layers_are_those_that_a_build_gives, .timeout = 600)
{
	struct rebase_world x;
	struct oracle_run r;
	const char *before;

	oracle_need("skopeo");
	rebase_world_open(&x);
	before = rebase_layers(&x, x.image);
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base);
	rebase_must(r, "rebase onto the same");
	cr_expect(locks_world_says(r.out, " already\n"), "%s", r.out.p);
	/* the base moves, the image is not built */
	locks_world_publish(&x.w, &second, 5);
	rebase_must(MINIREPO_RUN(&x.w.m, "update", "--platform", "linux/amd64", x.w.one, "libcap"),
		    "update");
	build_both(&x, "second");
	rebase_must(MINIREPO_RUN(&x.w.m, "push", built_path(&x, "base-second"), x.base),
		    "push the base");
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base, "--check");
	rebase_must(r, "rebase --check");
	cr_expect_str_eq(rebase_layers(&x, x.image), before, "--check changes nothing");
	r = MINIREPO_RUN(&x.w.m, "rebase", x.image, "--base", x.base);
	rebase_must(r, "rebase");
	cr_expect_str_neq(rebase_layers(&x, x.image), before);
	cr_expect_str_eq(rebase_layers(&x, x.image),
			 rebase_layers(&x, layout_ref(&x, "one-second")));
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
	rebase_world_open(&x);
	before = rebase_layers(&x, x.image);
	files_put(x.w.base,
		  "{ \"name\": \"base\", \"archive\": \"mini\", \"components\": [ { \"name\": "
		  "\"lib\", \"providers\": [ { \"packages\": [\"libcap\", \"libapp1\"] } ] } ] }");
	locks_world_publish(&x.w, &third, 5);
	rebase_must(MINIREPO_RUN(&x.w.m, "update", "--platform", "linux/amd64", x.w.base),
		    "update");
	rebase_must(MINIREPO_RUN(&x.w.m, x.w.base, "--no-audit", "-o",
				 built_path(&x, "base-third")),
		    "build the base");
	rebase_must(MINIREPO_RUN(&x.w.m, "push", built_path(&x, "base-third"), x.base),
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
