/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of make's jobserver: as many as are free, and all of them back. */

#include "base/jobserver.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

static int tokens_waiting(int fd)
{
	int n = -1;

	cr_assert_eq(ioctl(fd, FIONREAD, &n), 0);
	return n;
}

static void take_two_of_three(const char *makeflags, int in)
{
	struct jobserver j;

	cr_assert(jobserver_open(&j, makeflags), "%s", makeflags);
	cr_expect_eq(jobserver_take(&j, 2), 2);
	cr_expect_eq(tokens_waiting(in), 1);
	cr_expect_eq(jobserver_take(&j, 7), 3, "no more than there are, and without waiting");
	jobserver_give_back(&j);
	cr_expect_eq(tokens_waiting(in), 3);
	cr_expect_eq(jobserver_take(&j, 1), 1);
	jobserver_close(&j);
	cr_expect_eq(tokens_waiting(in), 3, "closing gives back");
	cr_expect_eq(fcntl(in, F_GETFL) & O_NONBLOCK, 0, "make's own descriptor still blocks");
}

Test(jobserver, tokens_of_a_pipe_are_taken_and_given_back)
{
	char flags[200];
	int fd[2];

	cr_assert_eq(pipe(fd), 0);
	cr_assert_eq(write(fd[1], "+*+", 3), 3);
	snprintf(flags, sizeof(flags),
		 "kw -j4 --jobserver-fds=97,98 --jobserver-auth=%d,%d -- A=--jobserver-auth=96,95",
		 fd[0], fd[1]);
	take_two_of_three(flags, fd[0]);
}

Test(jobserver, tokens_of_a_fifo_are_taken_and_given_back)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *fifo = arena_printf(&a, "%s/GMfifo1", dir);
	int fd;

	cr_assert_eq(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDWR);
	cr_assert(fd >= 0 && write(fd, "+++", 3) == 3);
	take_two_of_three(arena_printf(&a, " -j --jobserver-auth=fifo:%s", fifo), fd);
	files_remove(dir);
}

Test(jobserver, what_make_did_not_hand_down_is_no_jobserver)
{
	static const char *const flags[] = {
		NULL,
		"",
		"w",
		"-j8",
		"--jobserver-auth=",
		"--jobserver-auth=7",
		"--jobserver-auth=-2,-2",
		"--jobserver-auth=901,902",
		"--jobserver-auth=fifo:/nowhere/fifo",
		"--jobserver-auth=fifo:/dev/null",
		"--jobserver-auth=0x3,4",
		"-- --jobserver-auth=0,1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct jobserver j;

		cr_expect_not(jobserver_open(&j, flags[i]), "%s", flags[i]);
		cr_expect_eq(jobserver_take(&j, 5), 0);
		jobserver_close(&j);
	}
}

/* The program below is this test itself: it prints how many tokens make lends it. */
Test(jobserver, make_lends_its_tokens)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;

	files_put(arena_printf(&a, "%s/tokens.c", dir),
		  "#include \"base/jobserver.h\"\n#include <stdio.h>\n#include <stdlib.h>\n"
		  "int main(void)\n{\n\tAUTO_JOBSERVER j = JOBSERVER_INIT;\n\n"
		  "\tjobserver_open(&j, getenv(\"MAKEFLAGS\"));\n"
		  "\tprintf(\"%u\\n\", jobserver_take(&j, 9));\n\treturn 0;\n}\n");
	files_put(arena_printf(&a, "%s/Makefile", dir), "all:\n\t+@./tokens\n\t+@./tokens\n");
	ORACLE(&a, "gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Ibuilder", "-o",
	       arena_printf(&a, "%s/tokens", dir), arena_printf(&a, "%s/tokens.c", dir),
	       "builder/base/jobserver.c", "builder/base/io.c", "builder/base/str.c",
	       "builder/base/buf.c", "builder/base/arena.c", "builder/base/error.c");
	unsetenv("MAKEFLAGS");
	r = oracle_run(&a, (const char *const[]){ "make", "--no-print-directory", "-C", dir, "-j4",
						  NULL });
	cr_expect_str_eq(r.out.p, "3\n3\n", "%s%s", r.out.p, r.err.p);
	r = oracle_run(&a,
		       (const char *const[]){ "make", "--no-print-directory", "-C", dir, NULL });
	cr_expect_str_eq(r.out.p, "0\n0\n", "%s%s", r.out.p, r.err.p);
	files_remove(dir);
}
