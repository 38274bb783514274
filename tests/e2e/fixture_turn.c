/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is locked (flock(2)) as long as the process lives, and a variable that says so. */

#include "e2e/fixture_turn.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>

#include "e2e/fixture_podman.h"

void turn_take(struct arena *a, const char *of)
{
	const char *had = arena_printf(a, "IMGBUILD_TEST_TURN_%s", of);
	int fd;

	if (getenv(had))
		return;
	fd = open(arena_printf(a, "%s/turn-%s", getenv(STORAGE), of), O_RDWR | O_CREAT | O_CLOEXEC,
		  0600);
	cr_assert(fd >= 0 && flock(fd, LOCK_EX) == 0, "no turn of %s", of);
	cr_assert_eq(setenv(had, "1", 1), 0);
}
