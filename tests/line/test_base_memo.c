/* SPDX-License-Identifier: Apache-2.0 */
/* Images of one run that stand on one base: it is made once, and nothing of an image tells. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "input/lock/lock.h"
#include "line/build.h"
#include "line/run_memo.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

static const char *const stood[] = { "one", "two", "three", "four" };

/* A recipe of one file, and one of the base's in another place; all packages are the base's. */
static void stand_on_app(struct homestead *h, const char *name, const char *base)
{
	struct arena *a = &h->depot.a;
	const char *path = arena_printf(a, "recipes/%s.json", name);
	struct lock lock = { .architecture = "amd64" };
	struct buf text = { .a = a };
	struct error e = { 0 };
	struct recipe r;

	files_put(arena_printf(a, "own/%s/etc/%s.conf", name, name), name);
	files_put(path,
		  arena_printf(a,
			       "{ \"name\": \"%s\", \"base\": \"%s\",\n"
			       "  \"files\": [ { \"from\": \"../own/%s\", \"to\": \"/\" } ],\n"
			       "  \"links\": [ { \"path\": \"/usr/bin/%s\", \"to\": \"tool\" } ],\n"
			       "  \"audit\": { \"policy\": \"report-only\" } }\n",
			       name, base, name, name));
	cr_assert(recipe_load(a, path, &r, &e), "%s%s", e.context, e.cause);
	lock.answers = recipe_request_digest(&r, platform_of_compilers(), LOCK_FORMAT);
	lock_format(&lock, &text);
	files_put(recipe_lock_path(a, &r, platform_of_compilers()), buf_cstr(&text));
}

/* one, two and four stand on app, three on two. */
static void bases_open(struct homestead *h)
{
	struct arena *a;
	const char *images, *at;

	homestead_open(h);
	a = &h->depot.a;
	cr_assert(chdir(h->dir) == 0);
	images = files_get(a, "images.json");
	at = strstr(images, "\"bases\": {") + strlen("\"bases\": {");
	files_put("images.json", arena_printf(a,
					      "%.*s \"app\": { \"recipe\": \"recipes/app.json\" }, "
					      "\"two\": { \"recipe\": \"recipes/two.json\" },%s",
					      (int)(at - images), images, at));
	stand_on_app(h, "one", "app");
	stand_on_app(h, "two", "app");
	stand_on_app(h, "three", "two");
	stand_on_app(h, "four", "app");
}

static void build_as_ordered(struct homestead *h, const char *name, struct build_order o)
{
	static const struct strings none = { NULL, 0, 0 };
	AUTO_ARENA a = { 0 };
	struct build_result r;
	struct error e = { 0 };

	o.store = &h->depot.store;
	o.recipe = arena_printf(&a, "recipes/%s.json", name);
	o.mirrors = &none;
	o.offline = true;
	*list_push(&a, &o.platforms) = platform_of_compilers();
	cr_assert(build_image(&a, &o, &r, &e), "%s: %s%s", name, e.context, e.cause);
}

static void build_with_memo(struct homestead *h, const char *name, struct run_memo *memo)
{
	build_as_ordered(h, name, (struct build_order){ .locked = true, .memo = memo });
}

/* The same by a run of its own. */
static void expect_as_alone(struct homestead *h, const char *name)
{
	struct arena *a = &h->depot.a;
	const char *alone = arena_printf(a, "alone/%s", name);
	struct verb_run r = VERB(a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked",
				 "--offline", "-o", alone,
				 arena_printf(a, "recipes/%s.json", name));

	cr_assert(r.ok, "%s", r.message);
	cr_expect_str_eq(files_get(a, arena_printf(a, "%s/index.json", alone)),
			 files_get(a, arena_printf(a, "out/%s/index.json", name)), "%s", name);
}

Test(base_memo, base_is_made_once_and_images_are_as_if_alone)
{
	AUTO_RUN_MEMO memo = RUN_MEMO_INIT;
	struct homestead h;

	bases_open(&h);
	for (size_t i = 0; i < 3; i++)
		build_with_memo(&h, stood[i], &memo);
	/* app, and two as a base, which stands on app */
	cr_expect_eq(memo.bases.made, 2u);
	cr_expect_eq(memo.bases.found, 2u);
	for (size_t i = 0; i < 3; i++)
		expect_as_alone(&h, stood[i]);
	homestead_close(&h);
}

/* What has changed in a base since is in the images that come. */
Test(base_memo, base_that_has_changed_is_made_again)
{
	AUTO_RUN_MEMO memo = RUN_MEMO_INIT;
	struct homestead h;

	bases_open(&h);
	build_with_memo(&h, "one", &memo);
	files_put("rootfs/etc/app.conf", "colour = red\n");
	build_with_memo(&h, "two", &memo);
	cr_expect_eq(memo.bases.made, 2u);
	cr_expect_eq(memo.bases.found, 0u);
	expect_as_alone(&h, "two");
	/* another lock, with a package of another version */
	h.library_version = "2.0-1";
	homestead_lock(&h);
	build_with_memo(&h, "four", &memo);
	cr_expect_eq(memo.bases.made, 3u);
	expect_as_alone(&h, "four");
	/* and back */
	h.library_version = "1.0-1";
	homestead_lock(&h);
	files_remove("out");
	build_with_memo(&h, "two", &memo);
	cr_expect_eq(memo.bases.found, 1u);
	expect_as_alone(&h, "two");
	homestead_close(&h);
}

/* A lock that another imgbuild made is no mistake without --locked: the base cannot be read by
 * itself then, and is made with each image. */
Test(base_memo, base_that_cannot_be_made_by_itself_is_made_with_the_image)
{
	AUTO_RUN_MEMO memo = RUN_MEMO_INIT;
	struct homestead h;
	struct arena *a = &h.depot.a;
	struct lock lock;
	struct error e = { 0 };
	struct buf text = { .a = a };

	bases_open(&h);
	cr_assert(lock_load(a, "recipes/app.lock.json", &lock, &e), "%s", e.cause);
	*list_push(a, &lock.builtin) = (struct builtin_file){ .name = "bases/other.json" };
	lock_format(&lock, &text);
	files_put("recipes/app.lock.json", buf_cstr(&text));
	for (size_t i = 0; i < 2; i++) {
		const char *alone = arena_printf(a, "alone/%s", stood[i]);

		build_as_ordered(&h, stood[i], (struct build_order){ .memo = &memo });
		build_as_ordered(&h, stood[i], (struct build_order){ .output = alone });
		cr_expect_str_eq(files_get(a, arena_printf(a, "%s/index.json", alone)),
				 files_get(a, arena_printf(a, "out/%s/index.json", stood[i])));
	}
	cr_expect_eq(memo.bases.made, 0u);
	homestead_close(&h);
}

/* The verb, for several recipes; one that fails for its base's sake says the same as alone. */
Test(base_memo, failing_base_is_told_for_each_image)
{
	struct homestead h;
	struct verb_run r;

	bases_open(&h);
	files_put("rootfs/etc/.wh.app", "");
	r = VERB(&h.depot.a, cmd_build, "build", "--cache-dir", h.depot.path, "--locked",
		 "--offline", "--keep-going", "recipes/one.json", "recipes/two.json");
	cr_expect_eq(r.e.kind, ERR_INPUT);
	cr_expect(strstr(r.message, "2 of 2 recipes failed; the first: image app: "), "%s",
		  r.message);
	cr_expect(strstr(r.said, "recipes/two.json failed: image app: "), "%s", r.said);
	homestead_close(&h);
}

Test(base_memo, too_many_bases_are_let_go)
{
	AUTO_RUN_MEMO memo = RUN_MEMO_INIT;
	struct homestead h;

	bases_open(&h);
	build_with_memo(&h, "one", &memo);
	memo.bases.packages = BASE_PACKAGES_MAX + 1;
	build_with_memo(&h, "two", &memo);
	cr_expect_eq(memo.bases.made, 2u);
	cr_expect_eq(memo.bases.v.n, 1u);
	expect_as_alone(&h, "two");
	homestead_close(&h);
}
