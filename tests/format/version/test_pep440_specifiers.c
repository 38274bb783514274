/* SPDX-License-Identifier: Apache-2.0 */
/* Which versions specifiers take, beside pip's own packaging.specifiers. */

#include <criterion/criterion.h>
#include <glob.h>

#include "base/buf.h"
#include "format/version/pep440_specifiers.h"
#include "support/fixture_oracle.h"

static const char specifiers_script[] =
	"import sys; sys.path.insert(0, sys.argv[1])\n"
	"from pip._vendor.packaging.specifiers import SpecifierSet\n"
	"for s in sys.argv[3].split(';'):\n"
	"    for v in sys.argv[2].split(' '):\n"
	"        print(s, v, int(SpecifierSet(s).contains(v, prereleases=True)))\n";

static const char versions[] =
	"0.9 1 1.0 1.0.0 1.0.1 1.1 1.10 2 2.0 10 1.0a1 1.0b2 1.0rc1 1.0.dev1 1.0.post1 1.0.post1.dev2 "
	"1.0+cpu 1.0.post1+cpu 1!1.0 1!0.9 2.0rc1 2.0.dev3 1.4 1.4.2 1.4.5 1.5 1.4.2rc1 1.0-1 v1.0 "
	"1.0a1.post2 1.0.r4";

static const char specifiers[] =
	"==1;==1.0;==1.0.0;==1.0.*;==1.*;!=1.0;!=1.*;<1;<1.0;<2;<=1.0;>=1;>=1.0,<2;>1;>1.0;>0.9;~=1.0;"
	"~=1.4.2;~=1.4;===1.0;===1.0a1;==1.0a1;<1.0rc1;>1.0a1;>=1.0rc1;<=1.0.dev1;==1.0+cpu;!=1.0+cpu;"
	"==1!1.0;>=1!0;==1!1.*;~=1.0rc1;~=1.0.post1;>1.0.post1;<1.0.post1;==1.0.post1;==2.0.*;~=2.0,!=2.0;"
	" >= 1.0 , < 1.5 ;<2.0.dev4;<2.0;>=1.4.2rc1,!=1.4.5";

Test(pep440_specifiers, as_packaging_takes_them)
{
	AUTO_ARENA a = { 0 };
	struct str rest = STR(specifiers), one, version, want;
	struct buf out = { .a = &a };
	const char *pip = NULL;
	glob_t found;

	oracle_need("python3");
	if (glob("/usr/share/python-wheels/pip-*.whl", 0, NULL, &found) == 0)
		pip = arena_strdup(&a, found.gl_pathv[0]);
	globfree(&found);
	if (!pip)
		cr_skip_test("python3-pip-whl is not installed");
	want = ORACLE(&a, "python3", "-c", specifiers_script, pip, versions, specifiers);
	while (str_next(&rest, ';', &one)) {
		for (struct str all = STR(versions); str_next(&all, ' ', &version);)
			buf_printf(&out, STR_FMT " " STR_FMT " %d\n", STR_ARG(one),
				   STR_ARG(version), pep440_fits(version, one));
	}
	for (struct str got = buf_str(&out), g, w;
	     str_next(&got, '\n', &g) && str_next(&want, '\n', &w);)
		cr_expect(str_eq(g, w), STR_FMT ", packaging: " STR_FMT, STR_ARG(g), STR_ARG(w));
}

Test(pep440_specifiers, what_is_malformed_takes_any)
{
	static const char *const texts[] = { "", "junk", ">=", ">=x.y", ",,", "=1", "==1.x.*" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		cr_expect(pep440_fits(STR("1.0"), str_of(texts[i])), "%s", texts[i]);
	cr_expect(pep440_fits(STR("no version"), STR("==1.0")));
}
