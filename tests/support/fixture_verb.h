/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_VERB_H
#define SUPPORT_FIXTURE_VERB_H

/* Runs a verb in the test's own process. */

#include "cli/commands.h"

struct verb_run {
	bool ok;
	struct error e;
	const char *message; /* the whole error as main would print it, or "" */
	const char *out;     /* standard output */
	const char *said;    /* progress and warnings */
};

/* `words`: the verb, which must be `command`, and its arguments, NULL-terminated. */
struct verb_run verb_run(struct arena *a, const struct command *command, const char *const *words);
#define VERB(a, command, ...) verb_run((a), &(command), (const char *const[]){ __VA_ARGS__, NULL })

#endif
