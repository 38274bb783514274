/* SPDX-License-Identifier: Apache-2.0 */
/* Debian 13's podman 5 with the images and the manifest of docs/deploy: the end-to-end tests of
 * containers, compiled and run in a Debian 13. The images themselves are as in the host's store. */

#include <criterion/criterion.h>

#include "full/fixture_debian13.h"

/* Suites of tests/e2e that are about what a container engine does with an image. */
static const char *const suites[] = { "kube/*", "cephalo/*", "contract/*" };

static void settle_tests(struct arena *a)
{
	struct oracle_run made;

	debian13_copy(a, arena_printf(a, "%s/src", debian13_root(a)));
	made = DEBIAN13(a, "make", "-j2", "imgbuild", "build/check-e2e");
	cr_assert_eq(made.status, 0, "%s%s", made.out.p, made.err.p);
}

Test(podman5, debian_13_runs_the_images_and_plays_the_manifest, .timeout = 5400)
{
	AUTO_ARENA a = { 0 };
	struct oracle_run r;

	settle_tests(&a);
	r = DEBIAN13(&a, "podman", "--version");
	cr_assert(strstr(r.out.p, "version 5."), "%s%s", r.out.p, r.err.p);
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
		r = DEBIAN13(&a, "env", "IMGBUILD_CACHE_DIR=/host-store", "build/check-e2e",
			     "--jobs", "1", "--filter", suites[i]);
		cr_expect(r.status == 0 && !strstr(r.err.p, "Tested: 0 "), "%s: %s%s", suites[i],
			  r.out.p, r.err.p);
	}
}
