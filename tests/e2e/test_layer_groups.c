/* SPDX-License-Identifier: Apache-2.0 */
/* Layers by source package: two images that have a package in common have its layer in common, and
 * are the same files as without. And budgets, over an update. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/path.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define GROUP_HEAD \
	"\"archive\":\"mini\",\"config\":{\"user\":\"1000:0\"},\"audit\":{\"policy\":\"report-only\"}"

static const char *groups_file(struct minirepo *m, const char *name)
{
	return arena_printf(m->a, "%s/repository/%s", m->dir, name);
}

/* NAME.json with a component for each of the packages, in this order. */
static void groups_recipe(struct minirepo *m, const char *name, const char *more,
			  const char *const *packages)
{
	struct buf text = { .a = m->a };

	buf_printf(&text, "{\"name\":\"%s\"," GROUP_HEAD "%s,\"components\":[", name, more);
	for (size_t i = 0; packages[i]; i++)
		buf_printf(&text,
			   "%s{\"name\":\"c%zu\",\"providers\":[{\"packages\":[\"%s\"]}],"
			   "\"depends\":{\"accept\":[{\"package\":\"*\",\"reason\":\"a test\"}]}}",
			   i ? "," : "", i, packages[i]);
	buf_puts(&text, "]}");
	files_put(groups_file(m, arena_printf(m->a, "%s.json", name)), buf_cstr(&text));
}

static const char *groups_build(struct minirepo *m, const char *name)
{
	const char *out = arena_printf(m->a, "%s/out/%s", m->dir, name);
	struct oracle_run r = MINIREPO_RUN(m, groups_file(m, arena_printf(m->a, "%s.json", name)),
					   "-o", out);

	cr_assert_eq(r.status, 0, "%s: %s", name, r.err.p);
	return out;
}

/* "sha256:... sha256:..." as skopeo reads it. */
static const char *groups_layers(struct minirepo *m, const char *out)
{
	struct str said = str_trim(ORACLE(m->a, "skopeo", "inspect", "--format", "{{.Layers}}",
					  arena_printf(m->a, "oci:%s", out)));

	cr_assert(said.n > 2 && said.p[0] == '[', "%s", said.p);
	return str_dup(m->a, (struct str){ said.p + 1, said.n - 2 });
}

/* Adds a list to images.json. */
static void groups_share(struct minirepo *m, const char *sources)
{
	const char *catalogue = files_get(m->a, groups_file(m, "images.json"));

	files_put(groups_file(m, "images.json"), arena_printf(m->a, "{\"shared-sources\":[%s],%s",
							      sources, strchr(catalogue, '{') + 1));
}

static const char *groups_unpacked(struct minirepo *m, const char *out)
{
	const char *to = arena_printf(m->a, "%s.unpacked", out);

	ORACLE(m->a, "umoci", "unpack", "--rootless", "--image",
	       arena_printf(m->a, "%s:%s:latest", out, path_base(out)), to);
	return arena_printf(m->a, "%s/rootfs", to);
}

#define BY_SOURCE ",\"layers\":{\"group\":\"source\"}"

Test(layer_groups, a_shared_source_is_one_layer_of_all_images, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	const char *both, *one, *plain;

	oracle_need("umoci");
	minirepo_open(&m, &a);
	groups_share(&m, "\"libapp1\",\"libcap\"");
	groups_recipe(&m, "both", BY_SOURCE,
		      (const char *const[]){ "app", "libcap", "libapp1", NULL });
	groups_recipe(&m, "one", BY_SOURCE, (const char *const[]){ "libcap", NULL });
	groups_recipe(&m, "plain", "", (const char *const[]){ "app", "libcap", "libapp1", NULL });
	both = groups_build(&m, "both");
	one = groups_build(&m, "one");
	plain = groups_build(&m, "plain");
	/* libapp1, libcap, packages; libcap */
	cr_expect_not_null(strstr(groups_layers(&m, both), groups_layers(&m, one)), "%s has not %s",
			   groups_layers(&m, both), groups_layers(&m, one));
	cr_expect_eq(strlen(groups_layers(&m, both)), 3 * 72 - 1, "three layers: %s",
		     groups_layers(&m, both));
	ORACLE(&a, "diff", "-r", "--no-dereference", groups_unpacked(&m, both),
	       groups_unpacked(&m, plain));
	one = groups_layers(&m, both);
	minirepo_clear(&m);
	both = groups_build(&m, "both");
	cr_expect_str_eq(groups_layers(&m, both), one, "from an empty store");
	minirepo_close(&m);
}

Test(layer_groups, a_list_is_needed_and_names_each_source_once)
{
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;

	minirepo_open(&m, &a);
	groups_recipe(&m, "one", BY_SOURCE, (const char *const[]){ "libcap", NULL });
	setenv("IMGBUILD_DATA", m.home, 1);
	files_put(arena_printf(&a, "%s/images.json", m.home), "{}");
	files_put(arena_printf(&a, "%s/docs/recipe.schema.json", m.home), "{}");
	r = MINIREPO_RUN(&m, groups_file(&m, "one.json"));
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect_not_null(strstr(r.err.p, "layers.group: \"source\" needs \"shared-sources\" in "),
			   "%s", r.err.p);
	groups_share(&m, "\"libcap\",\"app\",\"libcap\"");
	r = MINIREPO_RUN(&m, groups_file(&m, "one.json"));
	cr_expect_eq(r.status, 3, "%s", r.err.p);
	cr_expect_not_null(strstr(r.err.p,
				  "images.json:1:35: shared-sources[2]: libcap is there twice"),
			   "%s", r.err.p);
	minirepo_close(&m);
}

Test(layer_groups, a_budget_tells_what_an_update_added, .timeout = 600)
{
	static const struct minirepo_package more = { .name = "libmore", .version = "1" };
	AUTO_ARENA a = { 0 };
	struct minirepo m;
	struct oracle_run r;
	const char *first, *sizes, *recipe;

	oracle_need("jq");
	minirepo_open(&m, &a);
	minirepo_package(&m, &more);
	minirepo_publish(&m, 1);
	groups_recipe(&m, "one", "", (const char *const[]){ "libcap", NULL });
	first = groups_build(&m, "one");
	sizes = str_dup(
		&a, str_trim(ORACLE(&a, "sh", "-c",
				    "skopeo inspect --raw \"oci:$1\" | jq '[.layers[].size] | add'",
				    "sh", first)));
	recipe = groups_file(&m, "one.json");
	/* what skopeo says it has is what the budget may be */
	groups_recipe(&m, "one",
		      arena_printf(&a, ",\"budget\":{\"compressed\":\"%s bytes\"}", sizes),
		      (const char *const[]){ "libcap", NULL });
	r = MINIREPO_RUN(&m, recipe, "-o", arena_printf(&a, "%s/out/two", m.dir));
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	groups_recipe(&m, "one",
		      arena_printf(&a, ",\"budget\":{\"compressed\":\"%s bytes\"}", sizes),
		      (const char *const[]){ "libcap", "libmore", NULL });
	r = MINIREPO_RUN(&m, "lock", recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	r = MINIREPO_RUN(&m, "--progress=plain", recipe, "-o",
			 arena_printf(&a, "%s/out/two", m.dir), "--against", first);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	cr_expect_not_null(strstr(r.err.p, arena_printf(&a, "of \"compressed\" (%s:1:", recipe)),
			   "%s", r.err.p);
	cr_expect_not_null(strstr(r.err.p, "libmore 1 (new)"), "%s", r.err.p);
	cr_expect_not_null(strstr(r.err.p, "one is larger than its budget"), "%s", r.err.p);
	r = MINIREPO_RUN(&m, "diff", first, arena_printf(&a, "%s/out/two.rejected", m.dir),
			 "--format", "markdown");
	cr_expect_eq(r.status, 1);
	cr_expect_not_null(strstr(r.out.p, "\n| packages | more | before | after |\n"), "%s",
			   r.out.p);
	cr_expect_not_null(strstr(r.out.p, "1 -&#62; 2 packages") ||
				   strstr(r.out.p, "1 -> 2 packages"),
			   "%s", r.out.p);
	minirepo_close(&m);
}
