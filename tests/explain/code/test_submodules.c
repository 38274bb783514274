/* SPDX-License-Identifier: Apache-2.0 */
/* Submodules that a clone lacks, as git itself leaves them. */

#include "explain/code/submodules.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static const char *submodules_told(struct arena *a, const char *folder)
{
	struct init_draft d = { .a = a, .name = "x" };
	struct own_project p = { .a = a, .d = &d, .folder = folder };

	submodules_tell(&p);
	return d.open.n ? d.open.v[0] : "";
}

Test(submodules, those_that_a_clone_lacks_are_told)
{
	static const char script[] =
		"cd %s && git init -q lib && git -C lib -c user.name=x -c user.email=x commit -q "
		"--allow-empty -m x && : >lib/a.c && git -C lib add a.c && git -C lib -c user.name=x "
		"-c user.email=x commit -q -m y && git init -q app && cd app && "
		"git -c protocol.file.allow=always submodule --quiet add %s/lib third/lib && "
		"git -c user.name=x -c user.email=x commit -q -m x && git clone -q . ../clone";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	ORACLE(&a, "sh", "-c", arena_printf(&a, script, dir, dir));
	cr_expect_str_eq(submodules_told(&a, arena_printf(&a, "%s/app", dir)), "");
	cr_expect_str_eq(
		submodules_told(&a, arena_printf(&a, "%s/clone", dir)),
		arena_printf(&a,
			     "%s/clone/.gitmodules:2: nothing is in third/lib, where git has a "
			     "submodule: git submodule update --init --recursive fetches what is "
			     "missing",
			     dir));
	files_remove(dir);
}

Test(submodules, other_paths_are_passed_by)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	cr_expect_str_eq(submodules_told(&a, dir), "");
	files_put(arena_printf(&a, "%s/.gitmodules", dir),
		  "[submodule \"x\"]\n\tpath = ../x\n\turl = y\npath =\n");
	cr_expect_str_eq(submodules_told(&a, dir), "");
	files_remove(dir);
}
