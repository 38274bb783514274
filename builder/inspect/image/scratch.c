/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/image/scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool scratch_open(int *fd, struct error *e)
{
	const char *dir = getenv("TMPDIR");
	char name[4096];

	if (*fd >= 0)
		return true;
	if (!dir || dir[0] != '/')
		dir = "/tmp";
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
