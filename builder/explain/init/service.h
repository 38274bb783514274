/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_SERVICE_H
#define EXPLAIN_INIT_SERVICE_H

/* What the files service*.c share: one unit, and the program that it starts. */

#include "explain/init/collect.h"
#include "explain/init/daemons.h"
#include "explain/init/exec_line.h"

/* The section of variables that say who the service is: the image's user has them anyway. */
#define SERVICE_ACCOUNT "account"

struct service {
	struct collecting *c;
	struct collect_text file; /* the unit's */
	const char *name;	  /* "nginx" */
	bool script;		  /* there is none: it is a script of System V */
	bool script_stays;	  /* which puts the program into the background by itself */
	struct unit unit;
	struct unit variables;	      /* of Environment and EnvironmentFile */
	struct strings certificates;  /* of configurations, that were told to be missing */
	const char *leaves;	      /* why it goes into the background, and no option
					 keeps it; or NULL */
	const char *absent_variables; /* an EnvironmentFile that no package has, or NULL */
	struct exec_line exec;
	const char *program;	     /* that the entrypoint starts, absolute */
	const struct daemon *daemon; /* or NULL */
};

/* "nginx-common: usr/lib/systemd/system/nginx.service:12" of a setting. */
const char *service_place(const struct service *s, const struct unit_setting *x);

/* "nginx" of "usr/lib/systemd/system/nginx.service". */
const char *service_unit_name(struct collecting *c, const char *path);

/* The unit that starts what the packages are for. false with no error: none does. */
MUST_CHECK bool service_unit_find(struct collecting *c, struct collect_text *out, bool *found,
				  struct error *e);

/* Tells which units there are beside that one (NULL: there is none), and what only systemd would do
 * for it. */
MUST_CHECK bool service_unit_tell(struct collecting *c, const struct collect_text *best,
				  struct error *e);

/* What the unit starts, or else the program that a tool is: NULL if there is none. Nothing goes
 * into the draft. */
MUST_CHECK bool service_started(struct collecting *c, const char **path, struct error *e);

/* The entrypoint: `x` is ExecStart. */
MUST_CHECK bool service_words(struct service *s, const struct unit_setting *x, struct error *e);

/* The user that an option of ExecStart names ("-u bird"), or NULL. */
const char *service_words_user(const struct service *s);

/* Takes such options out of the entrypoint where they name the image's own user or group. */
void service_drop_user_words(struct service *s);

/* Folders that the service's configuration names, and that it writes. */
MUST_CHECK bool service_written(struct service *s, struct error *e);

/* Is the file of a package meant for the service: does the entrypoint name it, or a folder of the
 * service's own? */
bool service_is_config(const struct service *s, const struct deb_entry *x);

/* A folder that the service's user owns. */
void service_own_dir(struct service *s, const char *path, unsigned mode, const char *from);

/* user, folders, variables and files of a service whose program is known. */
MUST_CHECK bool service_settle(struct service *s, struct error *e);

/* The file as it is in the draft, or comes into it from its package; *out is NULL if there is none.
 */
MUST_CHECK bool service_file(struct service *s, const char *path, struct draft_file **out,
			     struct error *e);

/* Has a service that goes into the background stay by its configuration: "daemonize yes" becomes
 * "daemonize no". Where nothing keeps it, that is told. */
MUST_CHECK bool service_background(struct service *s, struct error *e);

/* Files of the daemon's row: new ones, and changed lines of a package's. */
MUST_CHECK bool service_files(struct service *s, struct error *e);

/* Ports to expose. */
MUST_CHECK bool service_ports(struct service *s, struct error *e);

/* Tells of files in /etc that the entrypoint names, or that the unit waits for, and that nobody
 * has: when all files of the draft are known. */
void service_absent(struct service *s);

#endif
