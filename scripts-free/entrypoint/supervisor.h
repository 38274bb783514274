/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_SUPERVISOR_H
#define ENTRYPOINT_SUPERVISOR_H

/* PID 1 at work: its children, its log, its state. Every part of the entrypoint is given it; the
 * loop that waits for all of them is loop.h's, the way through the states run.h's. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/board.h"
#include "common/conf_facts.h"
#include "common/paths.h"
#include "common/settings.h"
#include "entrypoint/child.h"
#include "entrypoint/log.h"
#include "entrypoint/policy.h"

#define HEALTH_RESTARTS 5 /* in HEALTH_WINDOW_MS; then exit 1 (decision 13) */
#define HEALTH_WINDOW_MS 60000

struct supervisor {
	const struct paths *paths;
	struct settings set;
	struct log log;
	enum state state;
	/* does what the policy says; `signo` is the signal that asks for it, else 0 */
	void (*act)(struct supervisor *s, enum act a, int signo);
	int exit_code; /* so far */

	int signal_fd;
	struct board *board;
	int board_fd;

	struct child squid, health, tool; /* tool: squid -k parse, certgen -c, squid -z */
	char wide[LOG_LINE_MAX];	  /* a line of Squid's access log in the making */
	char said[512];	       /* why a tool or Squid failed: ": " and the line that tells, or "" */
	bool health_listening; /* the health server said so */
	uint64_t health_born[HEALTH_RESTARTS + 1]; /* last starts, newest first; 0: none */
	uint64_t health_due; /* when the next start is allowed; 0: none wanted */

	bool stop_asked;
	bool reload_asked; /* HUP: the configuration is to be read again */
	bool reloading;	   /* what fails now refuses the new one, and no more */
	bool squid_reported;
	uint64_t term_sent;	  /* clock_ms of TERM to Squid; 0: not yet */
	bool squid_seen;	  /* its descriptors could be looked at */
	bool was_ready;		  /* Squid has listened: connections may be open */
	bool interrupted, killed; /* INT or KILL was sent */
	unsigned clients;	  /* connections that were open at the last look */
	unsigned idle_looks;	  /* times in a row that no connection was seen */

	void (*told)(void *arg,
		     const char *text); /* takes errors instead of the log; NULL: nobody */
	void *told_arg;

	struct conf_facts conf;
	char conf_file[CONF_PATH];   /* the user's file, or the default, wherever it is read */
	char conf_used[CONF_PATH];   /* that, or the copy without the lines that include nothing */
	bool pid_file_moved;	     /* the configuration's cannot be written */
	char sslcrtd[2 * CONF_PATH]; /* sslcrtd_program line for the wrapper; empty: leave it */
	long long cache_log_start;   /* size of cache.log before Squid was started */
};

/* Sets up everything that is needed before the first log line; signals must be blocked already.
 * `act` does what the policy says (run.h). False, errno set, if the kernel refuses something. */
bool supervisor_init(struct supervisor *s, const struct paths *paths,
		     void (*act)(struct supervisor *s, enum act a, int signo));

/* Logs an ERROR and returns false, so that `return supervisor_fail(...)` reads well. */
bool supervisor_fail(struct supervisor *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Keeps a line in s->said, unless one with FATAL is there already. */
void supervisor_keep(struct supervisor *s, const char *line, size_t n);

#endif
