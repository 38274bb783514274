/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_INCREMENTAL_H
#define MAKE_COMPILE_INCREMENTAL_H

/* Caches of compilers that outlive a build, for who edits and builds again: Go's GOCACHE, cargo's
 * target, ccache for C and C++. A folder of the store belongs to one source and platform. What
 * comes out is only as good as these caches, so it has a key of its own: a build that did not ask
 * for them never sees it. */

#include "make/compile/compile_job.h"
#include "make/compile/sandbox.h"

/* The request as a build without caches has it. */
struct compile_options incremental_off(const struct compile_request *rq);

/* Whether they are asked for and the source's toolchain has some. */
bool incremental_serves(const struct compile_request *rq);

/* Whether the toolchain of a source has ccache in its lock: the role is to be fetched. */
bool incremental_wants_launcher(const struct compile_request *rq);

/* What stands in front of the compilers: what was asked for, else ccache if that is what the
 * toolchain has. It is not looked whether it is there. NULL: nothing. */
const struct launcher *incremental_launcher(const struct compile_request *rq);

/* Whether the compilers have a cache that is opened to the steps: Go's or cargo's. */
bool incremental_has_cache(const struct compile_request *rq);

/* What the times of the source's files are to tell these compilers (kept_cache.h). */
enum incremental_times { TIMES_ALIKE, TIMES_BY_CHANGE, TIMES_BY_CONTENT };
enum incremental_times incremental_times(const struct compile_request *rq);

/* Names the caches of this store, in `a`, and makes them if there are none: what came out of those
 * that somebody has removed since is as little wanted as they are. ERR_SYSTEM. */
MUST_CHECK bool incremental_since(struct arena *a, const struct store *s, const char **since,
				  struct error *e);

/* A folder of the store for one source and platform, and its path in `a`; `suffix` says what for.
 */
MUST_CHECK bool incremental_folder(struct arena *a, const struct compile_request *rq,
				   const char *suffix, const char **path, struct error *e);

/* Opens the caches to the steps in the sandbox: variables and, if the request's own cache is `ours`
 * to use, a mount and a symlink in the source folder below `workplace`. ERR_SYSTEM. */
MUST_CHECK bool incremental_enter(struct arena *a, const struct compile_request *rq, int workplace,
				  bool ours, struct sandbox *box, struct error *e);

#endif
