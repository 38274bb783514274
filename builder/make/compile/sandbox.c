/* SPDX-License-Identifier: Apache-2.0 */
/* bubblewrap as a program: arguments in, exit status out. */

#include "make/compile/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/spawn.h"
#include "make/compile/sandbox_guard.h"
#include "make/compile/sandbox_rules.h"
#include "make/compile/sandbox_user.h"

/* One start of bubblewrap. Descriptors are close-on-exec; the child keeps those that bwrap reads.
 */
struct launch {
	const struct limits *limits;
	const struct tunnels *tunnels; /* or NULL */
	struct sandbox_stage stage;
	struct strings argv;
	int rules, info[2]; /* the filter; a pipe on which bwrap tells the pid of its init */
	int gate[2];	    /* bwrap waits for a byte before it starts the command */
	pid_t bwrap, init, carrier; /* 0: not started or waited for, not known, none */
	pid_t guard;		    /* while the command waits for long; 0: none */
	int talk[2];		    /* child and parent before exec(3) */
	int log, pidfd;		    /* pidfd: of bwrap; -1 */
	bool terminal;		    /* standard input, output and error stay as they are */
	const atomic_bool *stop;    /* or NULL */
};

/* What a child that has not become bwrap says to its parent. */
struct word {
	char what[64]; /* "" is "I have my namespace, map me" */
	int error;
};

static void launch_close(struct launch *l)
{
	tunnels_close(l->carrier);
	guard_end(&l->guard);
	fd_closep(&l->rules);
	fd_closep(&l->pidfd);
	for (size_t i = 0; i < 2; i++) {
		fd_closep(&l->info[i]);
		fd_closep(&l->gate[i]);
		fd_closep(&l->talk[i]);
	}
}

static bool launch_open(struct launch *l, struct error *e)
{
	stage_init(&l->stage);
	if (pipe2(l->info, O_CLOEXEC) < 0 || pipe2(l->gate, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, l->talk) < 0)
		return err_sys(e, "start the sandbox");
	l->rules = sandbox_rules(e);
	return l->rules >= 0;
}

static void sandbox_add_words(struct arena *a, struct strings *l, const char *const *args, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*list_push(a, l) = args[i];
}

#define ADD(a, l, ...)                                                    \
	sandbox_add_words((a), (l), (const char *const[]){ __VA_ARGS__ }, \
			  sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void add_namespaces(struct arena *a, struct launch *l)
{
	struct strings *v = &l->argv;

	ADD(a, v, "bwrap", "--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net",
	    "--unshare-uts", "--unshare-cgroup-try", "--uid", "1000", "--gid", "1000", "--hostname",
	    "build", "--die-with-parent", "--cap-drop", "ALL", "--clearenv", "--seccomp",
	    arena_printf(a, "%d", l->rules), "--info-fd", arena_printf(a, "%d", l->info[1]),
	    "--block-fd", arena_printf(a, "%d", l->gate[0]));
	if (!l->terminal)
		ADD(a, v, "--new-session");
}

static void add_mounts(struct arena *a, struct launch *l, const struct sandbox *s)
{
	const char *tmp_size = arena_printf(a, "%" PRIu64, s->limits.memory_mib << 19);
	struct strings *v = &l->argv;

	ADD(a, v, "--ro-bind", stage_path(a, &l->stage, s->root), "/", "--proc", "/proc", "--dev",
	    "/dev", "--size", tmp_size, "--tmpfs", "/tmp", "--tmpfs", "/sources");
	for (size_t i = 0; i < s->sources.n; i++)
		ADD(a, v, "--ro-bind", stage_path(a, &l->stage, s->sources.v[i].host),
		    arena_printf(a, "/sources/%s", s->sources.v[i].name));
	ADD(a, v, "--remount-ro", "/sources", "--bind", stage_path(a, &l->stage, s->build),
	    "/build");
	if (s->tree)
		ADD(a, v, "--bind", stage_path(a, &l->stage, s->tree), "/build/src");
	if (s->cache)
		ADD(a, v, "--bind", stage_path(a, &l->stage, s->cache), "/cache");
	if (s->kept)
		ADD(a, v, "--bind", stage_path(a, &l->stage, s->kept), "/build/cache");
}

static void sandbox_limit(__rlimit_resource_t resource, uint64_t value)
{
	struct rlimit now, want = { value, value };

	/* lowering cannot fail; a hard limit that is lower already stays */
	if (getrlimit(resource, &now) == 0 && now.rlim_max < value)
		want.rlim_cur = want.rlim_max = now.rlim_max;
	setrlimit(resource, &want);
}

static void sandbox_set_limits(const struct limits *l)
{
	sandbox_limit(RLIMIT_CORE, 0);
	sandbox_limit(RLIMIT_AS, l->memory_mib << 20);
	sandbox_limit(RLIMIT_FSIZE, l->file_mib << 20);
	sandbox_limit(RLIMIT_NPROC, l->processes);
	sandbox_limit(RLIMIT_MEMLOCK, 64 << 10);
	umask(022);
}

/* The last words of a child; what it says when it may not even speak is its exit status. */
static _Noreturn void launch_give_up(const struct launch *l, const char *what)
{
	struct word w = { .error = errno };

	snprintf(w.what, sizeof(w.what), "%s", what);
	send(l->talk[1], &w, sizeof(w), MSG_NOSIGNAL);
	_exit(126);
}

static void enter_namespace(const struct launch *l)
{
	struct word ready = { .what = "" };
	const char *what;
	char mapped;

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		launch_give_up(l, "make a user namespace");
	if (send(l->talk[1], &ready, sizeof(ready), MSG_NOSIGNAL) < 0 ||
	    recv(l->talk[1], &mapped, 1, 0) != 1)
		_exit(126);
	if (!stage_enter(&l->stage, &what))
		launch_give_up(l, what);
}

static void set_streams(const struct launch *l)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (!l->terminal && (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
			     dup2(l->log, STDOUT_FILENO) < 0 || dup2(l->log, STDERR_FILENO) < 0))
		launch_give_up(l, "open /dev/null");
	if (syscall(SYS_close_range, 3u, ~0u, 4u /* CLOSE_RANGE_CLOEXEC */) < 0)
		launch_give_up(l, "close descriptors");
	if (fcntl(l->rules, F_SETFD, 0) < 0 || fcntl(l->info[1], F_SETFD, 0) < 0 ||
	    fcntl(l->gate[0], F_SETFD, 0) < 0)
		launch_give_up(l, "keep descriptors");
}

static _Noreturn void launch_child(const struct launch *l)
{
	static char *const empty[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	interrupt_forget();
	if (!l->terminal)
		setpgid(0, 0);
	if (l->stage.active)
		enter_namespace(l);
	set_streams(l);
	sandbox_set_limits(l->limits);
	environ = (char **)empty;
	execv("/usr/bin/bwrap", (char *const *)l->argv.v);
	launch_give_up(l, "start /usr/bin/bwrap");
}

/* Until the child has become bwrap: maps its user when it asks for that, and hears why it failed.
 */
static bool launch_converse(struct launch *l, pid_t pid, struct error *e)
{
	struct word w;
	ssize_t n;

	fd_closep(&l->talk[1]);
	fd_closep(&l->info[1]);
	while ((n = recv(l->talk[0], &w, sizeof(w), 0)) == (ssize_t)sizeof(w)) {
		if (w.what[0]) {
			errno = w.error;
			return err_sys(e, "%.*s for the sandbox", (int)sizeof(w.what), w.what);
		}
		if (!stage_map(&l->stage, pid, e))
			return false;
		if (send(l->talk[0], "", 1, MSG_NOSIGNAL) != 1)
			return err_sys(e, "start the sandbox");
	}
	return n == 0 || err_sys(e, "start the sandbox");
}

#define LOOK_MS 50 /* how often whoever waits looks at `stop` */
#define LOOK_SELDOM_MS 60000

static int64_t sandbox_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for the process: until it has ended, until the deadline (0 seconds: there is none), or
 * until it is to be stopped. */
static enum sandbox_outcome wait_until(int pidfd, uint64_t seconds, const atomic_bool *stop)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int64_t end = sandbox_now_ms() + (int64_t)seconds * 1000;

	for (;;) {
		int64_t left = seconds ? end - sandbox_now_ms() : LOOK_SELDOM_MS;
		int64_t look = stop ? LOOK_MS : LOOK_SELDOM_MS;

		if (left <= 0)
			return SANDBOX_TIMEOUT;
		if (stop && atomic_load(stop))
			return SANDBOX_STOPPED;
		if (poll(&p, 1, (int)(left < look ? left : look)) > 0)
			return SANDBOX_EXITED;
	}
}

/* Hears the pid of the first process inside ({"child-pid": 7}); it stays 0 if there was none. */
static void hear_init(struct launch *l)
{
	char text[256];
	ssize_t n = l->init ? 0 : read(l->info[0], text, sizeof(text) - 1);
	const char *digits;

	if (n <= 0)
		return;
	text[n] = '\0';
	digits = strpbrk(text, "0123456789");
	if (digits)
		l->init = (pid_t)strtol(digits, NULL, 10);
}

/* The command starts, and finds its tunnels open. */
static bool launch_release(struct launch *l, struct error *e)
{
	if (l->tunnels)
		hear_init(l);
	if (l->tunnels && l->init && !tunnels_open(l->tunnels, l->init, &l->carrier, e))
		return false;
	if (!fd_write(l->gate[1], STR("."), "the sandbox's gate", e))
		return false;
	guard_end(&l->guard);
	return true;
}

/* The group: bwrap makes its init, which asks to be ended with it only a moment later. Who ends
 * bwrap alone in that moment leaves the init behind. */
static void launch_kill(const struct launch *l, pid_t pid)
{
	if (!l->terminal)
		kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
}

/* bwrap is gone, and its init, when it still lives, is our child now (PR_SET_CHILD_SUBREAPER). The
 * kernel ends it only after every process of its pid namespace: pid_namespaces(7). */
static void end_namespace(pid_t init)
{
	int ignored;

	if (init > 0 && waitpid(init, &ignored, WNOHANG) == 0) {
		kill(init, SIGKILL);
		while (waitpid(init, &ignored, 0) < 0 && errno == EINTR)
			;
	}
}

/* Ends what still runs. */
static void launch_end(struct launch *l)
{
	int ignored;

	if (l->bwrap) {
		launch_kill(l, l->bwrap);
		while (waitpid(l->bwrap, &ignored, 0) < 0 && errno == EINTR)
			;
		/* an init of which bwrap had no time to tell is of its group */
		while (waitpid(-l->bwrap, &ignored, 0) > 0 || errno == EINTR)
			;
		l->bwrap = 0;
		hear_init(l);
		end_namespace(l->init);
	}
	launch_close(l);
}

#define AUTO_LAUNCH __attribute__((cleanup(launch_end))) struct launch

static bool launch_wait(struct launch *l, enum sandbox_outcome *outcome, int *status,
			struct error *e)
{
	uint64_t seconds = l->terminal ? 0 : l->limits->wall_seconds;
	pid_t pid = l->bwrap;
	int raw = 0;

	*outcome = wait_until(l->pidfd, seconds, l->stop);
	if (*outcome != SANDBOX_EXITED)
		launch_kill(l, pid);
	l->bwrap = 0;
	if (!spawn_wait(pid, "the sandbox", &raw, e))
		return false;
	hear_init(l);
	end_namespace(l->init);
	if (*outcome == SANDBOX_EXITED && WIFSIGNALED(raw))
		*outcome = SANDBOX_SIGNALLED;
	*status = WIFSIGNALED(raw) ? WTERMSIG(raw) : WEXITSTATUS(raw);
	return true;
}

static bool launch_start(struct launch *l, struct error *e)
{
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_sys(e, "start the sandbox");
	l->bwrap = fork();
	if (l->bwrap == 0)
		launch_child(l);
	if (l->bwrap < 0) {
		l->bwrap = 0;
		return err_sys(e, "start the sandbox");
	}
	l->pidfd = (int)syscall(SYS_pidfd_open, l->bwrap, 0);
	if (l->pidfd < 0)
		return err_set(e, ERR_SYSTEM,
			       "the kernel has no pidfd_open(2); Linux 5.3 or later is needed");
	return launch_converse(l, l->bwrap, e);
}

static bool launch_run(struct launch *l, enum sandbox_outcome *outcome, int *status,
		       struct error *e)
{
	return launch_start(l, e) && launch_release(l, e) && launch_wait(l, outcome, status, e);
}

#define LAUNCH_INIT \
	{ .rules = -1, .info = { -1, -1 }, .gate = { -1, -1 }, .talk = { -1, -1 }, .pidfd = -1 }

/* Ready to be started. `s` lives until it has ended. */
static bool launch_prepare(struct arena *a, struct launch *l, const struct sandbox *s,
			   const char *dir, const struct strings *argv, struct error *e)
{
	const char *lasting = s->kept ? s->kept : s->cache ? s->cache : s->tree;

	l->limits = &s->limits;
	l->tunnels = s->tunnels && s->tunnels->n ? s->tunnels : NULL;
	l->log = s->log;
	l->stop = s->stop;
	if (!launch_open(l, e))
		return false;
	if (lasting)
		stage_prefer_owner(&l->stage, lasting);
	if (!stage_own(&l->stage, s->build, e) ||
	    (s->cache && !stage_own(&l->stage, s->cache, e)) ||
	    (s->kept && !stage_own(&l->stage, s->kept, e)) ||
	    (s->tree && !stage_own(&l->stage, s->tree, e)))
		return false;
	add_namespaces(a, l);
	for (size_t i = 0; i < s->env.n; i++)
		ADD(a, &l->argv, "--setenv", s->env.v[i].name, s->env.v[i].value);
	add_mounts(a, l, s);
	ADD(a, &l->argv, "--chdir", dir, "--");
	sandbox_add_words(a, &l->argv, argv->v, argv->n);
	*list_push(a, &l->argv) = NULL;
	return true;
}

bool sandbox_run(const struct sandbox *s, const char *dir, const struct strings *argv,
		 enum sandbox_outcome *outcome, int *status, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_LAUNCH l = LAUNCH_INIT;

	return launch_prepare(&a, &l, s, dir, argv, e) && launch_run(&l, outcome, status, e);
}

bool sandbox_shell(const struct sandbox *s, const char *dir, const struct strings *argv,
		   struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_LAUNCH l = LAUNCH_INIT;
	enum sandbox_outcome outcome;
	int status;

	l.terminal = true;
	return launch_prepare(&a, &l, s, dir, argv, e) && launch_run(&l, &outcome, &status, e);
}

struct sandbox_command {
	struct arena a;
	struct launch launch;
};

struct sandbox_command *sandbox_prepare(struct arena *a, const struct sandbox *s, const char *dir,
					const struct strings *argv, struct error *e)
{
	struct sandbox_command *c = arena_alloc(a, sizeof(*c));

	c->launch = (struct launch)LAUNCH_INIT;
	if (launch_prepare(&c->a, &c->launch, s, dir, argv, e) && launch_start(&c->launch, e))
		return c;
	sandbox_close(c);
	return NULL;
}

bool sandbox_guard(struct sandbox_command *c, struct error *e)
{
	c->launch.guard = guard_start(c->launch.bwrap, c->launch.gate[1]);
	return c->launch.guard > 0 || err_sys(e, "watch over the sandbox");
}

bool sandbox_release(struct sandbox_command *c, struct error *e)
{
	return launch_release(&c->launch, e);
}

bool sandbox_runs_for(const struct sandbox_command *c, int ms)
{
	struct pollfd p = { .fd = c->launch.pidfd, .events = POLLIN };

	return poll(&p, 1, ms) == 0;
}

bool sandbox_wait(struct sandbox_command *c, enum sandbox_outcome *outcome, int *status,
		  struct error *e)
{
	return launch_wait(&c->launch, outcome, status, e);
}

void sandbox_close(struct sandbox_command *c)
{
	launch_end(&c->launch);
	arena_free(&c->a);
}

bool sandbox_check(struct error *e)
{
	static const struct limits limits = { 30, 4096, 1024, 4096 };
	AUTO_ARENA a = { 0 };
	AUTO_LAUNCH l = LAUNCH_INIT;
	AUTO_FD log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	enum sandbox_outcome outcome = SANDBOX_TIMEOUT;
	struct error why = { 0 };
	char text[512];
	int status = 0;

	if (access("/usr/bin/bwrap", X_OK) < 0)
		return err_set(e, ERR_SYSTEM,
			       "compiling needs bubblewrap: install the package bubblewrap "
			       "(make deps does)");
	l.limits = &limits;
	l.log = log;
	if (!launch_open(&l, e))
		return false;
	add_namespaces(&a, &l);
	/* a program that is there in any case, also where imgbuild runs in its own image */
	ADD(&a, &l.argv, "--ro-bind", "/", "/", "/usr/bin/bwrap", "--version", NULL);
	if (launch_run(&l, &outcome, &status, &why) && outcome == SANDBOX_EXITED && status == 0)
		return true;
	err_format(&why, text, sizeof(text));
	return err_set(
		e, ERR_SYSTEM,
		"compiling needs user, pid and network namespaces, which bubblewrap "
		"cannot make here%s%s; allow them: sysctl kernel.unprivileged_userns_clone=1, "
		"user.max_user_namespaces above 0, and on Ubuntu "
		"kernel.apparmor_restrict_unprivileged_userns=0; in a container, a seccomp "
		"profile that lets unshare(2) and mount(2) pass",
		why.kind ? ": " : "", why.kind ? text : "");
}
