/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_INIT_LINES_H
#define EXPLAIN_INIT_INIT_LINES_H

/* Lines that composing asked for (explain/suggest.h), as parts of a draft. */

#include "explain/init/draft.h"
#include "explain/suggestion.h"

/* true: something was new. */
bool init_take_lines(struct init_draft *d, const struct suggestions *s);

#endif
