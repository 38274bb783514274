/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_STATE_PINS_H
#define INPUT_RESOLVE_STATE_PINS_H

/* What of an archive's state is decided before anything is resolved: packages that locks or images
 * have. */

#include "input/resolve/state_fields.h"

/* The suite of the recipe's archive that a state is of, or NULL: the recipe has another archive
 * now. */
const struct suite *state_suite(const struct archive_state *s, const struct locked_state *l);

/* Whether compilers need an index of their own: they run on another machine, or what is compiled
 * goes into an image of others. */
bool state_needs_tools(const struct lock_order *o);

/* The second of these: a base that is an image of others pins its packages for the image alone. The
 * archive need not have them any more, and compilers take theirs from it. */
bool state_has_own_tools(const struct archive_state *s);

/* Pins what is kept, before index_finish(); `tools`: in the index for compilers. What the bases
 * have wins over what the recipe's own lock has: an image has it once. */
void state_pin(struct archive_state *s, bool tools);

/* After index_finish(): of what an image has in part, the archive may have the rest in the same
 * version. Then that is the candidate. */
void state_complete_pins(struct archive_state *s);

#endif
