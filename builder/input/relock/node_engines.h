/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_NODE_ENGINES_H
#define INPUT_RELOCK_NODE_ENGINES_H

/* Packages of npm and the Node.js of the image ("engines" of docs.npmjs.com: package.json). */

#include "input/lock/lock_order.h"

/* Where the image has Debian's nodejs, compares what the packages of each lock file of npm say with
 * its version, as `npm ci` does: who does not want it is told in a warning, or is ERR_INPUT at the
 * line with engine-strict (npm_config_engine_strict, .npmrc); what is optional is left out, with
 * what only it needs: its files are taken out of `lock`. */
MUST_CHECK bool node_engines_check(struct arena *a, const struct lock_order *o, struct lock *lock,
				   struct error *e);

#endif
