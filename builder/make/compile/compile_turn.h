/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_COMPILE_TURN_H
#define MAKE_COMPILE_COMPILE_TURN_H

/* Of several imgbuilds that want one source compiled, one does it. */

#include "make/compile/compile_job.h"

/* The log of one compilation; who holds its lock (flock(2)) compiles. */
struct compile_turn {
	const char *path;
	int log;
	bool waited; /* another imgbuild had it before */
};
#define COMPILE_TURN_INIT { .log = -1 }

/* Opens the log of the source with that key, and waits for its lock; where there are no locks,
 * compiling twice is better than never. `path` lives in `a`. ERR_SYSTEM, also when rq->stop becomes
 * true. */
MUST_CHECK bool compile_take_turn(struct arena *a, const struct compile_request *rq,
				  const struct digest *key, struct compile_turn *t,
				  struct error *e);

void compile_turn_end(struct compile_turn *t);
#define AUTO_COMPILE_TURN __attribute__((cleanup(compile_turn_end))) struct compile_turn

#endif
