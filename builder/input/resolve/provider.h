/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PROVIDER_H
#define INPUT_RESOLVE_PROVIDER_H

/* Which provider of a component wins: the first that has a version that fits and what the component
 * needs. Each loss is recorded with its reason. */

#include "input/resolve/archive_state.h"

/* Chooses for every component of the order's recipe and appends to out->components and - for
 * sources, those of programs included - to out->sources. The candidates of the index become what
 * the components ask for. ERR_INPUT naming a component that no provider satisfies, with all
 * reasons. */
MUST_CHECK bool providers_choose(struct arena *a, struct archive_state *s, struct lock *out,
				 struct error *e);

#endif
