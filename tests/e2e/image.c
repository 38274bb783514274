/* SPDX-License-Identifier: Apache-2.0 */
/* Images for the tests. */

#include "e2e/image.h"

#include <criterion/criterion.h>

struct oracle_run imgbuild_run(struct arena *a, const char *const *args)
{
	struct strings argv = { 0 };

	*list_push(a, &argv) = "./imgbuild";
	while (*args)
		*list_push(a, &argv) = *args++;
	*list_push(a, &argv) = NULL;
	return oracle_run(a, argv.v);
}

const char *image_build(struct arena *a, const char *dir, const char *name)
{
	const char *layout = arena_printf(a, "%s/%s", dir, name);
	struct oracle_run r = IMGBUILD(a, "--progress=plain", arena_printf(a, "recipes/%s.json", name), "-o",
				       layout, "--archive", arena_printf(a, "%s/%s.tar", dir, name));

	cr_assert_eq(r.status, 0, "imgbuild recipes/%s.json: %d\n%s%s", name, r.status, r.out.p, r.err.p);
	return layout;
}

const char *image_unpack(struct arena *a, const char *dir, const char *layout, const char *name)
{
	const char *bundle = arena_printf(a, "%s/bundle-%s", dir, name);

	oracle_need("umoci");
	ORACLE(a, "umoci", "unpack", "--rootless", "--image", arena_printf(a, "%s:%s:latest", layout, name),
	       bundle);
	return arena_printf(a, "%s/rootfs", bundle);
}
