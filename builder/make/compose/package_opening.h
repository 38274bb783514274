/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_PACKAGE_OPENING_H
#define MAKE_COMPOSE_PACKAGE_OPENING_H

/* Packages of a composition, decoded and opened on all processors. */

#include "make/compose/composition.h"

struct to_open LIST(struct placed *);

/* Opens them, and adds them to c->debs. `fetch`: they may not be in the store. What is damaged
 * there is decoded, and fetched, once more. ERR_INPUT or ERR_VERIFY that names a package; errors of
 * c->order->fetch(). Memory comes from `a`. */
MUST_CHECK bool packages_open(struct arena *a, struct composition *c, const struct to_open *l,
			      bool fetch, struct error *e);

#endif
