/* SPDX-License-Identifier: Apache-2.0 */
/* bubblewrap as a program: arguments in, exit status out. */

#include "compile/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void add(struct arena *a, struct strings *l, const char *const *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*list_push(a, l) = args[i];
}

#define ADD(a, l, ...)                                              \
	add((a), (l), (const char *const[]){ __VA_ARGS__ },         \
	    sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void bwrap_arguments(struct arena *a, const struct sandbox *s, const char *dir,
			    const struct strings *argv, struct strings *l)
{
	ADD(a, l, "bwrap", "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net",
	    "--unshare-uts", "--unshare-cgroup-try", "--uid", "1000", "--gid", "1000", "--hostname",
	    "build", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv");
	for (size_t i = 0; i < s->env.n; i++)
		ADD(a, l, "--setenv", s->env.v[i].name, s->env.v[i].value);
	ADD(a, l, "--ro-bind", s->root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
	    "--tmpfs", "/sources");
	for (size_t i = 0; i < s->sources.n; i++)
		ADD(a, l, "--ro-bind", s->sources.v[i].host,
		    arena_printf(a, "/sources/%s", s->sources.v[i].name));
	ADD(a, l, "--remount-ro", "/sources", "--bind", s->build, "/build", "--chdir", dir, "--");
	for (size_t i = 0; i < argv->n; i++)
		*list_push(a, l) = argv->v[i];
	*list_push(a, l) = NULL;
}

static void limit(int resource, uint64_t value)
{
	struct rlimit now, want = { value, value };

	/* lowering cannot fail; a hard limit that is lower already stays */
	if (getrlimit(resource, &now) == 0 && now.rlim_max < value)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	setrlimit(resource, &want);
}

static _Noreturn void child(const struct sandbox *s, char *const *argv)
{
	static char *const empty[] = { NULL };
	sigset_t none;
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(s->log, STDOUT_FILENO) < 0 ||
	    dup2(s->log, STDERR_FILENO) < 0)
		_exit(126);
	syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
	setpgid(0, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_AS, s->limits.memory_mib << 20);
	limit(RLIMIT_FSIZE, s->limits.file_mib << 20);
	limit(RLIMIT_NPROC, s->limits.processes);
	environ = (char **)empty;
	execv("/usr/bin/bwrap", argv);
	_exit(127);
}

/* Waits for the process until the deadline; false when that has passed. */
static bool wait_until(int pidfd, uint64_t seconds)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	struct timespec now;
	int64_t end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = (int64_t)now.tv_sec + (int64_t)seconds;
	for (;;) {
		int64_t left = end - (int64_t)now.tv_sec;

		if (left <= 0)
			return false;
		if (poll(&p, 1, left > 60 ? 60000 : (int)left * 1000) > 0)
			return true;
		clock_gettime(CLOCK_MONOTONIC, &now);
	}
}

static bool wait_for(pid_t pid, uint64_t seconds, enum sandbox_outcome *outcome, int *status,
		     struct error *e)
{
	AUTO_FD pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	bool in_time = pidfd < 0 || wait_until(pidfd, seconds);
	int raw;

	if (!in_time)
		kill(-pid, SIGKILL);	/* --die-with-parent takes all of the pid namespace along */
	while (waitpid(pid, &raw, 0) < 0) {
		if (errno != EINTR)
			return err_sys(e, "wait for the sandbox");
	}
	*outcome = !in_time ? SANDBOX_TIMEOUT : WIFSIGNALED(raw) ? SANDBOX_SIGNALLED : SANDBOX_EXITED;
	*status = WIFSIGNALED(raw) ? WTERMSIG(raw) : WEXITSTATUS(raw);
	return true;
}

bool sandbox_run(const struct sandbox *s, const char *dir, const struct strings *argv,
		 enum sandbox_outcome *outcome, int *status, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct strings args = { 0 };
	pid_t pid;

	bwrap_arguments(&a, s, dir, argv, &args);
	pid = fork();
	if (pid < 0)
		return err_sys(e, "start the sandbox");
	if (pid == 0)
		child(s, (char *const *)args.v);
	return wait_for(pid, s->limits.wall_seconds, outcome, status, e);
}

bool sandbox_check(struct error *e)
{
	AUTO_FD log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	char *const argv[] = { (char[]){ "bwrap" }, (char[]){ "--unshare-user" },
			       (char[]){ "--unshare-net" }, (char[]){ "--unshare-pid" },
			       (char[]){ "--ro-bind" }, (char[]){ "/" }, (char[]){ "/" },
			       (char[]){ "/bin/true" }, NULL };
	struct sandbox s = { .log = log, .limits = { 30, 4096, 1024, 4096 } };
	enum sandbox_outcome outcome;
	int status;
	pid_t pid;

	if (access("/usr/bin/bwrap", X_OK) < 0)
		return err_set(e, ERR_SYSTEM, "compiling needs bubblewrap: install the package bubblewrap "
					      "(make deps does)");
	pid = fork();
	if (pid < 0)
		return err_sys(e, "start the sandbox");
	if (pid == 0)
		child(&s, argv);
	if (!wait_for(pid, 30, &outcome, &status, e))
		return false;
	if (outcome == SANDBOX_EXITED && status == 0)
		return true;
	return err_set(e, ERR_SYSTEM, "compiling needs user, pid and network namespaces, which bubblewrap "
				      "cannot make here; allow them: sysctl kernel.unprivileged_userns_clone=1, "
				      "user.max_user_namespaces above 0, and on Ubuntu "
				      "kernel.apparmor_restrict_unprivileged_userns=0; in a container, a seccomp "
				      "profile that lets unshare(2) and mount(2) pass");
}
