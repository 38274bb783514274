/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_MISSING_LIBRARIES_H
#define MAKE_COMPOSE_MISSING_LIBRARIES_H

/* Libraries that files of an image need and the loader would not find: all of them at once, each
 * with the package of the lock that has it, where one has, and with the lines that bring it. */

#include "make/compose/composition.h"

/* What the composition's closure misses. */
void missing_find(struct arena *a, const struct composition *c, struct missing *out);

/* Tells all of them as one warning; ERR_INPUT naming them when there are any. */
MUST_CHECK bool missing_refuse(struct arena *a, const struct composition *c,
			       const struct missing *m, struct error *e);

/* A path with the platform's own words as variables, so that it holds for every platform. */
const char *missing_variable_path(struct arena *a, const struct platform *p, const char *path);

#endif
