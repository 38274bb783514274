/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_ASKING_H
#define E2E_FIXTURE_ASKING_H

/* Whether an image does the work of a row of tests/full/init-packages.json, under podman. */

#include "e2e/fixture_init_table.h"
#include "e2e/fixture_podman.h"

/* What the container under test is called. */
#define ASKED "subject"

struct init_asking {
	struct podman *p; /* which has localhost/PACKAGE:latest of the row */
	const struct init_row *row;
	const char *folder;	/* of what "setup" makes; /work in containers */
	struct strings options; /* more of them for podman run */
};

/* Starts the container, where the row has a server. */
void asking_start(const struct init_asking *k);

/* Asks all of the row: NULL, or what went wrong. Images of clients are made by init. */
const char *asking_work(const struct init_asking *k);

/* Removes the container. */
void asking_end(const struct init_asking *k);

#endif
