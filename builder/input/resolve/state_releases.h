/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_STATE_RELEASES_H
#define INPUT_RESOLVE_STATE_RELEASES_H

/* The suites of a state: verified, and as a lock will name them. */

#include "input/resolve/state_fields.h"

/* Fills s->releases and s->locked, from s->memo what that has. */
MUST_CHECK bool state_ask_releases(struct archive_state *s, const struct release_context *c,
				   struct error *e);

#endif
