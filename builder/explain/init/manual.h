/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_MANUAL_H
#define EXPLAIN_INIT_MANUAL_H

/* What a program's manual page (man(7), mdoc(7)) says of its options: which of them keeps it in the
 * foreground, and whether one sends it into the background. Authors say it in few ways: "run in the
 * foreground", "do not fork", "don't detach". */

#include "explain/init/collect.h"

struct manual_option {
	bool asked;	   /* whether `word` sends it into the background; else one that keeps it */
	const char *word;  /* "-n" */
	const char *says;  /* how its description begins */
	const char *place; /* "ngircd: usr/share/man/man8/ngircd.8.gz:46" */
};

/* An option of a manual in plain text; false: none does. `line` is where it stands. */
bool manual_read_page(struct arena *a, struct str text, struct manual_option *out, unsigned *line);

/* The same of the lines of a program that it prints for --help: "-f  run in foreground". */
bool manual_read_usage(struct arena *a, struct str bytes, struct manual_option *out);

/* The same of a program's page, in whichever own package has it, else of the program. A page that
 * cannot be read says nothing. ERR_SYSTEM. */
MUST_CHECK bool manual_option(struct collecting *c, const char *program, struct manual_option *out,
			      bool *found, struct error *e);

/* The default port of a page: of a line such as "--web.listen-address=:9187", as help2man writes
 * it, or "the port to listen on (default: 783)". 0: none has one. `line` is where it stands. */
unsigned manual_read_port(struct arena *a, struct str text, unsigned *line);

/* The same of a program's page; *port is 0 where there is none. ERR_SYSTEM. */
MUST_CHECK bool manual_port(struct collecting *c, const char *program, unsigned *port,
			    const char **place, struct error *e);

#endif
