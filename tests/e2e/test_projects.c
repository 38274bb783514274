/* SPDX-License-Identifier: Apache-2.0 */
/* Code of one's own, from a folder to a container, in each language. */

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_project.h"
#include "support/fixture_files.h"

Test(projects, c_with_pkg_config_and_a_library_by_name, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct oracle_run r;

	project_open(&p, &a, "c");
	cr_expect_str_eq(project_answer(&p, NULL), "zlib 1: 17 bytes, root 4.12\n");
	files_put(project_path(&p, "code/words.c"),
		  "#include \"words.h\"\n\nconst char *words_default(void)\n{\n\treturn 5 +;\n}\n");
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3);
	cr_expect(strstr(r.err.p, "code/words.c:5:19: error: "), "%s", r.err.p);
	cr_expect(strstr(r.err.p, "step \"compile\" failed with exit status 1"), "%s", r.err.p);
	project_close(&p);
}

Test(projects, cxx_with_cmake_and_a_library_of_its_own, .timeout = 1200)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	const char *digest;

	project_needs_time();
	project_open(&p, &a, "cxx");
	cr_expect_str_eq(project_answer(&p, "select 40 + 2"), "answer 42\n");
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	project_close(&p);
}
