/* SPDX-License-Identifier: Apache-2.0 */
/* User and mount namespaces for tests. */

#include "support/fixture_sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <criterion/criterion.h>

static bool sandbox_put_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

bool sandbox_enter(void)
{
	char uid[64], gid[64];

	/* the same numbers inside: what the test owned before stays its own */
	snprintf(uid, sizeof(uid), "%u %u 1", geteuid(), geteuid());
	snprintf(gid, sizeof(gid), "%u %u 1", getegid(), getegid());
	if (unshare(CLONE_NEWNS) < 0 && (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 ||
					 !sandbox_put_text("/proc/self/setgroups", "deny") ||
					 !sandbox_put_text("/proc/self/uid_map", uid) ||
					 !sandbox_put_text("/proc/self/gid_map", gid)))
		return false;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

void sandbox_tmpfs(const char *dir, unsigned kib)
{
	char options[64];

	snprintf(options, sizeof(options), "size=%uk,mode=0700", kib);
	cr_assert_eq(mount("tmpfs", dir, "tmpfs", 0, options), 0);
}

void sandbox_readonly(const char *dir)
{
	cr_assert_eq(mount(dir, dir, NULL, MS_BIND, NULL), 0);
	cr_assert_eq(mount(NULL, dir, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL), 0);
}

void sandbox_unmount(const char *dir)
{
	cr_assert_eq(umount2(dir, MNT_DETACH), 0);
}
