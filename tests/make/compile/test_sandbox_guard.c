/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/sandbox_guard.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "make/compile/sandbox.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

static void guarded_compile(const char *to)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execlp("gcc", "gcc", "-std=gnu17", "-D_GNU_SOURCE", "-static", "-o", to,
		       "tests/make/compile/hostile/hostile.c", NULL);
		_exit(127);
	}
	cr_assert(waitpid(pid, &status, 0) == pid && status == 0, "gcc failed");
}

struct guarded_scene {
	struct arena a;
	const char *dir;
	struct sandbox box;
};

static void guarded_open(struct guarded_scene *s)
{
	static const char *const folders[] = { "root/build", "root/sources", "root/proc",
					       "root/dev",   "root/tmp",     "build/src",
					       "build/out" };
	struct error e = { 0 };

	*s = (struct guarded_scene){ .box = { .limits = { 60, 512, 64, 40 } } };
	s->dir = files_temporary(&s->a);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		cr_assert(file_mkdirs(AT_FDCWD, arena_printf(&s->a, "%s/%s", s->dir, folders[i]),
				      &e));
	s->box.root = arena_printf(&s->a, "%s/root", s->dir);
	s->box.build = arena_printf(&s->a, "%s/build", s->dir);
	s->box.log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	guarded_compile(arena_printf(&s->a, "%s/hostile", s->box.root));
}

/* Stands for imgbuild, which prepares a command while another runs. */
static _Noreturn void guarded_prepare(struct guarded_scene *s, int ready)
{
	const char *argv[] = { "/hostile", "daemon", "" };
	const struct strings l = { argv, 3, 3 };
	struct error e = { 0 };
	struct sandbox_command *c = sandbox_prepare(&s->a, &s->box, "/build/src", &l, &e);

	if (!c || !sandbox_runs_for(c, 200) || !sandbox_guard(c, &e) || write(ready, ".", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* All processes below this one have ended. */
static void guarded_wait_for_all(void)
{
	struct test_patience p = PATIENCE;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0 || (pid == 0 && patience_left(&p)))
		;
	cr_expect(pid < 0 && errno == ECHILD, "a process is left");
}

Test(compile, a_prepared_command_does_not_start_when_imgbuild_is_killed)
{
	struct guarded_scene s;
	char ready;
	int fds[2];
	pid_t pid;

	guarded_open(&s);
	cr_assert_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	cr_assert_eq(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0)
		guarded_prepare(&s, fds[1]);
	close(fds[1]);
	cr_assert_eq(read(fds[0], &ready, 1), 1);
	kill(pid, SIGKILL);
	guarded_wait_for_all();
	cr_expect(access(arena_printf(&s.a, "%s/out/alive", s.box.build), F_OK) < 0, "it ran");
	close(fds[0]);
	close(s.box.log);
	files_remove(s.dir);
	arena_free(&s.a);
}

/* Released or not wanted any more: the guard goes first, or with it. */
Test(compile, no_guard_is_left)
{
	struct guarded_scene s;
	const char *argv[] = { "/hostile", "daemon", "" };
	const struct strings l = { argv, 3, 3 };
	enum sandbox_outcome outcome = SANDBOX_STOPPED;
	struct error e = { 0 };
	int status = -1;

	guarded_open(&s);
	for (int released = 0; released < 2; released++) {
		struct sandbox_command *c = sandbox_prepare(&s.a, &s.box, "/build/src", &l, &e);

		cr_assert(c && sandbox_guard(c, &e));
		if (released) {
			cr_assert(sandbox_release(c, &e) && sandbox_wait(c, &outcome, &status, &e));
			cr_expect(outcome == SANDBOX_EXITED && status == 0);
		}
		sandbox_close(c);
		guarded_wait_for_all(); /* bwrap's child, too, if bwrap ended first */
	}
	close(s.box.log);
	files_remove(s.dir);
	arena_free(&s.a);
}
