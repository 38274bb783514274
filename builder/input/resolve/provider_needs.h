/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PROVIDER_NEEDS_H
#define INPUT_RESOLVE_PROVIDER_NEEDS_H

/* What a component needs besides a version, looked for in the real bytes of a provider's
 * packages. */

#include "input/resolve/archive_state.h"

/* Whether the packages of a provider have the files the component needs and - in the read-only
 * data of one of them - the configure options. Downloads the packages if the component needs
 * anything. 1; 0 and *lost; -1 error. */
MUST_CHECK int needs_met(struct arena *a, const struct archive_state *s, const struct component *c,
			 const struct provider *p, const char **lost, struct error *e);

#endif
