/* SPDX-License-Identifier: Apache-2.0 */
/* As PID 1 we know that no Squid of ours is alive yet, whatever number the file holds (B11). */

#include "entrypoint/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "entrypoint/dirs.h"
#include "entrypoint/whole_file.h"

/* The process that the file names, if it is a Squid that is alive; else 0. */
static pid_t live_squid(const char *path)
{
	char buf[32], name[64];
	ssize_t n = file_read(path, buf, sizeof buf - 1);
	long pid;

	if (n <= 0)
		return 0;
	buf[n] = '\0';
	pid = strtol(buf, NULL, 10);
	if (pid <= 1 || pid > 1 << 22 || kill((pid_t)pid, 0) != 0)
		return 0;
	snprintf(name, sizeof name, "/proc/%ld/comm", pid);
	n = file_read(name, buf, sizeof buf);
	return n == 6 && memcmp(buf, "squid\n", 6) == 0 ? (pid_t)pid : 0;
}

/* A link stays, and what it leads to goes: Squid writes through it as well. The image has one where
 * only root may remove it. */
static bool remove_stale(struct supervisor *s, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	pid_t pid;

	if (realpath(name, path) == NULL || stat(path, &st) != 0)
		return true;
	if (getpid() != 1 && (pid = live_squid(path)) != 0)
		return supervisor_fail(s, "Squid is already running with PID %d (%s)", pid, path);
	if (S_ISDIR(st.st_mode))
		return supervisor_fail(s, "PID file %s is a directory", path);
	if (unlink(path) != 0)
		return supervisor_fail(s, "Cannot remove stale PID file %s: %s", path,
				       strerror(errno));
	log_info(&s->log, "Removed stale PID file %s", path);
	return true;
}

/* Can a file be made at `path`, or where the link at it leads? */
static bool is_creatable(const char *path)
{
	char target[PATH_MAX], dir[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target - 1);
	char *slash;

	if (access(path, W_OK) == 0)
		return true;
	target[n > 0 ? n : 0] = '\0';
	snprintf(dir, sizeof dir, "%s", n > 0 && target[0] == '/' ? target : path);
	if (n > 0 && target[0] != '/') {
		slash = strrchr(dir, '/');
		snprintf(slash + 1, sizeof dir - (size_t)(slash + 1 - dir), "%s", target);
	}
	slash = strrchr(dir, '/');
	slash[slash == dir] = '\0';
	return dirs_write_error(dir) == 0;
}

/* Squid would end over a PID file that nobody here reads. */
static const char *pid_file_usable(struct supervisor *s, const char *path)
{
	if (path[0] != '/' || is_creatable(path))
		return path;
	log_warn(&s->log, "PID file %s cannot be written (UID: %u, GID: %u): %s is used instead",
		 path, (unsigned)getuid(), (unsigned)getgid(), s->paths->pid_file);
	s->pid_file_moved = true;
	text_copy(s->conf.pid_file, sizeof s->conf.pid_file, s->paths->pid_file,
		  strlen(s->paths->pid_file));
	return s->paths->pid_file;
}

bool pid_file_clear(struct supervisor *s)
{
	const char *path = s->conf.pid_file[0] != '\0' ? s->conf.pid_file : s->paths->pid_file;

	path = pid_file_usable(s, path);
	if (strcmp(path, "none") != 0 && !remove_stale(s, path))
		return false;
	if (symlink(s->paths->pid_file, s->paths->pid_link) != 0 && errno != EEXIST)
		log_debug(&s->log, "No link %s: %s", s->paths->pid_link, strerror(errno));
	return true;
}
