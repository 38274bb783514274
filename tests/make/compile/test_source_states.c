/* SPDX-License-Identifier: Apache-2.0 */
/* An editor that changes a file and changes it back, while it is copied. */

#include "make/compile/source_states.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include <unistd.h>

#include "base/path.h"
#include "support/fixture_files.h"

static struct str states_of(struct arena *a, const struct source_recipe *s)
{
	struct error e = { 0 };
	struct str text;

	cr_assert(source_states(a, s, &text, &e), "%s", e.cause);
	return text;
}

Test(source_states, a_file_that_was_changed_back_is_not_as_it_was)
{
	static const char *const names[] = { "code/main.c", "tree/part.c", "fix.patch" };
	struct source_recipe s = { .name = "x" };
	struct str first, again;
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		files_put(arena_printf(&a, "%s/%s", dir, names[i]), "text");
	s.folder = s.repository = arena_printf(&a, "%s/code", dir);
	*list_push(&a, &s.trees) = arena_printf(&a, "%s/tree", dir);
	*list_push(&a, &s.patches) = arena_printf(&a, "%s/fix.patch", dir);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(&a, "%s/%s", dir, names[i]);
		struct stat st;

		first = states_of(&a, &s);
		again = states_of(&a, &s);
		cr_expect(str_eq(first, again), "%s", names[i]);
		cr_assert_eq(stat(path, &st), 0);
		/* the clock of files ticks every few milliseconds */
		nanosleep(&(struct timespec){ .tv_nsec = 30000000 }, NULL);
		files_put(path, "text");
		cr_assert_eq(utimensat(AT_FDCWD, path,
				       (const struct timespec[]){ st.st_atim, st.st_mtim }, 0),
			     0);
		again = states_of(&a, &s);
		cr_expect_not(str_eq(first, again), "%s", names[i]);
		cr_expect(str_ends(str_of(names[i]),
				   str_of(path_base(source_states_differ(&a, first, again)))),
			  "%s", names[i]);
	}
	cr_expect_str_eq(source_states_differ(&a, again, again), "a source file");
	files_remove(dir);
}

Test(source_states, files_that_come_and_go_are_named)
{
	static const char *const names[] = { "a", "b\nc", "d" };
	struct source_recipe s = { .name = "x" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	s.folder = s.repository = arena_printf(&a, "%s/code", dir);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		files_put(arena_printf(&a, "%s/code/%s", dir, names[i]), "text");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(&a, "%s/code/%s", dir, names[i]);
		struct str with = states_of(&a, &s), without;

		cr_assert_eq(unlink(path), 0);
		without = states_of(&a, &s);
		cr_expect_str_eq(source_states_differ(&a, with, without), path);
		cr_expect_str_eq(source_states_differ(&a, without, with), path);
		files_put(path, "text");
	}
	files_remove(dir);
}
