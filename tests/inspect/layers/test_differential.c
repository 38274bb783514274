/* SPDX-License-Identifier: Apache-2.0 */
/* Generated layers: what we read is what umoci unpacks, or we refuse, or a finding says that
 * runtimes differ. More seeds: IMGBUILD_LAYER_SEEDS=FIRST-LAST. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "support/fixture_layerdiff.h"
#include "support/fixture_oracle.h"

#define SEEDS 60 /* of each test */

/* These found something once. */
static const uint64_t known[] = { 0 };

static void keep_layer(const char *text, uint64_t seed, struct str tar)
{
	struct error e = { 0 };
	const char *dir = getenv("IMGBUILD_LAYER_KEEP");
	AUTO_ARENA a = { 0 };

	cr_expect_fail("seed %llu: %s", (unsigned long long)seed, text);
	if (dir && !file_write_path(arena_printf(&a, "%s/%llu.tar", dir, (unsigned long long)seed),
				    0644, tar, &e))
		cr_expect_fail("%s", e.cause);
}

static void try_seed(const char *dir, struct str lower, uint64_t seed,
		     size_t counts[static LAYERDIFF_DIFFERS + 1])
{
	AUTO_ARENA a = { 0 };
	struct str upper = layerdiff_make(&a, seed);
	struct error e = { 0 };
	enum layerdiff got;
	const char *why;

	cr_assert(layerdiff_run(&a, dir, lower, upper, &got, &why, &e), "seed %llu: %s%s",
		  (unsigned long long)seed, e.context, e.cause);
	counts[got]++;
	if (got == LAYERDIFF_DIFFERS)
		keep_layer(why, seed, upper);
}

static void try_all(uint64_t first, uint64_t last)
{
	size_t counts[LAYERDIFF_DIFFERS + 1] = { 0 };
	char dir[] = "/tmp/layerdiff-XXXXXX";
	AUTO_ARENA a = { 0 };
	struct str lower = layerdiff_lower(&a);
	struct error e = { 0 };

	cr_assert(mkdtemp(dir) != NULL);
	for (uint64_t seed = first; seed <= last; seed++)
		try_seed(dir, lower, seed, counts);
	fprintf(stderr,
		"layers %llu-%llu: %zu equal, %zu both refuse, %zu refused, %zu reported, %zu differ\n",
		(unsigned long long)first, (unsigned long long)last, counts[LAYERDIFF_EQUAL],
		counts[LAYERDIFF_BOTH_REFUSE], counts[LAYERDIFF_REFUSED],
		counts[LAYERDIFF_REPORTED], counts[LAYERDIFF_DIFFERS]);
	cr_expect(file_remove_tree(AT_FDCWD, dir, &e));
	cr_expect(counts[LAYERDIFF_EQUAL] * 5 >= last - first,
		  "the generator makes too little that is right");
}

Test(differential, layers_are_read_as_umoci_unpacks_them)
{
	oracle_need("umoci");
	try_all(1, SEEDS);
}

Test(differential, more_layers_are_read_as_umoci_unpacks_them)
{
	const char *more = getenv("IMGBUILD_LAYER_SEEDS");
	unsigned long long first = SEEDS + 1, last = 2 * SEEDS;

	oracle_need("umoci");
	if (more)
		cr_assert_eq(sscanf(more, "%llu-%llu", &first, &last), 2);
	try_all(first, last);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i])
			try_all(known[i], known[i]);
}
