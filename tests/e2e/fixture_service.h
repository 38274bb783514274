/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_SERVICE_H
#define E2E_FIXTURE_SERVICE_H

/* Images of recipes/services: each is built from its lock and does the work of its package's row in
 * tests/full/init-packages.json. */

#include "e2e/fixture_asking.h"

/* The names of the recipes there, sorted. */
struct strings service_names(struct arena *a);

/* Builds one by its lock alone, tests of its recipe and its audit included, into a layout that it
 * gives, and loads localhost/NAME:TAG. `variant`: "latest", or one of the recipe. */
const char *service_load(struct podman *p, const char *name, const char *variant);

/* Starts NAME with these options of podman run, as read-only as its recipe says it may be, and asks
 * it what its row asks; the health check of the image has to agree. The test fails if anything is
 * wrong. */
void service_expect(struct podman *p, const struct init_table *rows, const char *name,
		    struct strings options);

#endif
