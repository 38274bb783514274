/* SPDX-License-Identifier: Apache-2.0 */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

int spawn_start(const struct spawn *s, pid_t *pid, struct error *e)
{
	const char *const *env = s->env ? s->env : (const char *const *)environ;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t all;
	int why;

	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	for (size_t i = 0; i < s->n; i++)
		posix_spawn_file_actions_adddup2(&files, s->fds[i].ours, s->fds[i].theirs);
	if (s->dir)
		posix_spawn_file_actions_addchdir_np(&files, s->dir);
	/* it does not write to them; its type is older than const */
	why = posix_spawnp(pid, s->argv[0], &files, &attributes, (char *const *)s->argv,
			   (char *const *)env);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	if (why == 0 || why == ENOENT)
		return why == 0;
	errno = why;
	err_sys(e, "run %s", s->argv[0]);
	return -1;
}

bool spawn_wait(pid_t pid, const char *name, int *status, struct error *e)
{
	while (waitpid(pid, status, 0) < 0) {
		if (errno != EINTR)
			return err_sys(e, "wait for %s", name);
	}
	return true;
}
