/* SPDX-License-Identifier: Apache-2.0 */
/* What of the files that a build read cannot be kept. What can is looked at in
 * tests/e2e/test_rebuilding.c. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "line/input_archive.h"
#include "support/fixture_files.h"
#include "trust/attestation/kept_inputs.h"

static bool archive_is_there(struct arena *a, const char *dir)
{
	return access(arena_printf(a, "%s/" KEPT_LIST_FILE, dir), F_OK) == 0 ||
	       access(arena_printf(a, "%s/" KEPT_ARCHIVE_FILE, dir), F_OK) == 0;
}

static struct input_file archive_input(struct arena *a, const char *dir, const char *name,
				       const char *text)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);

	files_put(path, text);
	return (struct input_file){
		.name = name, .path = path, .size = strlen(text), .sha256 = digest_of(str_of(text))
	};
}

static struct kept_archive archive_keep(struct arena *a, const struct input_files *l,
					const char *dir)
{
	AUTO_ATTEST_FOLDER to = ATTEST_FOLDER_INIT;
	struct kept_archive kept;
	struct error e = { 0 };

	cr_assert(attest_folder_open(a, dir, &to, &e) &&
			  input_archive_write(a, l, &to, &kept, &e) &&
			  file_batch_commit(&to.files, &e),
		  "%s", e.cause);
	return kept;
}

Test(input_archive, a_file_that_is_listed_twice_is_kept_once)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct input_files l = { .v = NULL };
	struct error e = { 0 };
	struct kept_inputs kept;
	struct kept_archive k;

	*list_push(&a, &l) = archive_input(&a, dir, "b.json", "b");
	*list_push(&a, &l) = archive_input(&a, dir, "a.json", "");
	*list_push(&a, &l) = archive_input(&a, dir, "b.json", "b");
	k = archive_keep(&a, &l, dir);
	cr_expect_null(k.obstacle);
	cr_assert(
		kept_inputs_read(&a,
				 str_of(files_get(&a, arena_printf(&a, "%s/" KEPT_LIST_FILE, dir))),
				 &kept, &e));
	cr_assert_eq(kept.v.n, 2);
	cr_expect_str_eq(kept.v.v[0].path, "repository/a.json");
	cr_expect_str_eq(kept.v.v[1].path, "repository/b.json");
	files_remove(dir);
}

Test(input_archive, a_name_that_is_no_text_is_told_and_leaves_nothing)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct input_files l = { .v = NULL };

	*list_push(&a, &l) = archive_input(&a, dir, "a.json", "a");
	cr_expect_null(archive_keep(&a, &l, dir).obstacle);
	cr_expect(archive_is_there(&a, dir));
	*list_push(&a, &l) = archive_input(&a, dir, "Stra\337e", "a name in Latin-1");
	cr_expect(strstr(archive_keep(&a, &l, dir).obstacle, "is not UTF-8"));
	cr_expect_not(archive_is_there(&a, dir));
	l.v[1].name = "../outside";
	cr_expect(strstr(archive_keep(&a, &l, dir).obstacle, "is outside of the repository"));
	files_remove(dir);
}

Test(input_archive, too_many_bytes_are_told_before_they_are_read)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct input_files l = { .v = NULL };

	*list_push(&a, &l) = archive_input(&a, dir, "a.json", "a");
	l.v[0].size = KEPT_BYTES_MAX;
	cr_expect(strstr(archive_keep(&a, &l, dir).obstacle, "more than 64 MiB"));
	cr_expect_not(archive_is_there(&a, dir));
	files_remove(dir);
}

Test(input_archive, a_file_that_changes_meanwhile_is_told)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct input_files l = { .v = NULL };
	AUTO_ATTEST_FOLDER to = ATTEST_FOLDER_INIT;
	struct kept_archive kept;
	struct error e = { 0 };

	*list_push(&a, &l) = archive_input(&a, dir, "a.json", "a");
	cr_assert(attest_folder_open(&a, dir, &to, &e));
	files_put(l.v[0].path, "b");
	cr_expect_not(input_archive_write(&a, &l, &to, &kept, &e));
	cr_expect(e.kind == ERR_INPUT && strstr(e.cause, "changed while it was read"), "%s",
		  e.cause);
	err_clear(&e);
	files_put(l.v[0].path, "");
	cr_expect_not(input_archive_write(&a, &l, &to, &kept, &e));
	attest_folder_close(&to);
	cr_expect_eq(files_below(&a, dir, "").n, 1, "the input alone");
	files_remove(dir);
}
