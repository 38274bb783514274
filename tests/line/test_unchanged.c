/* SPDX-License-Identifier: Apache-2.0 */
/* "Nothing had changed" is said only when it is so. */

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "line/unchanged.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_verb.h"

static struct verb_run build_unchanged(struct homestead *h)
{
	cr_assert(chdir(h->dir) == 0);
	return VERB(&h->depot.a, cmd_build, "build", "--cache-dir", h->depot.path, "--locked",
		    "--offline", "--no-audit", "recipes/app.json");
}

static bool built_incrementally_anew(struct homestead *h)
{
	struct verb_run r = VERB(&h->depot.a, cmd_build, "build", "--cache-dir", h->depot.path,
				 "--incremental", "--offline", "--no-audit", "recipes/app.json");

	cr_assert(r.ok, "%s", r.message);
	return !strstr(r.out, "nothing had changed");
}

static bool built_anew(struct homestead *h)
{
	struct verb_run r = build_unchanged(h);

	cr_assert(r.ok, "%s", r.message);
	return !strstr(r.out, "nothing had changed");
}

static void hidden_text(void)
{
	files_put("rootfs/etc/.app", "colour = red\n");
}
static void hidden_file(void)
{
	files_put("rootfs/.more", "");
}
static void empty_folder(void)
{
	cr_assert(mkdir("rootfs/empty", 0755) == 0);
}
static void make_executable(void)
{
	cr_assert(chmod("rootfs/etc/app.conf", 0755) == 0);
}
static void change_link_target(void)
{
	cr_assert(unlink("rootfs/a") == 0 && symlink("etc", "rootfs/a") == 0);
}
static void file_gone(void)
{
	cr_assert(unlink("rootfs/etc/.app") == 0);
}
static void file_to_link(void)
{
	cr_assert(unlink("rootfs/etc/app.conf") == 0 &&
		  symlink(".app", "rootfs/etc/app.conf") == 0);
}

Test(unchanged, everything_that_files_bring_counts)
{
	static const struct {
		const char *what;
		void (*change)(void);
	} cases[] = {
		{ "the text of a hidden file", hidden_text },
		{ "a new hidden file", hidden_file },
		{ "an empty folder", empty_folder },
		{ "the x bit", make_executable },
		{ "a link's target", change_link_target },
		{ "a link in a file's place", file_to_link },
		{ "a file that is gone", file_gone },
	};
	struct homestead h;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	files_put("rootfs/etc/.app", "colour = blue\n");
	cr_assert(symlink("etc/app.conf", "rootfs/a") == 0);
	cr_expect(built_anew(&h));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		cr_expect(!built_anew(&h), "before: %s", cases[i].what);
		cases[i].change();
		cr_expect(built_anew(&h), "%s", cases[i].what);
	}
	homestead_close(&h);
}

Test(unchanged, a_large_file_and_a_deep_folder_can_be_files)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	cr_assert(chdir(h.dir) == 0);
	files_put("rootfs/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20/deep", "");
	files_put("rootfs/large", "");
	cr_assert(truncate("rootfs/large", 20 << 20) == 0);
	r = build_unchanged(&h);
	cr_expect(r.ok, "%s", r.message);
	homestead_close(&h);
}

static struct digest inputs_until(struct arena *a, const char *until)
{
	struct recipe r = { .name = "x", .file = "x.json" };
	struct build_order o = { .recipe = "x.json" };
	struct history_inputs in = { 0 };
	struct digest d = { { 0 } };
	struct error e = { 0 };

	*list_push(a, &o.platforms) = platform_of_compilers();
	*list_push(a, &r.accept) = (struct accepted_finding){ .rule = "elf.rpath", .until = until };
	cr_assert(unchanged_inputs(a, &o, &r, &in, &d, &e), "%s", e.cause);
	return d;
}

/* The text of the recipe is the same before and after the last day of an exception. */
Test(unchanged, an_exception_that_has_expired_counts)
{
	AUTO_ARENA a = { 0 };
	struct digest holds = inputs_until(&a, "2999-01-31"), too = inputs_until(&a, "2999-02-01");
	struct digest expired = inputs_until(&a, "1999-01-31");

	cr_expect(digest_eq(&holds, &too));
	cr_expect(!digest_eq(&holds, &expired));
}

static bool provenance_says(struct homestead *h, const char *word)
{
	return strstr(files_get(&h->depot.a, "out/app.attest/provenance.json"), word) != NULL;
}

/* The bytes of the image are the same. */
Test(unchanged, what_stands_there_was_built_as_its_provenance_says)
{
	struct homestead h;

	homestead_open(&h);
	unsetenv("CI");
	cr_expect(built_anew(&h));
	cr_expect(!built_anew(&h));
	cr_expect(provenance_says(&h, "\"incremental\":false"));
	cr_expect(built_incrementally_anew(&h));
	cr_expect(!built_incrementally_anew(&h));
	cr_expect(provenance_says(&h, "\"incremental\":true"));
	cr_expect(built_anew(&h), "--locked left the provenance of an incremental build");
	cr_expect(!built_anew(&h));
	cr_expect(provenance_says(&h, "\"incremental\":false"));
	cr_expect(built_incrementally_anew(&h));
	cr_expect(provenance_says(&h, "\"incremental\":true"));
	cr_assert_eq(unlink("out/app.attest/provenance.json"), 0);
	cr_expect(built_incrementally_anew(&h));
	cr_expect(provenance_says(&h, "\"incremental\":true"), "it is there again");
	cr_expect(!built_incrementally_anew(&h));
	files_remove(arena_printf(&h.depot.a, "%s/incremental", h.depot.path));
	cr_expect(built_incrementally_anew(&h), "the caches are gone");
	homestead_close(&h);
}
