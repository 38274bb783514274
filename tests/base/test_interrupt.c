/* SPDX-License-Identifier: Apache-2.0 */
/* A process that is told to end in the middle of its work: nothing of it stays. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/spawn.h"
#include "support/fixture_files.h"

struct busy {
	const char *dir;
	int fd; /* of the folder */
	bool json;
};

/* Makes files as fast as it can; some get their names, some are given up. */
static void *write_on(void *arg)
{
	const struct busy *b = arg;

	for (unsigned i = 0;; i++) {
		AUTO_FILE f = FILE_NEW_INIT;
		struct error e = { 0 };

		if (!file_begin(&f, b->fd, i % 2 ? "a" : "b", 0644, &e) ||
		    !fd_write(f.fd, STR("x"), "x", &e) || (i % 3 && !file_commit(&f, &e)))
			_exit(90);
	}
}

/* A build at work: threads, a folder with something closed in it, a child. Says its child's pid. */
static _Noreturn void busy_work(const struct busy *b, int say)
{
	static const char *const argv[] = { "sleep", "60", NULL };
	struct file_workdir w = FILE_WORKDIR_INIT;
	struct error e = { 0 };
	pthread_t threads[4];
	pid_t child;

	/* a job of a shell's background begins with SIGINT ignored */
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	dup2(open(arena_printf(&(struct arena){ 0 }, "%s/said", b->dir), O_WRONLY | O_CREAT, 0600),
	     STDERR_FILENO);
	interrupt_catch(b->json);
	if (!file_workdir_make(b->fd, &w, &e) || mkdirat(w.fd, "in", 0700) < 0 ||
	    mkdirat(w.fd, "in/closed", 0) < 0 ||
	    spawn_start(&(struct spawn){ .argv = argv }, &child, &e) != 1)
		_exit(91);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		if (pthread_create(&threads[i], NULL, write_on, (void *)b) != 0)
			_exit(92);
	}
	(void)!write(say, &child, sizeof(child));
	for (;;)
		pause();
}

static void interrupt_one(int sig, bool json, unsigned after_ms, const char *line)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct busy b = { dir, open(dir, O_RDONLY | O_DIRECTORY), json };
	struct strings names = { 0 };
	struct error e = { 0 };
	int say[2], status = 0;
	pid_t pid, child = 0;

	cr_assert_eq(pipe(say), 0);
	pid = fork();
	if (pid == 0)
		busy_work(&b, say[1]);
	close(say[1]);
	cr_assert_eq(read(say[0], &child, sizeof(child)), (ssize_t)sizeof(child));
	nanosleep(&(struct timespec){ .tv_nsec = after_ms * 1000000L }, NULL);
	cr_assert_eq(kill(pid, sig), 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == sig, "%x", (unsigned)status);
	cr_expect_eq(kill(child, 0), -1, "its child lives");
	cr_assert(file_names(&a, b.fd, dir, &names, &e));
	for (size_t i = 0; i < names.n; i++)
		cr_expect(!str_starts(str_of(names.v[i]), STR(".tmp-")), "%s stays", names.v[i]);
	cr_expect_str_eq(files_get(&a, arena_printf(&a, "%s/said", dir)), line);
	close(b.fd);
	close(say[0]);
	files_remove(dir);
}

Test(interrupt, nothing_stays_behind_and_one_line_is_said, .timeout = 60)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	for (unsigned i = 0; i < 12; i++)
		interrupt_one(signals[i % 3], false, i, "imgbuild: interrupted\n");
	interrupt_one(SIGTERM, true, 5, "{\"state\":\"error\",\"error\":\"interrupted\"}\n");
}

/* As nohup(1) and a shell's background jobs have it. */
Test(interrupt, what_is_ignored_stays_ignored)
{
	struct sigaction now;

	signal(SIGHUP, SIG_IGN);
	interrupt_catch(false);
	cr_expect(sigaction(SIGHUP, NULL, &now) == 0 && now.sa_handler == SIG_IGN);
	cr_expect(sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler != SIG_DFL);
	interrupt_forget();
	cr_expect(sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler == SIG_DFL);
}
