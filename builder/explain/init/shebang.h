/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SHEBANG_H
#define EXPLAIN_INIT_SHEBANG_H

/* The first line of a script (execve(2), "Interpreter scripts"), and what env(1) makes of it. */

#include "base/str.h"

struct shebang {
	bool env; /* env looks for the program in PATH */
	struct str
		program; /* that runs the script: "/usr/bin/perl", of "env -S lua5.4 -E" lua5.4 */
	struct str arguments; /* of it */
};

/* The line behind "#!". Nothing is copied. */
void shebang_parse(struct str line, struct shebang *out);

/* The same of a file. false: it is not a script. */
bool shebang_read(struct str text, struct shebang *out);

#endif
