/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_JAILRUN_H
#define TESTS_SUPPORT_FIXTURE_JAILRUN_H

/* Work for a jail, and what came of it. */

#include "base/jail.h"

/* Runs `work` in a jail for "the file"; its answer goes to `text`. */
MUST_CHECK bool jailrun_start(const struct jail_limits *limits, const struct jail_files *files,
			      jail_work *work, void *ctx, struct buf *text, struct error *e);

/* For workers: writes a text; and ends by a signal. */
MUST_CHECK bool jailrun_say(struct sink *out, const char *text, struct error *e);
bool jailrun_crash(void *ctx, struct sink *out, struct error *e);

#endif
