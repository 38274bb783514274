/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary files of the audit: where they are, and what is said when there is no room. */

#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "inspect/image/scratch_file.h"
#include "support/fixture_files.h"

Test(scratch_file, F3_a_full_disk_is_told_with_its_folder)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct rlimit small = { 4, 4 };
	struct error e = { 0 };
	char text[2048];
	int fd = -1;

	setenv("TMPDIR", dir, 1);
	cr_assert(scratch_open(&fd, &e), "%s", e.cause);
	cr_expect(scratch_write(fd, STR("abc"), 0, &e), "%s", e.cause);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	cr_expect_not(scratch_write(fd, STR("abcdef"), 3, &e));
	err_format(&e, text, sizeof(text));
	cr_expect_eq(e.kind, ERR_SYSTEM);
	cr_expect(str_starts(str_of(text),
			     str_of(arena_printf(
				     &a, "%s (TMPDIR says where): cannot write a temporary file: ",
				     dir))),
		  "%s", text);
	close(fd);
	files_remove(dir);
}
