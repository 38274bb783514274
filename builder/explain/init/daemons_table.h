/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_DAEMONS_TABLE_H
#define EXPLAIN_INIT_DAEMONS_TABLE_H

/* The rows of the table, by what the daemons are for. */

#include "base/str.h"

/* A file of its own, or lines of a package's that are changed. */
struct daemon_file {
	const char *path; /* absolute */
	const char *text; /* of a new file, in place of a package's own too */
	const char *line,
		*with; /* text NULL: lines that begin like this become that; NULL: a comment */
	const char *joined[4]; /* with text: files of packages that follow it */
	const char *end;       /* with text: what follows these; or NULL */
};

struct daemon {
	const char *program;  /* its path: "/usr/sbin/nginx" */
	const char *unit;     /* of units that start it by a script: "memcached"; or NULL */
	const char *args[16]; /* in place of the unit's; none: the unit's are kept */
	const char *why;      /* what args and files are for */
	struct daemon_file files[10];
	const char *env[6];  /* "NAME=value" */
	const char *dirs[3]; /* that it writes, and nothing else tells */
	const char
		*needs;	  /* a package that it does not depend on, and cannot do without; or NULL */
	const char *user; /* or NULL: as the unit and the package say */
	const char *ports[4]; /* "53/udp" */
	const char *open[3];  /* what is left to decide */
};

struct daemon_rows {
	const struct daemon *v;
	size_t n;
};

extern const struct daemon_rows daemons_web, daemons_dns, daemons_data;

#endif
