/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_INIT_LINES_H
#define EXPLAIN_INIT_INIT_LINES_H

/* Lines that composing asked for (explain/suggest.h), as parts of a draft. */

#include "explain/init/draft.h"
#include "explain/suggestion.h"

/* true: something was new. */
bool init_take_lines(struct init_draft *d, const struct suggestions *s);

/* Leaves files out that need a library for which nothing was found; but not the entrypoint. What
 * was left out is told among what is left to decide. true: something was. */
bool init_drop_unknown(struct init_draft *d, const struct suggestions *s);

#endif
