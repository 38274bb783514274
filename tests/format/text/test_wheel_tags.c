/* SPDX-License-Identifier: Apache-2.0 */
/* Tags of wheels beside what pip's own packaging.tags takes for the Python of Debian 13. */

#include <criterion/criterion.h>
#include <glob.h>

#include "format/text/wheel_tags.h"
#include "support/fixture_oracle.h"

/* sys.argv[1]: a wheel of pip; [2]: the machine. Prints "0" or "1" and the tag for every mixture.
 */
static const char tags_script[] =
	"import sys; sys.path.insert(0, sys.argv[1]); m = sys.argv[2]\n"
	"from pip._vendor.packaging import tags\n"
	"old = {'manylinux2014_': 17, 'manylinux2010_': 12, 'manylinux1_': 5}\n"
	"floor = 5 if m == 'x86_64' else 17\n"
	"p = ['manylinux_2_%d_%s' % (n, m) for n in range(41, floor - 1, -1)]\n"
	"p += [n + m for n in old if old[n] >= floor] + ['linux_' + m]\n"
	"good = {str(t) for t in tags.cpython_tags((3, 13), ['cp313'], p)}\n"
	"good |= {str(t) for t in tags.compatible_tags((3, 13), 'cp313', p)}\n"
	"pythons = ['py2', 'py3', 'py30', 'py313', 'py314', 'cp2', 'cp27', 'cp3', 'cp31', 'cp32',"
	" 'cp312', 'cp313', 'cp314', 'pp310', 'jy3', 'x']\n"
	"abis = ['none', 'abi3', 'cp313', 'cp312', 'cp313t', 'cp3', 'cp32m', '']\n"
	"platforms = ['any', 'win_amd64', 'macosx_11_0_arm64', 'musllinux_1_2_x86_64',"
	" 'manylinux_2_42_x86_64', 'manylinux_3_1_x86_64', 'manylinux_2_x86_64', 'manylinux_2_4_x86_64',"
	" 'linux_x86_64_v2', '']\n"
	"for x in 'x86_64', 'aarch64', 'i686':\n"
	"  platforms += ['linux_' + x, 'manylinux_2_5_' + x, 'manylinux_2_17_' + x,"
	" 'manylinux_2_41_' + x] + [n + x for n in old]\n"
	"for a in pythons:\n"
	"  for b in abis:\n"
	"    for c in platforms:\n"
	"      t = '-'.join((a, b, c)); print(int(t in good), t)\n";

Test(wheel_tags, as_pip_takes_them)
{
	static const char *const machines[] = { "x86_64", "aarch64" };
	AUTO_ARENA a = { 0 };
	const char *pip = NULL;
	glob_t found;

	oracle_need("python3");
	if (glob("/usr/share/python-wheels/pip-*.whl", 0, NULL, &found) == 0)
		pip = arena_strdup(&a, found.gl_pathv[0]);
	globfree(&found);
	if (!pip)
		cr_skip_test("python3-pip-whl is not installed");
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		const struct wheel_target t = { 13, machines[i] };
		struct str rest = ORACLE(&a, "python3", "-c", tags_script, pip, machines[i]), line;
		size_t taken = 0;

		while (str_next(&rest, '\n', &line)) {
			bool fits = wheel_tag_fits(str_from(line, 2), &t);

			taken += fits;
			cr_expect_eq(fits, line.p[0] == '1', "%s: " STR_FMT, machines[i],
				     STR_ARG(line));
		}
		cr_expect_gt(taken, 30u, "%s: %zu", machines[i], taken);
	}
}

Test(wheel_tags, sets_stand_for_each_of_their_members)
{
	static const struct wheel_target t = { 13, "x86_64" };

	cr_expect(wheel_tag_fits(STR("py2.py3-none-any"), &t));
	cr_expect(wheel_tag_fits(
		STR("cp39.cp313-cp39.cp313-manylinux_2_17_x86_64.manylinux2014_x86_64"), &t));
	cr_expect_not(wheel_tag_fits(STR("cp39.cp312-cp39.cp312-linux_x86_64"), &t));
	cr_expect_not(wheel_tag_fits(STR("py3-none"), &t));
	cr_expect_not(wheel_tag_fits(STR(""), &t));
}

Test(wheel_tags, the_folder_of_modules_tells_the_python)
{
	cr_expect_eq(wheel_python_of("/usr/local/lib/python3.12/site-packages"), 12u);
	cr_expect_eq(wheel_python_of("/usr/lib/python3/dist-packages"), 13u);
	cr_expect_eq(wheel_python_of("/opt/app"), 13u);
	cr_expect_eq(wheel_python_of("/opt/lib/python3.x/y"), 13u);
	cr_expect_eq(wheel_python_of("/opt/lib/python3.9"), 9u);
	cr_expect_eq(wheel_python_of("/opt/lib/python3.999/y"), 999u);
	cr_expect_eq(wheel_python_of("/opt/lib/python3.1000/y"), 13u);
}

/* The order of packaging.tags.sys_tags(). */
Test(wheel_tags, of_several_wheels_pip_takes_the_first)
{
	static const char *const order[] = {
		"cp313-cp313-manylinux_2_34_x86_64",
		"cp313-cp313-manylinux2014_x86_64",
		"cp313-cp313-linux_x86_64",
		"cp313-abi3-manylinux_2_17_x86_64",
		"cp313-none-manylinux_2_17_x86_64",
		"cp312-abi3-manylinux_2_17_x86_64",
		"cp37-abi3-manylinux_2_17_x86_64",
		"py3-none-manylinux_2_17_x86_64",
		"cp313-none-any",
		"py3-none-any",
	};
	const struct wheel_target t = { 13, "x86_64" };

	for (size_t i = 1; i < ARRAY_SIZE(order); i++)
		cr_expect_gt(wheel_tag_rank(str_of(order[i - 1]), &t),
			     wheel_tag_rank(str_of(order[i]), &t), "%s", order[i]);
	cr_expect_eq(wheel_tag_rank(STR("cp312-cp312-linux_x86_64"), &t), 0u);
}
