/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_SOURCE_FRAGMENTS_H
#define MAKE_COMPOSE_SOURCE_FRAGMENTS_H

/* The sources of an image that is being composed: compiled, or unpacked as they are. */

#include "make/compose/composition.h"

/* What to ask for a source of the recipe. */
struct compile_request fragment_request(const struct composition *c,
					const struct source_recipe *source);

/* Has it compiled or unpacked, unless the store has the result, which is open until compose_close
 * and is never moved. */
MUST_CHECK bool fragment_add(struct arena *a, struct composition *c,
			     const struct compile_request *rq, struct error *e);

/* The result of a source that was added. */
struct source_fragment *fragment_of(const struct composition *c,
				    const struct source_recipe *source);

#endif
