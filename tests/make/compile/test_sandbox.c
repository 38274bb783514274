/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile configure (tests/make/compile/hostile) is run in the sandbox, attempt by attempt; those
 * that can be are also run outside, where they must get through, so that no attempt is stopped by
 * its own mistakes. */

#include "make/compile/sandbox.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "make/compile/fragment.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"

struct sandbox_scene {
	struct arena a;
	const char *dir;
	struct sandbox box;
	int tcp, udp, abstract;
	pid_t echo;
	char port_tcp[8], port_udp[8], name[40];
	const char *secret; /* a file of the host */
};

static void run_host(const char *const *argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	cr_assert(waitpid(pid, &status, 0) == pid && status == 0, "%s failed", argv[0]);
}

static void listen_on_host(struct sandbox_scene *s)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t n = sizeof(in);
	int length = snprintf(s->name, sizeof(s->name), "imgbuild-test-%ld", (long)getpid());

	s->tcp = socket(AF_INET, SOCK_STREAM, 0);
	s->udp = socket(AF_INET, SOCK_DGRAM, 0);
	s->abstract = socket(AF_UNIX, SOCK_STREAM, 0);
	cr_assert(bind(s->tcp, (struct sockaddr *)&in, sizeof(in)) == 0 && listen(s->tcp, 8) == 0);
	getsockname(s->tcp, (struct sockaddr *)&in, &n);
	snprintf(s->port_tcp, sizeof(s->port_tcp), "%u", ntohs(in.sin_port));
	in.sin_port = 0;
	cr_assert(bind(s->udp, (struct sockaddr *)&in, sizeof(in)) == 0);
	getsockname(s->udp, (struct sockaddr *)&in, &n);
	snprintf(s->port_udp, sizeof(s->port_udp), "%u", ntohs(in.sin_port));
	memcpy(un.sun_path + 1, s->name, (size_t)length);
	cr_assert(bind(s->abstract, (struct sockaddr *)&un,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) ==
			  0 &&
		  listen(s->abstract, 8) == 0);
	s->echo = fork();
	if (s->echo == 0) {
		struct sockaddr_in from;
		char byte;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (n = sizeof(from);
		     recvfrom(s->udp, &byte, 1, 0, (struct sockaddr *)&from, &n) == 1;
		     n = sizeof(from))
			sendto(s->udp, &byte, 1, 0, (struct sockaddr *)&from, n);
		_exit(0);
	}
}

static void open_scene(struct sandbox_scene *s)
{
	static const char *const folders[] = { "root/build", "root/sources", "root/proc",
					       "root/dev",   "root/tmp",     "build/src",
					       "build/out" };
	struct error e = { 0 };

	*s = (struct sandbox_scene){ .box = { .log = -1 } };
	s->dir = files_temporary(&s->a);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		cr_assert(file_mkdirs(AT_FDCWD, arena_printf(&s->a, "%s/%s", s->dir, folders[i]),
				      &e));
	s->secret = arena_printf(&s->a, "%s/secret", s->dir);
	files_put(s->secret, "secret");
	s->box.root = arena_printf(&s->a, "%s/root", s->dir);
	s->box.build = arena_printf(&s->a, "%s/build", s->dir);
	s->box.limits = (struct limits){
		.wall_seconds = 60, .memory_mib = 512, .file_mib = 64, .processes = 40
	};
	s->box.log = open(arena_printf(&s->a, "%s/log", s->dir),
			  O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	*list_push(&s->a, &s->box.env) = (struct variable){ "GIVEN", "1" };
	*list_push(&s->a, &s->box.sources) =
		(struct sandbox_mount){ arena_printf(&s->a, "%s/tarball", s->dir), "tarball" };
	files_put(s->box.sources.v[0].host, "source");
	run_host((const char *const[]){ "gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O1", "-static",
					"-o", arena_printf(&s->a, "%s/hostile", s->box.root),
					"tests/make/compile/hostile/hostile.c", NULL });
	listen_on_host(s);
	setenv("IMGBUILD_TEST_SECRET", "1", 1);
}

static void stop_echo(struct sandbox_scene *s)
{
	if (s->echo) {
		kill(s->echo, SIGKILL);
		waitpid(s->echo, NULL, 0);
	}
	s->echo = 0;
}

static void close_scene(struct sandbox_scene *s)
{
	stop_echo(s);
	close(s->tcp);
	close(s->udp);
	close(s->abstract);
	close(s->box.log);
	files_remove(s->dir);
	arena_free(&s->a);
}

/* The exit status inside; 1000 + signal, or 2000 after a timeout. */
static int attempt_inside(struct sandbox_scene *s, const char *name, const char *arg)
{
	const char *argv[] = { "/hostile", name, arg };
	const struct strings l = { argv, 3, 3 };
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	struct error e = { 0 };
	char text[600] = "";
	int status = -1;
	bool ran = sandbox_run(&s->box, "/build/src", &l, &outcome, &status, &e);

	err_format(&e, text, sizeof(text));
	cr_assert(ran, "%s: %s", name, text);
	return outcome == SANDBOX_TIMEOUT     ? 2000
	       : outcome == SANDBOX_SIGNALLED ? 1000 + status
					      : status;
}

static int attempt_outside(struct sandbox_scene *s, const char *name, const char *arg)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		int open_one = dup(s->box.log);

		(void)open_one;
		execl(arena_printf(&s->a, "%s/hostile", s->box.root), "hostile", name, arg, NULL);
		_exit(127);
	}
	cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	return WEXITSTATUS(status);
}

Test(compile, every_escape_from_the_sandbox_is_stopped)
{
	struct sandbox_scene s;

	open_scene(&s);
	{
		const struct {
			const char *name, *arg;
			bool control; /* gets through outside, whoever runs it, and hurts nobody */
		} cases[] = {
			{ "tcp", s.port_tcp, true },
			{ "udp", s.port_udp, true },
			{ "abstract", s.name, true },
			{ "interfaces", "", true },
			{ "machine", "", false },
			{ "odd-sockets", "", false },
			{ "read-host", s.secret, true },
			{ "read-through-init", s.secret, false },
			{ "inherited", "", true },
			{ "environment", "IMGBUILD_TEST_SECRET", true },
			{ "trace", "", false },
			{ "see-others", "", true },
			{ "terminal", "", false },
			{ "large-file", "", false },
			{ "large-memory", "", false },
			{ "raise-limits", "", false },
			{ "set-user", "", false },
			{ "device-nodes", "", false },
			{ "mounts", "", false },
			{ "namespaces", "", false },
			{ "write-read-only", "/sources/tarball", false },
			{ "signal-all", "", false },
			{ "host-name", "", false },
			{ "host-clock", "", false },
			{ "keyring", "", false },
			{ "kernel-doors", "", false },
		};

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			int got = attempt_inside(&s, cases[i].name, cases[i].arg);

			cr_expect_eq(got, 0, "%s: %d", cases[i].name, got);
			if (cases[i].control)
				cr_expect_eq(attempt_outside(&s, cases[i].name, cases[i].arg), 1,
					     "outside, %s must get through", cases[i].name);
		}
	}
	close_scene(&s);
}

Test(compile, a_fork_bomb_meets_the_limit_on_processes_also_under_root)
{
	struct sandbox_scene s;
	int got;

	open_scene(&s);
	got = attempt_inside(&s, "fork-bomb", "40");
	cr_expect_eq(got, 0, "%d", got);
	/* what is counted is real: with room for more, more are had */
	s.box.limits.processes = 400;
	cr_expect_eq(attempt_inside(&s, "fork-bomb", "40"), 1);
	close_scene(&s);
}

Test(compile, no_process_is_left_when_a_step_has_ended)
{
	struct sandbox_scene s;
	struct stat before, after;
	const char *path;

	open_scene(&s);
	path = arena_printf(&s.a, "%s/out/alive", s.box.build);
	for (int i = 0; i < 5; i++) {
		cr_expect_eq(attempt_inside(&s, "daemon", ""), 0);
		cr_assert_eq(stat(path, &before), 0);
		cr_expect_gt(before.st_size, 0, "the daemon never ran");
		usleep(20000);
		cr_assert_eq(stat(path, &after), 0);
		cr_expect_eq(before.st_size, after.st_size, "the daemon still writes");
	}
	close_scene(&s);
}

/* In a folder that only the command before it makes. */
Test(compile, a_prepared_command_waits_until_it_is_released)
{
	struct sandbox_scene s;
	const char *argv[] = { "/hostile", "daemon", "" }, *alive;
	const struct strings l = { argv, 3, 3 };
	enum sandbox_outcome outcome = SANDBOX_STOPPED;
	struct sandbox_command *c;
	struct error e = { 0 };
	int status = -1;

	open_scene(&s);
	alive = arena_printf(&s.a, "%s/out/alive", s.box.build);
	c = sandbox_prepare(&s.a, &s.box, "/build/src/later", &l, &e);
	cr_assert(c);
	cr_expect(sandbox_runs_for(c, 200));
	cr_expect(access(alive, F_OK) < 0, "it did not wait");
	cr_assert(file_mkdirs(AT_FDCWD, arena_printf(&s.a, "%s/src/later", s.box.build), &e));
	cr_assert(sandbox_release(c, &e) && sandbox_wait(c, &outcome, &status, &e));
	cr_expect(outcome == SANDBOX_EXITED && status == 0);
	cr_expect_eq(access(alive, F_OK), 0);
	sandbox_close(c);
	close_scene(&s);
}

Test(compile, a_prepared_command_that_is_not_wanted_leaves_no_process)
{
	struct sandbox_scene s;
	const char *argv[] = { "/hostile", "daemon", "" };
	const struct strings l = { argv, 3, 3 };
	struct sandbox_command *c;
	struct error e = { 0 };

	open_scene(&s);
	stop_echo(&s);
	c = sandbox_prepare(&s.a, &s.box, "/build/src", &l, &e);
	cr_assert(c);
	cr_expect_eq(waitpid(-1, NULL, WNOHANG), 0);
	sandbox_close(c);
	cr_expect(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	cr_expect(access(arena_printf(&s.a, "%s/out/alive", s.box.build), F_OK) < 0);
	close_scene(&s);
}

Test(compile, F20_a_step_that_hangs_is_ended)
{
	struct sandbox_scene s;
	struct timespec from, to;

	open_scene(&s);
	s.box.limits.wall_seconds = 1;
	clock_gettime(CLOCK_MONOTONIC, &from);
	cr_expect_eq(attempt_inside(&s, "hang", ""), 2000);
	clock_gettime(CLOCK_MONOTONIC, &to);
	cr_expect_geq((to.tv_sec - from.tv_sec) * 1000000000 + to.tv_nsec - from.tv_nsec, 990000000,
		      "ended before its time");
	close_scene(&s);
}

Test(compile, a_crash_is_told_and_leaves_no_core)
{
	struct sandbox_scene s;

	open_scene(&s);
	/* bubblewrap says 128 + signal like a shell */
	cr_expect_eq(attempt_inside(&s, "dump-core", ""), 128 + SIGABRT);
	cr_expect(access(arena_printf(&s.a, "%s/src/core", s.box.build), F_OK) < 0 &&
		  errno == ENOENT);
	close_scene(&s);
}

Test(compile, a_program_that_is_not_there_is_no_success)
{
	struct sandbox_scene s;
	const char *argv[] = { "/nowhere" };
	const struct strings l = { argv, 1, 1 };
	enum sandbox_outcome outcome;
	struct error e = { 0 };
	int status = 0;

	open_scene(&s);
	cr_assert(sandbox_run(&s.box, "/build/src", &l, &outcome, &status, &e));
	cr_expect(outcome == SANDBOX_EXITED && status != 0);
	cr_expect(strstr(files_get(&s.a, arena_printf(&s.a, "%s/log", s.dir)), "/nowhere"));
	close_scene(&s);
}

Test(compile, a_root_that_is_not_there_is_told)
{
	struct sandbox_scene s;
	const char *argv[] = { "/hostile" };
	const struct strings l = { argv, 1, 1 };
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	struct error e = { 0 };
	int status = 0;
	bool ran;

	open_scene(&s);
	s.box.root = "/nonexistent/root";
	ran = sandbox_run(&s.box, "/build/src", &l, &outcome, &status, &e);
	cr_expect(!ran || outcome != SANDBOX_EXITED || status != 0);
	close_scene(&s);
}

static bool put_host_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return ok;
}

/* In a user namespace that allows no further ones, as some containers and hardened hosts do. */
static int check_where_forbidden(const char *map)
{
	struct error e = { 0 };
	char text[900];

	if (unshare(CLONE_NEWUSER) < 0 || !put_host_text("/proc/self/setgroups", "deny") ||
	    !put_host_text("/proc/self/uid_map", map) ||
	    !put_host_text("/proc/sys/user/max_user_namespaces", "0"))
		return 77;
	if (sandbox_check(&e))
		return 1;
	err_format(&e, text, sizeof(text));
	if (e.kind != ERR_SYSTEM ||
	    !strstr(text, "make a user namespace for the sandbox: No space left") ||
	    !strstr(text, "max_user_namespaces") || !strstr(text, "seccomp profile"))
		return dprintf(STDERR_FILENO, "%s\n", text) > 0 ? 2 : 3;
	return 0;
}

Test(compile, F21_without_user_namespaces_it_says_what_to_allow)
{
	char map[40];
	int status;
	pid_t pid;

	snprintf(map, sizeof(map), "0 %u 1", (unsigned)geteuid());
	pid = fork();
	if (pid == 0)
		_exit(check_where_forbidden(map));
	cr_assert(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		cr_skip_test("no user namespaces here at all");
	cr_expect_eq(WEXITSTATUS(status), 0, "%d", WEXITSTATUS(status));
}

Test(compile, where_sandboxes_can_be_had_it_says_so)
{
	struct error e = { 0 };
	char text[900] = "";
	bool ok = sandbox_check(&e);

	if (!ok)
		err_format(&e, text, sizeof(text));
	cr_expect(ok, "%s", text);
}

Test(compile, outputs_are_read_without_following_links)
{
	static const struct {
		const char *attempt, *arg, *keep, *error;
	} cases[] = {
		{ "output-link", "/etc/passwd", "/link", NULL },
		{ "output-folder-link", "/etc", "/usr/passwd", "installed no /usr/passwd" },
		{ "output-setuid", "", "/tool", "the build made /tool setuid or setgid" },
		{ "output-fifo", "", "/fifo",
		  "the build made /fifo, which is not a file, folder or link" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct source_recipe source = { .name = "evil" };
		struct digest key = digest_of(STR("key"));
		struct fragment f;
		struct depot d;
		struct sandbox_scene s;
		struct error e = { 0 };
		char text[600] = "";
		int out;

		open_scene(&s);
		depot_open(&d);
		*list_push(&s.a, &source.keep) = (struct glob){ .text = cases[i].keep };
		cr_assert_eq(attempt_inside(&s, cases[i].attempt, cases[i].arg), 0);
		out = file_open_dir(AT_FDCWD, arena_printf(&s.a, "%s/out", s.box.build), &e);
		cr_assert_geq(out, 0);
		if (!fragment_collect(&d.store, out, &source, &key, &e))
			err_format(&e, text, sizeof(text));
		if (cases[i].error) {
			cr_expect(e.kind == ERR_INPUT && strstr(text, cases[i].error), "%s: %s",
				  cases[i].attempt, text);
		} else {
			cr_assert_eq(fragment_open(&s.a, &d.store, &key, &f, &e), 1);
			cr_expect(f.nodes.n == 1 && f.nodes.v[0].type == NODE_LINK &&
				  strcmp(f.nodes.v[0].target, cases[i].arg) == 0);
			fragment_close(&f);
		}
		close(out);
		depot_close(&d);
		close_scene(&s);
	}
}

/* What a build left unreadable, for its own user here: root would not notice. */
static int collect_unreadable(struct arena *a, const char *dir)
{
	struct source_recipe source = { .name = "closed" };
	struct digest key = digest_of(STR("key"));
	AUTO_STORE store = STORE_INIT;
	struct error e = { 0 };
	struct fragment f;
	int out;

	if (geteuid() == 0 &&
	    (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0))
		return 99;
	*list_push(a, &source.keep) = (struct glob){ .text = "/**" };
	files_put(arena_printf(a, "%s/out/a/b/file", dir), "x");
	if (chmod(arena_printf(a, "%s/out/a/b/file", dir), 0) < 0 ||
	    chmod(arena_printf(a, "%s/out/a/b", dir), 0) < 0 ||
	    chmod(arena_printf(a, "%s/out/a", dir), 0300) < 0 ||
	    chmod(arena_printf(a, "%s/out", dir), 0) < 0)
		return 98;
	out = file_open_own_dir(AT_FDCWD, arena_printf(a, "%s/out", dir), &e);
	if (out < 0 || !store_open(a, arena_printf(a, "%s/store", dir), &store, &e) ||
	    !fragment_collect(&store, out, &source, &key, &e) ||
	    fragment_open(a, &store, &key, &f, &e) != 1) {
		fprintf(stderr, "%s%s\n", e.context, e.cause);
		return 1;
	}
	return f.nodes.n == 3 && f.nodes.v[0].mode == 0755 && f.nodes.v[2].mode == 0644 ? 0 : 2;
}

Test(compile, outputs_that_are_unreadable_are_the_same_for_root_and_others)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	int status = -1;
	pid_t pid;

	cr_assert_eq(chmod(dir, 0777), 0);
	pid = fork();
	if (pid == 0)
		_exit(collect_unreadable(&a, dir));
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect_eq(status, 0, "%d", status);
	files_remove(dir);
}
