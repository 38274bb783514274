/* SPDX-License-Identifier: Apache-2.0 */
/* A test that is not compiled any more fails silently: the sources are counted, and what is linked
 * in. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"

/* Tests in the sources, all programs together. Who adds some raises it now and then; who takes some
 * away says so. */
#define TESTS 2895
#define TESTS_UNCOUNTED 40

/* Programs of their own, which this one does not hold. */
static const char *const programs[] = { "tests/scripts-free/", "tests/e2e/", "tests/full/" };

/* Criterion registers each test in a section of the program. */
extern struct criterion_test *const __start_cr_tst[], *const __stop_cr_tst[];

static bool is_of_this_program(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strncmp(file, programs[i], strlen(programs[i])) == 0)
			return false;
	}
	return true;
}

static size_t count_tests(struct str text)
{
	struct str line;
	size_t n = 0;

	while (str_next(&text, '\n', &line))
		n += str_starts(line, STR("Test("));
	return n;
}

Test(style, every_test_is_compiled_and_none_vanishes)
{
	AUTO_ARENA a = { 0 };
	struct strings files = files_below(&a, "tests", ".c");
	size_t all = 0, here = 0, linked = (size_t)(__stop_cr_tst - __start_cr_tst);

	for (size_t i = 0; i < files.n; i++) {
		size_t n = count_tests(str_of(files_get(&a, files.v[i])));

		all += n;
		here += is_of_this_program(files.v[i]) ? n : 0;
	}
	cr_expect_eq(linked, here, "%zu tests are in this program, %zu in its sources", linked,
		     here);
	cr_expect_geq(all, TESTS, "%zu tests, there were %d", all, TESTS);
	cr_expect_leq(all, TESTS + TESTS_UNCOUNTED, "%zu tests: write that down as TESTS", all);
}
