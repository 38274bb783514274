/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_repository.h"

#include <stdlib.h>

void bench_repository_copy(struct arena *a, const char *dir)
{
	ORACLE(a, "cp", "--archive", "images.json", "locks", "recipes", "rootfs", "scripts-free",
	       dir);
}

void bench_store_copy(struct arena *a, const char *path)
{
	const char *own = getenv("IMGBUILD_CACHE_DIR"), *home = getenv("HOME");
	const char *from = own ? own : arena_printf(a, "%s/.cache/imgbuild", home ? home : "");

	ORACLE(a, "mkdir", "--mode=0700", path);
	ORACLE(a, "cp", "--archive", "--link", arena_printf(a, "%s/blobs", from),
	       arena_printf(a, "%s/blobs", path));
}
