/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_KEPT_PLACE_H
#define MAKE_COMPILE_KEPT_PLACE_H

/* A folder of the store for what stays of a source's builds, and for notes of it where no build can
 * write. It belongs to one build at a time. */

#include "make/compile/compile_job.h"

struct kept_place {
	int fd;		  /* -1: there is none */
	int lock;	  /* held as long as it is used */
	bool ours;	  /* false: another build has it */
	const char *path; /* for mounts */
};
#define KEPT_PLACE_INIT { .fd = -1, .lock = -1 }

/* Opens that of the request (incremental_folder()), without waiting for another build. */
MUST_CHECK bool kept_place_open(struct arena *a, const struct compile_request *rq,
				const char *suffix, struct kept_place *p, struct error *e);
void kept_place_close(struct kept_place *p);

/* Whether a build has ended after `now`, as the time of these notes says: the clock was set back,
 * and what changes now would look older than what was made before. */
bool kept_place_is_ahead(const struct kept_place *p, const char *notes, const struct timespec *now);

#endif
