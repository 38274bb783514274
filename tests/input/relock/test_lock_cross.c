/* SPDX-License-Identifier: Apache-2.0 */
/* Locks for a platform that is not the compilers': whose packages are tools, whose are the image's,
 * and what cannot be compiled. */

#include <criterion/criterion.h>

#include "input/lock/lock_diff.h"
#include "support/fixture_files.h"
#include "support/fixture_relock.h"
#include "support/gen_index.h"

#define TOOLS                                                                    \
	"gcc 14; Depends: libc6-dev\n gcc-arm 14; Depends: libc6-dev, headers\n" \
	"libc6-dev 2.41; Depends: libc6, headers\n libc6 2.41\n headers 6; Architecture: all"
#define TARGETS                                                                                 \
	"libc6-dev 2.41; Depends: libc6, headers\n libc6 2.41\n headers 6; Architecture: all\n" \
	"app 2.0-1; Depends: libc6\n libcap-dev 1; Depends: libcap2\n libcap2 1"

static void publish_arm64(struct relock_scene *s, int hours, const char *tools, const char *targets)
{
	archivegen_add(&s->g, &(struct archivegen_suite){
				      .codename = "trixie",
				      .date = relock_date(&s->a, hours),
				      .sources = relock_sources(s),
				      .packages = indexgen_packages(&s->a, tools),
				      .arm64 = indexgen_packages_of(&s->a, "arm64", targets) });
}

/* An archive for two architectures, and an order for the second. */
static void open_arm64(struct relock_scene *s, const char *tools, const char *targets)
{
	relock_open(s);
	s->platform = platform_of_debian("arm64");
	publish_arm64(s, 2, tools, targets);
	archivegen_file(&s->g, "pool/main/a/old.dsc", "old");
	archivegen_file(&s->g, "pool/main/a/new.dsc", "new");
	archivegen_serve(&s->g);
}

static void can_cross(struct relock_scene *s)
{
	struct cross *c = list_push(&s->a, &s->toolchain.cross);

	c->platform = s->platform;
	*list_push(&s->a, &c->packages) = "gcc-arm";
	*list_push(&s->a, &c->target_packages) = "libc6-dev";
}

/* "name/architecture:role,role ..." */
static const char *tools_of(struct relock_scene *s)
{
	struct buf text = { .a = &s->a };

	for (size_t i = 0; i < s->lock.packages.n; i++) {
		const struct locked_package *p = &s->lock.packages.v[i];

		buf_printf(&text, "%s%s/%s:", i ? " " : "", p->name, p->architecture);
		for (size_t k = 0; k < p->roles.n; k++)
			buf_printf(&text, "%s%s", k ? "," : "", p->roles.v[k]);
	}
	return buf_cstr(&text);
}

Test(lock_make, for_another_platform_compilers_are_tools_and_the_rest_is_its_own)
{
	struct relock_scene s;
	struct lock again;
	const char *path;

	open_arm64(&s, TOOLS, TARGETS);
	can_cross(&s);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(lock_component(&s.lock, "app")->reason,
			 "app 2.0-2 (Debian source); cross-compiled");
	cr_expect_str_eq(
		tools_of(&s),
		"gcc/amd64:source:app,toolchain:c gcc-arm/amd64:source:app,toolchain:c "
		"headers/all:source:app,toolchain:c "
		"libc6/arm64:source:app,toolchain:c libc6/amd64:source:app,toolchain:c "
		"libc6-dev/arm64:source:app,toolchain:c libc6-dev/amd64:source:app,toolchain:c "
		"libcap-dev/arm64:library,source:app libcap2/arm64:library,source:app");
	path = arena_printf(&s.a, "%s/x.arm64.lock.json", s.d.dir);
	files_put(path, relock_text(&s));
	cr_assert(lock_load(&s.a, path, &again, &s.e), "%s", s.e.cause);
	cr_expect_str_eq(again.architecture, "arm64");
	cr_expect_str_eq(again.compilers, "amd64");
	cr_expect_str_eq(lock_package(&again, "libc6")->architecture, "arm64");
	cr_expect_null(lock_package(&again, "gcc"), "a tool is not a part of an image");
	cr_expect(lock_same(&s.lock, &again));
	cr_expect(lock_check(&again, &s.recipe, s.platform, &s.e), "%s", s.e.cause);
	relock_close(&s);
}

Test(lock_make, a_lock_is_for_one_platform)
{
	struct relock_scene s;

	open_arm64(&s, TOOLS, TARGETS);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	s.lock.file = "x.lock.json";
	cr_expect_not(lock_check(&s.lock, &s.recipe, platform_of_compilers(), &s.e));
	cr_expect_eq(s.e.kind, ERR_INPUT);
	cr_expect_str_eq(
		s.e.cause,
		"x.lock.json is a lock for arm64, not for amd64: run imgbuild lock x.json");
	err_clear(&s.e);
	s.lock.compilers = NULL;
	cr_expect_not(lock_check(&s.lock, &s.recipe, s.platform, &s.e));
	cr_expect_str_eq(
		s.e.cause,
		"the compilers of x.lock.json run on arm64, not on amd64: run imgbuild lock "
		"--platform linux/arm64 x.json");
	err_clear(&s.e);
	s.lock.architecture = "amd64";
	cr_expect_not(lock_check(&s.lock, &s.recipe, s.platform, &s.e));
	cr_expect_str_eq(s.e.cause,
			 "x.lock.json is a lock for amd64, not for arm64: run imgbuild lock "
			 "--platform linux/arm64 x.json");
	relock_close(&s);
}

Test(lock_make, what_cannot_be_compiled_for_a_platform_loses_visibly)
{
	struct relock_scene s;
	struct component *c;

	open_arm64(&s, TOOLS, TARGETS);
	c = relock_add_component(&s, "app", NULL);
	relock_add_provider(&s, c, NULL);
	relock_add_provider(&s, c, "app");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_eq(lock_component(&s.lock, "app")->provider, 1);
	cr_expect_str_eq(
		lock_component(&s.lock, "app")->lost.v[0],
		"source app cannot be compiled for linux/arm64: its toolchain c has no \"cross\" for it");
	cr_expect_eq(s.lock.sources.n, 0);
	can_cross(&s);
	*list_push(&s.a, &s.source.platforms) = platform_of_compilers();
	cr_expect_not(lock_check(&s.lock, &s.recipe, s.platform, &s.e),
		      "the question is another now");
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(
		lock_component(&s.lock, "app")->lost.v[0],
		"source app cannot be compiled for linux/arm64: its \"platforms\" are linux/amd64");
	relock_close(&s);
}

Test(lock_make, a_program_that_cannot_be_compiled_for_a_platform_is_an_error_at_its_place)
{
	struct relock_scene s;

	open_arm64(&s, TOOLS, TARGETS);
	*list_push(&s.a, &s.recipe.programs) = (struct program){
		.name = "app", .source = &s.source, .to = "/app", .at = { "x.json", 9, 5 }
	};
	cr_expect_not(relock_make(&s, false));
	cr_expect_eq(s.e.kind, ERR_INPUT);
	cr_expect_eq(s.e.at.line, 9);
	cr_expect_str_eq(s.e.context, "program app: ");
	cr_expect(strstr(s.e.cause, "source app cannot be compiled for linux/arm64"), "%s",
		  s.e.cause);
	relock_close(&s);
}

/* Both indexes of a suite are made at the same time; a package for all that differs is a mirror's
 * fault. */
Test(lock_make, a_package_for_all_architectures_is_the_same_for_all)
{
	struct relock_scene s;

	open_arm64(
		&s, TOOLS,
		"libc6-dev 2.41; Depends: headers\n libcap-dev 1\n headers 7; Architecture: all");
	can_cross(&s);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
	cr_expect_not(relock_make(&s, false));
	cr_expect_eq(s.e.kind, ERR_INPUT);
	cr_expect(strstr(s.e.cause, "the archive has headers") && strstr(s.e.cause, "try again"),
		  "%s", s.e.cause);
	relock_close(&s);
}

#define NEWER "\n libc6 2.42\n libcap2 2"

Test(lock_make, an_update_of_one_package_leaves_those_of_both_machines)
{
	struct strings only = { (const char *[]){ "libcap2" }, 1, 1 };
	struct relock_scene s;
	struct lock old;
	struct lock_order o;

	open_arm64(&s, TOOLS, TARGETS);
	publish_arm64(&s, 1, TOOLS NEWER, TARGETS NEWER); /* what the second request gets */
	archivegen_serve(&s.g);
	can_cross(&s);
	relock_add_provider(&s, relock_add_component(&s, "app", NULL), NULL);
	cr_assert(relock_make(&s, false), "%s%s", s.e.context, s.e.cause);
	old = s.lock;
	o = (struct lock_order){ .store = &s.d.store,
				 .mirrors = &s.mirrors,
				 .recipe = &s.recipe,
				 .platform = s.platform,
				 .old = &old,
				 .update = &only };
	cr_assert(lock_make(&s.a, &o, &s.lock, &s.e), "%s", s.e.cause);
	cr_expect_str_eq(lock_package(&s.lock, "libcap2")->version, "2");
	cr_expect_str_eq(lock_package(&s.lock, "libc6")->version, "2.41");
	cr_expect_str_eq(lock_package(&s.lock, "libc6")[1].version, "2.41", "the tool");
	cr_expect_str_eq(lock_package(&s.lock, "libc6")[1].architecture, "amd64");
	relock_close(&s);
}
