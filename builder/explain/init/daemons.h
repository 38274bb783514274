/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_DAEMONS_H
#define EXPLAIN_INIT_DAEMONS_H

/* What unit files do not tell of well-known daemons: which options keep them in the foreground,
 * have them listen where a container can be reached, log where its engine looks, and do without
 * root. From their manuals, each tried under podman with Debian 13's default configuration. */

#include "base/str.h"

/* A file of its own, or lines of a package's that are changed. */
struct daemon_file {
	const char *path; /* absolute */
	const char *text; /* of a new file */
	const char *line,
		*with; /* text NULL: lines that begin like this become that; NULL: a comment */
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

/* By the program's path, else by the unit's name without ".service"; NULL: not known. */
const struct daemon *daemon_find(const char *program, const char *unit);

#endif
