/* SPDX-License-Identifier: Apache-2.0 */
/* build --watch: an edit becomes an image and a new run of the command, a broken file a message. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spawn.h"
#include "e2e/fixture_project.h"
#include "support/fixture_files.h"

#define ROUNDS 1200 /* of 100 ms: a compile beside other work */

static void watch_pause(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 100000000 }, NULL);
}

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = strstr(text, what); at; at = strstr(at + 1, what))
		n++;
	return n;
}

/* Until the file has the text `n` times. */
static void wait_for_text(const char *path, const char *what, size_t n)
{
	AUTO_ARENA a = { 0 };
	const char *text = "";

	for (unsigned i = 0; i < ROUNDS; i++) {
		arena_free(&a);
		text = access(path, R_OK) == 0 ? files_get(&a, path) : "";
		if (count_of(text, what) >= n)
			return;
		watch_pause();
	}
	cr_assert_fail("%s has no \"%s\" %zu times:\n%s", path, what, n, text);
}

static pid_t watch_start(struct project *p, const char *log, const char *command)
{
	AUTO_FD fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	const char *argv[] = { "./imgbuild",
			       "--progress=plain",
			       p->recipe,
			       "-o",
			       project_path(p, "out"),
			       "--watch",
			       "--run",
			       command,
			       NULL };
	const struct spawn_fd fds[] = { { fd, STDOUT_FILENO }, { fd, STDERR_FILENO } };
	struct error e = { 0 };
	pid_t pid = -1;

	cr_assert(fd >= 0);
	cr_assert_eq(spawn_start(&(struct spawn){ .argv = argv, .fds = fds, .n = 2 }, &pid, &e), 1,
		     "%s", e.cause);
	return pid;
}

static void expect_ended(const char *ran)
{
	AUTO_ARENA a = { 0 };
	struct str rest = str_of(files_get(&a, ran)), line;
	unsigned rounds = 0;

	while (str_next(&rest, '\n', &line)) {
		pid_t pid = atoi(str_dup(&a, line));

		cr_assert_gt(pid, 1);
		while (kill(pid, 0) == 0 && rounds++ < ROUNDS)
			watch_pause();
		cr_expect_neq(kill(pid, 0), 0, "the command %d has not ended", pid);
	}
}

Test(watch, an_edit_is_built_and_the_command_starts_anew, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct project p;
	struct error e = { 0 };
	const char *log, *ran, *words;
	int status = 0;
	pid_t pid;

	project_open(&p, &a, "c");
	log = project_path(&p, "log");
	ran = project_path(&p, "ran");
	words = files_get(&a, project_path(&p, "code/words.c"));
	pid = watch_start(&p, log, arena_printf(&a, "echo $$ >> %s; exec sleep 1000", ran));
	wait_for_text(log, "an interrupt (Ctrl-C) ends it", 1);
	wait_for_text(ran, "\n", 1);

	files_put(project_path(&p, "code/words.c"), "int broken = 5 +;\n");
	wait_for_text(log, "step \"compile\" failed", 1);
	wait_for_text(log, "an interrupt (Ctrl-C) ends it", 2);
	wait_for_text(log, "changed: code/words.c", 1);
	cr_expect_eq(count_of(files_get(&a, ran), "\n"), 1, "a failed build starts nothing");

	files_put(project_path(&p, "code/words.c"), arena_printf(&a, "%s\n/* new */\n", words));
	wait_for_text(ran, "\n", 2);
	files_put(p.recipe, "{");
	wait_for_text(log, "recipe.json:1:1: not valid JSON", 1);
	wait_for_text(log, "waiting for a change", 1);

	cr_assert_eq(kill(pid, SIGINT), 0);
	cr_assert(spawn_wait(pid, "imgbuild", &status, &e));
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT, "%d", status);
	expect_ended(ran);
	project_close(&p);
}
