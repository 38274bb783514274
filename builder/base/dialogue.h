/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIALOGUE_H
#define BASE_DIALOGUE_H

/* Asking another program: it reads a question from standard input and prints an answer. What it
 * writes to standard error is for people: it is collected, and goes into a message. */

#include "base/spawn.h"

struct dialogue {
	const char *const *argv; /* ends with NULL; argv[0] is looked up in our PATH */
	struct str question;
	size_t max; /* bytes of an answer */
};

struct dialogue_answer {
	bool done; /* it ended with status 0 */
	struct str text;
	const char *words; /* the end of what it wrote to standard error, on one line; NULL: nothing
			    */
};

/* Runs it to its end. ERR_SYSTEM when it is not installed, and for an answer of more bytes.
 * Contents live in `a`. */
MUST_CHECK bool dialogue_run(struct arena *a, const struct dialogue *d, struct dialogue_answer *out,
			     struct error *e);

#endif
