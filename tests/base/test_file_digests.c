/* SPDX-License-Identifier: Apache-2.0 */
/* When what a file was hashed to still counts. */

#include "base/file_digests.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <time.h>

#include "base/file_state.h"

/* A file that nobody has written to for a while. */
static struct stat old_file(void)
{
	return (struct stat){ .st_ino = 7,
			      .st_dev = 3,
			      .st_size = 100,
			      .st_mtim = { 1000, 5 },
			      .st_ctim = { 1000, 6 } };
}

Test(file_digests, a_file_that_is_as_it_was_is_known)
{
	struct file_digests m = FILE_DIGESTS_INIT;
	struct stat st = old_file(), other = st;
	struct digest d = digest_of(STR("x")), e = digest_of(STR("y")), found;

	cr_expect_not(file_digests_find(&m, "a", &st, &found));
	file_digests_note(&m, "a", &st, &st, &d);
	cr_assert(file_digests_find(&m, "a", &st, &found));
	cr_expect(digest_eq(&found, &d));
	cr_expect_not(file_digests_find(&m, "b", &st, &found));
	other.st_ctim.tv_nsec++;
	cr_expect_not(file_digests_find(&m, "a", &other, &found), "it was written to");
	file_digests_note(&m, "a", &other, &other, &e);
	cr_assert(file_digests_find(&m, "a", &other, &found));
	cr_expect(digest_eq(&found, &e), "the last one counts");
	cr_expect_not(file_digests_find(&m, "a", &st, &found));
	file_digests_close(&m);
}

Test(file_digests, what_may_have_changed_unseen_is_not_noted)
{
	struct file_digests m = FILE_DIGESTS_INIT;
	struct stat st = old_file(), after = st;
	struct digest d = digest_of(STR("x")), found;

	after.st_size++;
	file_digests_note(&m, "a", &st, &after, &d);
	cr_expect_not(file_digests_find(&m, "a", &after, &found), "it changed while it was read");
	clock_gettime(CLOCK_REALTIME, &st.st_ctim);
	file_digests_note(&m, "a", &st, &st, &d);
	cr_expect_not(file_digests_find(&m, "a", &st, &found), "it is young");
	file_digests_note(NULL, "a", &st, &st, &d);
	cr_expect_not(file_digests_find(NULL, "a", &st, &found));
	file_digests_close(&m);
}
