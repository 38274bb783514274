/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_VERB_H
#define SUPPORT_VERB_H

/* Runs a verb in the test's own process. */

#include "cli/cli.h"

struct verb_run {
	bool ok;
	struct error e;
	const char *message;	/* the whole error as main would print it, or "" */
	const char *out;	/* standard output */
	const char *said;	/* progress and warnings */
};

/* `words`: the verb and its arguments, NULL-terminated; common options are taken out. */
struct verb_run verb_run(struct arena *a, bool (*verb)(struct cli *c, struct error *e),
			 const char *const *words);
#define VERB(a, verb, ...) verb_run((a), (verb), (const char *const[]){ __VA_ARGS__, NULL })

#endif
