/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LOCK_H
#define CLI_LOCK_H

/* Private to the verb lock. */

#include "cli/cli.h"
#include "fetch/store.h"

/* imgbuild lock --verify: goes through the chain of trust of a recipe's lock again, and says what it
 * rests on. */
MUST_CHECK bool lock_verify_recipe(struct cli *c, const struct store *s, const char *file,
				   const struct platform *p, struct error *e);

#endif
