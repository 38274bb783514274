/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_WORKPLACE_H
#define MAKE_COMPILE_WORKPLACE_H

/* A build's own folder below the store: src/, out/, patches/. Gone when the build is over; one that
 * is left by a run that was killed, a later build or gc removes. */

#include "base/file.h"
#include "transfer/store/store.h"

struct workplace {
	const struct store *store;
	struct file_workdir dir;
	const char *path;
};
#define WORKPLACE_INIT { .dir = FILE_WORKDIR_INIT }

/* Makes one, instead of the one that `w` had. `path` lives in `a`. */
MUST_CHECK bool workplace_open(struct arena *a, const struct store *s, struct workplace *w,
			       struct error *e);

/* Removes it with all that is in it; warns if that cannot be done. Safe at any time. */
void workplace_close(struct workplace *w);
#define AUTO_WORKPLACE __attribute__((cleanup(workplace_close))) struct workplace

#endif
