/* SPDX-License-Identifier: Apache-2.0 */
/* An empty volume on /var/log hides the image's /var/log/squid, so what is missing is made
 * (decision 25). O_TMPFILE gives a file without a name: it sees full and read-only file systems,
 * which access() does not, and leaves nothing behind. */

#include "entrypoint/dirs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/text.h"

static int dirs_ask(const char *dir)
{
	struct statvfs fs;

	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) != 0)
		return errno;
	if (statvfs(dir, &fs) == 0 && fs.f_blocks > 0 && fs.f_bavail == 0)
		return ENOSPC;
	return 0;
}

int dirs_write_error(const char *dir)
{
	static const char block[512];
	struct stat st;
	int fd, cause = 0;

	if (stat(dir, &st) != 0)
		return errno;
	if (!S_ISDIR(st.st_mode))
		return ENOTDIR;
	fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL ? dirs_ask(dir)
										 : errno;
	if (write(fd, block, sizeof block) != (ssize_t)sizeof block)
		cause = errno != 0 ? errno : ENOSPC;
	close(fd);
	return cause;
}

int dirs_make(const char *dir)
{
	char path[CONF_PATH];
	char *p = path;

	if (!text_copy(path, sizeof path, dir, strlen(dir)))
		return ENAMETOOLONG;
	while ((p = strchr(p + 1, '/')) != NULL) {
		*p = '\0';
		if (mkdir(path, 0770) != 0 && errno != EEXIST && access(path, F_OK) != 0)
			return errno;
		*p = '/';
	}
	return mkdir(path, 0770) != 0 && errno != EEXIST ? errno : 0;
}

static bool dirs_check_one(struct supervisor *s, const char *dir)
{
	unsigned uid = (unsigned)getuid(), gid = (unsigned)getgid();
	int cause = dirs_write_error(dir), made;

	if (cause == ENOENT) {
		made = dirs_make(dir);
		if (made != 0)
			return supervisor_fail(s,
					       "Directory %s does not exist (UID: %u, GID: %u) and "
					       "cannot be made: %s",
					       dir, uid, gid, strerror(made));
		log_info(&s->log, "Directory %s did not exist and was made", dir);
		cause = dirs_write_error(dir);
	}
	if (cause == 0)
		return true;
	return supervisor_fail(s, "Directory %s is not writable (UID: %u, GID: %u): %s", dir, uid,
			       gid, strerror(cause));
}

bool dirs_check(struct supervisor *s)
{
	const struct paths *p = s->paths;
	const char *const dirs[] = { p->run_dir, p->log_dir, p->lib_dir, p->spool_dir,
				     p->cache_dir };
	bool ok = true;

	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		ok &= dirs_check_one(s, dirs[i]);
	if (ok)
		log_info(&s->log, "Directory validation passed");
	return ok;
}
