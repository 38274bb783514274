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

/* Puts Debian's packages of Go code where `go mod vendor` would have put the modules. */
static void vendor_go(struct project *p)
{
	AUTO_ARENA a = { 0 };
	const char *layout = project_path(p, "vendor");
	const char *vendor = project_path(p, "code/vendor");
	struct oracle_run r = IMGBUILD(&a, "--progress=quiet", "--no-audit",
				       project_path(p, "vendor.json"), "-o", layout);
	const char *root;

	cr_assert_eq(r.status, 0, "%s", r.err.p);
	root = image_unpack(&a, p->dir, layout, "vendor");
	ORACLE(&a, "mv", arena_printf(&a, "%s/usr/share/gocode/src", root), vendor);
	ORACLE(&a, "mv", project_path(p, "modules.txt"),
	       arena_printf(&a, "%s/modules.txt", vendor));
}

Test(projects, go_with_vendored_modules, .timeout = 1800)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct oracle_run r;
	const char *digest;

	project_needs_time();
	project_open(&p, &a, "go");
	r = project_build(&p, NULL);
	cr_expect_eq(r.status, 3, "without its modules it was built");
	cr_expect(strstr(r.err.p, "main.go:11:2: "), "%s", r.err.p);
	vendor_go(&p);
	cr_expect_str_eq(project_answer(&p, "--text=name = \"you\""),
			 "hello you 3 b945a8c5-037f-5f84-9ca9-59a60165968d\n");
	digest = project_digest(&p, "--locked");
	cr_expect_str_eq(project_digest_elsewhere(&p), digest);
	project_close(&p);
}
