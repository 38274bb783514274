/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_FRAGMENT_NEEDS_H
#define MAKE_COMPOSE_FRAGMENT_NEEDS_H

/* What a component needs, looked for in what was compiled for it. A package provider was asked when
 * it was locked (input/resolve/provider_needs.h); a compiled program can only be asked once it is
 * there. */

#include "make/compile/fragment.h"

/* Each option of configured-with must be recorded in the program of the fragment that records most
 * of them, and each of needs_files must be in the fragment. ERR_INPUT naming what is missing;
 * nothing is executed. */
MUST_CHECK bool needs_check_fragment(const struct component *component, const struct fragment *f,
				     struct error *e);

#endif
