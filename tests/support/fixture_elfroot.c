/* SPDX-License-Identifier: Apache-2.0 */
/* Root folders and the processes that live in them. */

#include "support/fixture_elfroot.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

void elfroot_need(void)
{
	if (geteuid() != 0 || access(ELFROOT_LOADER, X_OK) != 0)
		cr_skip("needs root on x86-64");
}

static const char *elfroot_ready(struct arena *a, const char *root, const char *path)
{
	const char *full = arena_printf(a, "%s/%s", root, path);
	const char *slash = strrchr(full, '/');
	struct error e = { 0 };

	cr_assert(file_mkdirs(AT_FDCWD, arena_strndup(a, full, (size_t)(slash - full)), &e), "%s",
		  e.cause);
	return full;
}

void elfroot_write(const char *root, const char *path, struct str bytes)
{
	AUTO_ARENA a = { 0 };
	const char *full = elfroot_ready(&a, root, path);
	AUTO_FD fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	struct error e = { 0 };

	cr_assert(fd >= 0, "%s", full);
	cr_assert(fd_write(fd, bytes, full, &e) && fd_close(&fd, full, &e), "%s", e.cause);
}

void elfroot_link(const char *root, const char *path, const char *target)
{
	AUTO_ARENA a = { 0 };

	cr_assert(symlink(target, elfroot_ready(&a, root, path)) == 0, "%s", path);
}

void elfroot_copy(const char *root, const char *path, const char *from)
{
	AUTO_ARENA a = { 0 };
	struct str bytes;
	struct error e = { 0 };

	cr_assert(io_read_file(&a, AT_FDCWD, from, 64u << 20, &bytes, &e), "%s", e.cause);
	elfroot_write(root, path, bytes);
}

static void elfroot_become(const char *root, const char *const *argv, int out)
{
	if (chroot(root) < 0 || chdir("/") < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(125);
	execve(argv[0], (char *const *)(uintptr_t)argv,
	       (char *const[]){ (char[]){ "LD_BIND_NOW=1" }, NULL });
	_exit(127);
}

struct str elfroot_run(struct arena *a, const char *root, const char *const *argv, int *status)
{
	struct buf out = { .a = a };
	int ends[2], raw;
	char block[4096];
	ssize_t n;
	pid_t pid;

	cr_assert(pipe2(ends, O_CLOEXEC) == 0);
	pid = fork();
	cr_assert(pid >= 0);
	if (pid == 0)
		elfroot_become(root, argv, ends[1]);
	close(ends[1]);
	while ((n = read(ends[0], block, sizeof(block))) > 0)
		buf_add(&out, (struct str){ block, (size_t)n });
	close(ends[0]);
	cr_assert(waitpid(pid, &raw, 0) == pid);
	*status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
	return buf_str(&out);
}
