/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RELOCK_TOOLS_MAKE_H
#define INPUT_RELOCK_TOOLS_MAKE_H

/* The lock of tools (input/lock/tools_lock.h), made. */

#include "input/lock/lock_order.h"

/* Makes it from the archive's state: the candidates that the recipe's archive has, for each
 * machine; none at all is not an error. With o->update only the packages and sources named there
 * move. When no package changes against o->old (a lock of tools, or
 * NULL), or one would go back or vanish, all stays as it is there, its states too: recipes may
 * stand on several archives. Of the order the platform does not count. ERR_VERIFY, ERR_NETWORK,
 * ERR_INPUT as lock_make. */
MUST_CHECK bool tools_make(struct arena *a, const struct lock_order *o, struct lock *out,
			   struct error *e);

/* The first one of a repository: what came with imgbuild, if that was looked for (recipe.data) and
 * the recipe's archive has the same suites and signers; else tools_make(). */
MUST_CHECK bool tools_first(struct arena *a, const struct lock_order *o, struct lock *out,
			    struct error *e);

#endif
