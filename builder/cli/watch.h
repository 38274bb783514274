/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

/* build --watch: builds, and builds again whenever a file that the build reads has other bytes;
 * inotify(7) says when to look. With a command, that runs after each build that succeeds, and what
 * ran before is ended first. */

#include "line/build_order.h"

struct watch {
	const struct build_order *order; /* its platforms count, not its recipe */
	const struct strings *recipes;
	const char *command; /* for sh, or NULL */
	bool (*build)(void *ctx, struct error *e);
	void *ctx;
};

/* Until a signal ends the process; a failed build is told and waited out. false when files cannot
 * be watched or the command cannot be started: ERR_SYSTEM. */
MUST_CHECK bool watch_builds(const struct watch *w, struct error *e);

#endif
