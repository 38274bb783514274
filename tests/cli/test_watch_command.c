/* SPDX-License-Identifier: Apache-2.0 */
/* The command beside us ends by itself, or when it is told to, with all that it started. */

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "cli/watch_command.h"
#include "support/fixture_files.h"

#define ROUNDS 600 /* of 50 ms */

static void command_run(struct watch_command *w, const char *text)
{
	struct error e = { 0 };

	cr_assert(watch_command_start(text, w, &e), "%s", e.cause);
}

static void wait_for_file(const char *path)
{
	for (unsigned i = 0; i < ROUNDS && access(path, F_OK) < 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	cr_assert_eq(access(path, F_OK), 0, "%s", path);
}

Test(watch_command, tells_the_status_of_a_command_that_ends)
{
	static const struct {
		const char *text;
		int status;
	} cases[] = {
		{ "exit 3", 3 },
		{ "kill -9 $$", 137 },
		{ "exec /nonexistent/program 2>&-", 127 },
		/* signals do what they do by default, and nothing can be read */
		{ "read line || kill -INT $$", 130 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct watch_command w = WATCH_COMMAND_NONE;
		struct pollfd ended = { .events = POLLIN };

		command_run(&w, cases[i].text);
		ended.fd = w.fd;
		cr_assert_eq(poll(&ended, 1, 30000), 1, "%s", cases[i].text);
		cr_expect_eq(watch_command_ended(&w), cases[i].status, "%s", cases[i].text);
		cr_expect_eq(w.fd, -1);
		watch_command_stop(&w);
	}
}

/* Also what a pipe or a list of commands has started: it would keep its port. */
Test(watch_command, ends_all_that_it_started)
{
	AUTO_ARENA a = { 0 };
	struct watch_command w = WATCH_COMMAND_NONE;
	const char *dir = files_temporary(&a);
	const char *child = arena_printf(&a, "%s/child", dir);
	const char *told = arena_printf(&a, "%s/told", dir);
	pid_t pid;

	command_run(&w, arena_printf(&a,
				     "trap 'echo told > %s; exit' TERM; "
				     "sleep 1000 & echo $! > %s.new; mv %s.new %s; wait",
				     told, child, child, child));
	wait_for_file(child);
	pid = atoi(files_get(&a, child));
	cr_assert_gt(pid, 1);
	watch_command_stop(&w);
	cr_expect_str_eq(files_get(&a, told), "told\n");
	for (unsigned i = 0; i < ROUNDS && kill(pid, 0) == 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
	cr_expect(kill(pid, 0) < 0 && errno == ESRCH);
	files_remove(dir);
}
