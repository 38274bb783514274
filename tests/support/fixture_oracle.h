/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_ORACLE_H
#define TESTS_SUPPORT_FIXTURE_ORACLE_H

/* Programs that nobody here wrote, asked for a second opinion. */

#include "base/str.h"

struct oracle_run {
	int status;	     /* exit status, or 128 + the signal */
	struct str out, err; /* what it wrote; NUL-terminated too */
};

/* Ends the test as skipped, naming the program, if it is not installed. */
void oracle_need(const char *program);

/* Runs argv[0] from PATH with an empty standard input, TZ=UTC0 and LC_ALL=C.UTF-8. */
struct oracle_run oracle_run(struct arena *a, const char *const *argv);

/* The same, and the test fails unless it exits 0. Gives what it wrote to standard output. */
struct str oracle_ask(struct arena *a, const char *const *argv);
#define ORACLE(a, ...) oracle_ask((a), (const char *const[]){ __VA_ARGS__, NULL })

#endif
