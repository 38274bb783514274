/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_COMPOSE_H
#define MAKE_COMPOSE_COMPOSE_H

/* From a recipe and its lock to the tree of its image: packages, compiled sources, the recipe's own
 * files, the libraries all of these need, and the records that scanners read. */

#include "make/compose/composition.h"
#include "make/place/place.h"

/* Composes the recipe into `tree`, which may hold the base's nodes already (their layers are not
 * among c->layers). Data lives in `a`. Close with compose_close in any case. */
MUST_CHECK bool compose_image(struct arena *a, const struct compose_order *o, struct tree *tree,
			      struct composition *c, struct error *e);
void compose_close(struct composition *c);

/* Has the packages decoded that compose_image() of this order will open, while something else is
 * done. They must be in the store. */
void compose_ask(struct arena *a, const struct compose_order *o);

/* Whether it is worth having a package of a lock before the files are known that may load something
 * of it. */
bool compose_will_open(const struct recipe *r, const struct locked_package *p);

/* Notes in its lock which candidates the image itself, the last stage of a chain, had to open; the
 * check of dependencies (depends.h) included: after that. The notes live in `a`. */
void compose_note_opened(struct arena *a, const struct composition *c);

/* Where packages of the composition are placed. */
struct placing compose_placing(struct composition *c);

/* component.c: one component's files. */
MUST_CHECK bool compose_component(struct arena *a, struct composition *c,
				  const struct component *component, struct error *e);
MUST_CHECK bool compose_program(struct arena *a, struct composition *c,
				const struct program *program, struct error *e);

/* compose_records.c: status.d entries and copyright files of all packages with a file in the tree,
 * and of compiled sources that stand in for a package. */
MUST_CHECK bool compose_records(struct arena *a, struct composition *c, struct error *e);

#endif
