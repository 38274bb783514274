/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_WEB_H
#define E2E_FIXTURE_WEB_H

/* Servers on 127.0.0.1, written in Python: the origin behind the proxy. */

#include <sys/types.h>

#include "base/str.h"

struct web {
	pid_t pid;
	unsigned port;
	const char *dir;
};

/* Python's own web server over a temporary folder. */
void web_start(struct arena *a, struct web *w);

/* A program whose first argument is the port to listen on, the second the folder, then `more`,
 * NULL-terminated. */
void web_run(struct arena *a, struct web *w, const char *program, const char *const *more);

void web_stop(struct web *w);

/* Waits until a server listens; the test fails where it ends or does not come, with what it wrote
 * to the file `said`. */
void web_await(pid_t pid, unsigned port, const char *name, int said);

/* Whether somebody listens on this port of 127.0.0.1. */
bool web_is_open(unsigned port);

#endif
