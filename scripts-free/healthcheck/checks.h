/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HEALTHCHECK_CHECKS_H
#define HEALTHCHECK_CHECKS_H

/* What the health server knows of Squid. Slow questions (sockets, disks) are asked by a timer once
 * a second; a request only reads the answers, plus two things that are free to ask: is the process
 * there, has a stop begun. */

#include <stdbool.h>
#include <stdint.h>

#include "common/board.h"
#include "common/text.h"

struct checks {
	const struct board *board; /* from PID 1; never NULL */
	int pidfd;		   /* of Squid; -1 if there is none */
	int32_t pid;		   /* the process `pidfd` is for */
	uint64_t refreshed_ms;	   /* when the rest was found out */
	uint32_t phase;		   /* of PID 1 then */
	bool suspended;		   /* Squid was stopped by a signal */
	unsigned missing;	   /* a port that Squid has to listen on and does not; 0: none */
	int cache_error;	   /* errno of the first cache directory that cannot be written */
	int conf_error;		   /* errno of reading the configuration */
};

/* Starts with everything unknown, which counts as bad. */
void checks_init(struct checks *c, const struct board *board);

/* Asks the slow questions. */
void checks_refresh(struct checks *c);

/* Is Squid's process there, right now? */
bool checks_alive(struct checks *c);

/* Does PID 1's loop turn, and is Squid there? */
bool checks_live(struct checks *c);

/* Can Squid serve? If not, appends one line `  - <reason>\n` each to `why`. */
bool checks_ready(struct checks *c, struct text *why);

#endif
