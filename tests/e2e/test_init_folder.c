/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init in a folder that is not empty: a program that is compiled already, locks that are
 * there, things in the way. */

#include <criterion/criterion.h>

#include "e2e/fixture_init.h"
#include "support/fixture_files.h"

#define SOURCE                                    \
	"#include <math.h>\n#include <stdio.h>\n" \
	"int main(int n, char **v) { (void)v;\n"  \
	"\tprintf(\"%.0f\\n\", pow(2, n + 9)); return 0; }\n"

static const char *folder_names(struct arena *a, const char *folder)
{
	return str_dup(a, ORACLE(a, "sh", "-c",
				 arena_printf(a,
					      "cd %s && find . -not -path './out/*' "
					      "-not -path './locks/*' | LC_ALL=C sort",
					      folder)));
}

/* The image has the very program, which needs a library of the base; its name is made one that an
 * image may have. */
Test(init, a_program_of_the_folder_runs_in_an_image)
{
	AUTO_ARENA a = { 0 };
	const char *folder = files_temporary(&a);
	struct initiated made;
	struct podman p;

	podman_open(&p, &a);
	oracle_need("gcc");
	files_put(arena_printf(&a, "%s/build/power.c", folder), SOURCE);
	ORACLE(&a, "gcc", "-o", arena_printf(&a, "%s/build/Two Powers", folder),
	       arena_printf(&a, "%s/build/power.c", folder), "-lm");
	made = init_in(&a, folder, "--program 'build/Two Powers'");
	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect(strstr(made.run.out.p, "out/two-powers: passes strict"), "%s", made.run.out.p);
	cr_expect_not(strstr(made.run.out.p, "left to decide"), "%s", made.run.out.p);
	cr_expect_str_eq(folder_names(&a, folder),
			 ".\n./.gitignore\n./build\n./build/Two Powers\n./build/power.c\n"
			 "./images.json\n./locks\n./out\n./recipes\n./recipes/two-powers.json\n"
			 "./recipes/two-powers.lock.json\n");
	init_load(&p, &made, "two-powers");
	cr_expect_str_eq(PODMAN_MUST(&p, "run", "--rm", init_image_name(&p, "two-powers"), "x").p,
			 "2048\n");
	podman_close(&p);
	files_remove(folder);
}

/* A first image was made without images.json, as the tutorial does it: its locks count. */
Test(init, locks_that_are_there_are_taken_as_they_are)
{
	AUTO_ARENA a = { 0 };
	const char *folder = files_temporary(&a), *lock, *before;
	struct initiated made;

	lock = arena_printf(&a, "%s/locks/cc-debian13.lock.json", folder);
	files_put(arena_printf(&a, "%s/first.json", folder),
		  "{ \"name\": \"first\", \"base\": \"cc-debian13\" }");
	ORACLE(&a, "sh", "-c", arena_printf(&a, "./imgbuild -q lock %s/first.json >&2", folder));
	before = files_get(&a, lock);
	made = init_in(&a, folder, "jq");
	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect_not(strstr(made.run.out.p, "locks/cc-debian13.lock.json"), "%s", made.run.out.p);
	files_remove(arena_printf(&a, "%s/out", folder));
	ORACLE(&a, "sh", "-c",
	       arena_printf(&a, "./imgbuild -q --frozen --no-audit %s/recipes/jq.json -o %s/out/jq",
			    folder, folder));
	cr_expect_str_eq(files_get(&a, lock), before);

	files_put(lock, "no lock\n");
	ORACLE(&a, "sh", "-c",
	       arena_printf(&a, "cd %s && rm -r recipes images.json .gitignore out", folder));
	before = folder_names(&a, folder);
	made = init_in(&a, folder, "jq");
	cr_expect_eq(made.run.status, 3, "%s", made.run.err.p);
	cr_expect(strstr(made.run.err.p, "error: locks/cc-debian13.lock.json:1:2: "), "%s",
		  made.run.err.p);
	cr_expect_str_eq(folder_names(&a, folder), before);
	files_remove(folder);
}

/* What cannot be seen beforehand comes up when files get their places: nothing of them stays. */
Test(init, files_get_all_of_their_places_or_none)
{
	AUTO_ARENA a = { 0 };
	const char *folder = files_temporary(&a);
	struct initiated made;

	ORACLE(&a, "ln", "-s", "nowhere", arena_printf(&a, "%s/recipes", folder));
	made = init_in(&a, folder, "--ci github jq");
	cr_expect_eq(made.run.status, 6, "%s", made.run.err.p);
	cr_expect_str_eq(folder_names(&a, folder), ".\n./recipes\n");
	files_remove(folder);
}

/* The second project of a repository: what was there is not said to be written. */
Test(init, what_was_there_is_not_told_as_written)
{
	AUTO_ARENA a = { 0 };
	const char *folder = files_temporary(&a);
	struct initiated made;

	files_put(arena_printf(&a, "%s/one/main.py", folder), "print(1)\n");
	files_put(arena_printf(&a, "%s/two/main.py", folder), "print(2)\n");
	made = init_in(&a, folder, "--python one");
	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect(strstr(made.run.out.p, "locks/python3.lock.json, "), "%s", made.run.out.p);
	made = init_in(&a, folder, "--python two");
	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect(str_starts(made.run.out, STR("wrote recipes/sources/two.json, recipes/two.json, "
					       "recipes/two.lock.json\n")),
		  "%s", made.run.out.p);
	files_remove(folder);
}

/* A daemon that init does not know, whose unit names no user. */
Test(init, what_the_unit_starts_as_root_is_left_to_decide)
{
	AUTO_ARENA a = { 0 };
	struct initiated made = init_folder(&a, "haveged");

	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect(
		strstr(made.run.out.p,
		       "haveged.service starts /usr/sbin/haveged as root, and here it runs as "
		       "65532:65532: what it does as root, such as changing its user, fails; take "
		       "that out of its configuration, or give the image \"user\": \"0:0\""),
		"%s", made.run.out.p);
	files_remove(made.folder);
}

/* A container runs one service: the other one that was asked for is not passed over in silence. */
Test(init, of_two_services_the_second_is_told)
{
	AUTO_ARENA a = { 0 };
	const char *folder = files_temporary(&a);
	struct initiated made = init_in(&a, folder, "--name both nginx redis-server");

	cr_assert_eq(made.run.status, 0, "%s%s", made.run.out.p, made.run.err.p);
	cr_expect(strstr(made.run.out.p,
			 "\n  - redis-server.service is not started: a container runs one service; "
			 "imgbuild init redis-server in another folder makes an image of it\n"),
		  "%s", made.run.out.p);
	cr_expect_not(strstr(made.run.out.p, "nginx.service is not started"), "%s", made.run.out.p);
	files_remove(folder);
}
