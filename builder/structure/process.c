/* SPDX-License-Identifier: Apache-2.0 */
#include "structure/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX (1 << 20)

static bool read_back(struct arena *a, int fd, struct str *out, struct error *e)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *p;

	if (size < 0)
		return err_sys(e, "read the output of a program");
	if (size > OUTPUT_MAX)
		size = OUTPUT_MAX;
	p = arena_alloc(a, (size_t)size + 1);
	*out = (struct str){ p, (size_t)size };
	return fd_pread(fd, p, (size_t)size, 0, "the output of a program", e);
}

static int spawn(const char *const *argv, const char *dir, int out, int err, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all;
	int status;

	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, out, 1);
	posix_spawn_file_actions_adddup2(&files, err, 2);
	if (dir)
		posix_spawn_file_actions_addchdir_np(&files, dir);
	status = posix_spawnp(pid, argv[0], &files, &attributes, (char *const *)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return status;
}

int process_run(struct arena *a, const char *const *argv, const char *dir,
		struct process_result *out, struct error *e)
{
	AUTO_FD o = memfd_create("out", MFD_CLOEXEC);
	AUTO_FD r = memfd_create("err", MFD_CLOEXEC);
	int status = 0, why;
	pid_t pid, got;

	if (o < 0 || r < 0) {
		err_sys(e, "make a memory file");
		return -1;
	}
	why = spawn(argv, dir, o, r, &pid);
	if (why == ENOENT)
		return 0;
	if (why) {
		errno = why;
		err_sys(e, "run %s", argv[0]);
		return -1;
	}
	do
		got = waitpid(pid, &status, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0) {
		err_sys(e, "wait for %s", argv[0]);
		return -1;
	}
	out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return read_back(a, o, &out->out, e) && read_back(a, r, &out->err, e) ? 1 : -1;
}
