/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_LOCK_H
#define CLI_LOCK_H

/* Private to the verb lock. */

#include "cli/cli.h"
#include "fetch/store.h"
#include "lock/relock.h"

/* imgbuild lock --verify: goes through the chain of trust of a recipe's lock again, and says what it
 * rests on. */
MUST_CHECK bool lock_verify_recipe(struct cli *c, const struct store *s, const struct recipe *r,
				   const struct platform *p, struct error *e);

/* Prints what became of one lock. `is_top`: it is that of the recipe that was asked for; `check`: nothing was
 * written. */
void lock_report(struct cli *c, const struct relocked *r, bool is_top, bool check);

#endif
