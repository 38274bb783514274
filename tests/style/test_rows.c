/* SPDX-License-Identifier: Apache-2.0 */
/* Every threat (T) and fault (F) that the builder has to stand has a test that is named after it,
 * so that an auditor can run one: build/check-unit --filter '*T15_*'. */

#include <criterion/criterion.h>

#include "support/fixture_files.h"

static bool row_is_named(const struct strings *texts, const char *row)
{
	for (size_t i = 0; i < texts->n; i++) {
		const char *at = texts->v[i];

		while ((at = strstr(at, row))) {
			const char *line = at;

			while (line > texts->v[i] && line[-1] != '\n')
				line--;
			if (strncmp(line, "Test(", 5) == 0 && (at[-1] == ' ' || at[-1] == '_'))
				return true;
			at++;
		}
	}
	return false;
}

Test(style, every_threat_and_fault_of_the_builder_has_a_test_of_its_name)
{
	static const struct {
		char kind;
		unsigned from, to;
	} rows[] = { { 'T', 1, 25 }, { 'T', 36, 37 }, { 'F', 1, 25 } };
	AUTO_ARENA a = { 0 };
	struct strings files = files_below(&a, "tests", ".c"), texts = { 0 };

	for (size_t i = 0; i < files.n; i++)
		*list_push(&a, &texts) = files_get(&a, files.v[i]);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (unsigned n = rows[i].from; n <= rows[i].to; n++) {
			const char *row = arena_printf(&a, "%c%u_", rows[i].kind, n);

			cr_expect(row_is_named(&texts, row), "no test is named %s", row);
		}
	}
}
