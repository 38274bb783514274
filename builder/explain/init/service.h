/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SERVICE_H
#define EXPLAIN_INIT_SERVICE_H

/* What service.c and service_state.c share: one unit, and the program that it starts. */

#include "explain/init/collect.h"
#include "explain/init/daemons.h"
#include "explain/init/exec_line.h"

struct service {
	struct collecting *c;
	struct collect_text file; /* the unit's */
	const char *name;	  /* "nginx" */
	bool script;		  /* there is none: it is a script of System V */
	struct unit unit;
	struct unit variables; /* of Environment and EnvironmentFile */
	struct exec_line exec;
	const char *program;	     /* that the entrypoint starts, absolute */
	const struct daemon *daemon; /* or NULL */
};

/* "nginx-common: usr/lib/systemd/system/nginx.service:12" of a setting. */
const char *service_place(const struct service *s, const struct unit_setting *x);

/* What the unit starts, or else the program that a tool is: NULL if there is none. Nothing goes
 * into the draft. */
MUST_CHECK bool service_started(struct collecting *c, const char **path, struct error *e);

/* user, folders, variables and files of a service whose program is known. */
MUST_CHECK bool service_settle(struct service *s, struct error *e);

/* Files of the daemon's row: new ones, and changed lines of a package's. */
MUST_CHECK bool service_files(struct service *s, struct error *e);

/* Ports to expose. */
MUST_CHECK bool service_ports(struct service *s, struct error *e);

/* Tells of files in /etc that the entrypoint names, or that the unit waits for, and that nobody
 * has: when all files of the draft are known. */
void service_absent(struct service *s);

#endif
