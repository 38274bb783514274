/* SPDX-License-Identifier: Apache-2.0 */
/* User namespaces and staged mounts. Knows nothing of bubblewrap's options. */

#include "make/compile/sandbox_user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

#define STAGE "/tmp"
#define DEPTH_MAX 64

#define IDS 1024

/* The highest id of the range that this process may map. */
static unsigned long last_id(void)
{
	AUTO_ARENA a = { 0 };
	struct error ignored = { 0 };
	unsigned long inside, outside, count, last = 65535;
	struct str text, line;

	if (io_read_file(&a, AT_FDCWD, "/proc/self/uid_map", 4096, &text, &ignored)) {
		while (str_next(&text, '\n', &line)) {
			if (sscanf(str_dup(&a, line), "%lu %lu %lu", &inside, &outside, &count) ==
			    3)
				last = inside + count - 1;
		}
	}
	return last > 2000000000 ? 2000000000 : last;
}

/* One for each of many builds at a time. */
static uid_t unused_id(void)
{
	unsigned long last = last_id();

	return (uid_t)(last > 2 * IDS ? last - (unsigned long)getpid() % IDS : last);
}

void stage_init(struct sandbox_stage *s)
{
	*s = (struct sandbox_stage){ .active = geteuid() == 0 };
	if (s->active)
		s->id = unused_id();
}

void stage_prefer_owner(struct sandbox_stage *s, const char *path)
{
	unsigned long last = last_id();
	struct stat st;

	if (s->active && last > 2 * IDS && lstat(path, &st) == 0 && st.st_uid <= last &&
	    st.st_uid > last - IDS)
		s->id = st.st_uid;
}

const char *stage_path(struct arena *a, struct sandbox_stage *s, const char *host)
{
	struct staged *one;

	if (!s->active)
		return host;
	one = list_push(a, &s->paths);
	*one = (struct staged){ host, arena_printf(a, STAGE "/%zu", s->paths.n) };
	return one->at;
}

static bool own_below(int fd, const char *name, uid_t id, unsigned depth, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings names = { 0 };
	struct stat st;

	if (depth > DEPTH_MAX)
		return err_set(e, ERR_SYSTEM, "%s is nested more than %d deep", name, DEPTH_MAX);
	if (!file_names(&a, fd, name, &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (fstatat(fd, names.v[i], &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    fchownat(fd, names.v[i], id, id, AT_SYMLINK_NOFOLLOW) < 0)
			return err_sys(e, "give %s to the build's user", names.v[i]);
		if (S_ISDIR(st.st_mode)) {
			AUTO_FD below = file_open_dir(fd, names.v[i], e);

			if (below < 0 || !own_below(below, names.v[i], id, depth + 1, e))
				return false;
		}
	}
	return true;
}

bool stage_own(const struct sandbox_stage *s, const char *path, struct error *e)
{
	AUTO_FD fd = -1;
	struct stat st;

	if (!s->active)
		return true;
	fd = file_open_dir(AT_FDCWD, path, e);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) == 0 && st.st_uid == s->id)
		return true; /* an earlier step had it */
	if (!own_below(fd, path, s->id, 0, e))
		return false;
	return fchown(fd, s->id, s->id) == 0 || err_sys(e, "give %s to the build's user", path);
}

static bool write_map(const struct sandbox_stage *s, pid_t child, const char *name, struct error *e)
{
	char path[64], line[64];
	AUTO_FD fd = -1;
	int n = snprintf(line, sizeof(line), "0 %u 1\n", (unsigned)s->id);

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)child, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0 && write(fd, line, (size_t)n) == n)
		return true;
	return err_sys(e,
		       "imgbuild runs as root but may not become user %u (it lacks CAP_SETUID or "
		       "CAP_SETGID), so a build could start any number of processes; run it as a "
		       "user, or with these capabilities",
		       (unsigned)s->id);
}

bool stage_map(const struct sandbox_stage *s, pid_t child, struct error *e)
{
	return write_map(s, child, "uid_map", e) && write_map(s, child, "gid_map", e);
}

/* Copies of the mounts, taken while the host's paths can still be walked: open_tree(2). */
static bool take_trees(const struct sandbox_stage *s, int *trees)
{
	for (size_t i = 0; i < s->paths.n; i++) {
		trees[i] = (int)syscall(SYS_open_tree, AT_FDCWD, s->paths.v[i].host,
					OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
		if (trees[i] < 0)
			return false;
	}
	return true;
}

static bool put_tree(int tree, const char *at)
{
	struct stat st;
	int fd;

	if (fstat(tree, &st) < 0)
		return false;
	if (S_ISDIR(st.st_mode)) {
		if (mkdir(at, 0755) < 0)
			return false;
	} else {
		fd = open(at, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
		if (fd < 0 || close(fd) < 0)
			return false;
	}
	return syscall(SYS_move_mount, tree, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

bool stage_enter(const struct sandbox_stage *s, const char **what)
{
	int trees[STAGE_MAX];

	*what = "mount what the build needs";
	if (s->paths.n > STAGE_MAX || !take_trees(s, trees))
		return false;
	*what = "become the build's user";
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return false;
	*what = "mount a tmpfs at " STAGE;
	if (mount("tmpfs", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0)
		return false;
	*what = "mount what the build needs";
	for (size_t i = 0; i < s->paths.n; i++) {
		if (!put_tree(trees[i], s->paths.v[i].at))
			return false;
	}
	return true;
}
