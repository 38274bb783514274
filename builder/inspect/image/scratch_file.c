/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/image/scratch_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *scratch_folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir && dir[0] == '/' ? dir : "/tmp";
}

bool scratch_write(int fd, struct str bytes, uint64_t at, struct error *e)
{
	return fd_pwrite(fd, bytes, at, "a temporary file", e) ||
	       err_wrap(e, "%s (TMPDIR says where)", scratch_folder());
}

bool scratch_open(int *fd, struct error *e)
{
	const char *dir = scratch_folder();
	char name[4096];

	if (*fd >= 0)
		return true;
	*fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return true;
	if ((size_t)snprintf(name, sizeof(name), "%s/imgbuild-audit-XXXXXX", dir) >= sizeof(name))
		return err_set(e, ERR_SYSTEM, "the path of $TMPDIR is too long");
	*fd = mkostemp(name, O_CLOEXEC);
	if (*fd < 0)
		return err_sys(e, "make a temporary file in %s", dir);
	return unlink(name) == 0 || err_sys(e, "remove %s", name);
}
