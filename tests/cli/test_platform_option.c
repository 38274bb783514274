/* SPDX-License-Identifier: Apache-2.0 */
/* --platform on the command line: who takes it, and what is said about one that cannot be had. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static struct oracle_run run_for_platform(struct arena *a, const char *verb, const char *platform,
					  const char *recipe)
{
	return oracle_run(a, (const char *const[]){ "./imgbuild", verb, platform, recipe, NULL });
}

Test(platform_option, every_verb_that_takes_it_lists_what_is_known)
{
	static const char *const verbs[] = { "build", "lock", "update", "fetch" };

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		AUTO_ARENA a = { 0 };
		struct oracle_run r = run_for_platform(&a, verbs[i], "--platform=linux/s390x",
						       "recipes/hello.json");

		cr_expect_eq(r.status, 2, "%s: %d", verbs[i], r.status);
		cr_expect(
			strstr(r.err.p,
			       "--platform linux/s390x: no platform \"linux/s390x\"; known are linux/amd64, linux/arm64"),
			"%s: %s", verbs[i], r.err.p);
		r = run_for_platform(&a, verbs[i], "recipes/hello.json", "--platform");
		cr_expect_eq(r.status, 2, "%s: %d", verbs[i], r.status);
		cr_expect(strstr(r.err.p, "--platform needs a value"), "%s: %s", verbs[i], r.err.p);
		r = run_for_platform(&a, verbs[i], "--platfrom=linux/arm64", "recipes/hello.json");
		cr_expect_eq(r.status, 2, "%s: %d", verbs[i], r.status);
		cr_expect(strstr(r.err.p, "did you mean \"--platform\"?"), "%s: %s", verbs[i],
			  r.err.p);
		cr_expect(strstr(ORACLE(&a, "./imgbuild", verbs[i], "--help").p, "linux/arm64"),
			  "%s", verbs[i]);
	}
}

Test(platform_option, what_images_json_does_not_list_is_not_made)
{
	static const char *const verbs[] = { "build", "lock", "update", "fetch" };

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		AUTO_ARENA a = { 0 };
		struct oracle_run r = run_for_platform(&a, verbs[i], "--platform=linux/arm64",
						       "recipes/cephalo-py-source.json");

		cr_expect_eq(r.status, 3, "%s: %d", verbs[i], r.status);
		cr_expect(
			strstr(r.err.p, "images.json:") &&
				strstr(r.err.p,
				       "images.cephalo-py-source.platforms: recipes/cephalo-py-source.json is not made for "
				       "linux/arm64; if it should be, add that here"),
			"%s: %s", verbs[i], r.err.p);
	}
}

Test(platform_option, a_lock_under_a_wrong_name_is_not_taken)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;

	ORACLE(&a, "cp", "--archive", "images.json", "locks", "recipes", "rootfs", "scripts-free",
	       dir);
	ORACLE(&a, "cp", arena_printf(&a, "%s/recipes/hello.lock.json", dir),
	       arena_printf(&a, "%s/recipes/hello.arm64.lock.json", dir));
	r = run_for_platform(&a, "fetch", "--platform=linux/arm64",
			     arena_printf(&a, "%s/recipes/hello.json", dir));
	cr_expect_eq(r.status, 3, "%d", r.status);
	cr_expect(
		strstr(r.err.p,
		       "hello.arm64.lock.json is a lock for amd64, not for arm64: run imgbuild lock "
		       "--platform linux/arm64 "),
		"%s", r.err.p);
	files_remove(dir);
}
