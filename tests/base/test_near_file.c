/* SPDX-License-Identifier: Apache-2.0 */
/* Names that may have been meant. */

#include <criterion/criterion.h>

#include "base/near_file.h"
#include "support/fixture_files.h"

static bool name_is_json(const char *name)
{
	return strstr(name, ".json") != NULL;
}

Test(near_file, is_the_nearest_in_the_same_folder)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *missing = arena_printf(&a, "%s/test.yaml", dir);

	files_put(arena_printf(&a, "%s/tests.yaml", dir), "");
	files_put(arena_printf(&a, "%s/tests.json", dir), "");
	files_put(arena_printf(&a, "%s/other", dir), "");
	cr_expect_str_eq(near_file(&a, missing, NULL), arena_printf(&a, "%s/tests.yaml", dir));
	cr_expect_str_eq(near_file(&a, arena_printf(&a, "%s/test.jso", dir), name_is_json),
			 arena_printf(&a, "%s/tests.json", dir));
	cr_expect_null(near_file(&a, missing, name_is_json));
	cr_expect_null(near_file(&a, arena_printf(&a, "%s/none/test.yaml", dir), NULL));
	cr_expect_str_eq(near_question(&a, "out/tool"), "; did you mean out/tool?");
	cr_expect_str_eq(near_question(&a, NULL), "");
	files_remove(dir);
}
