/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_INIT_TABLE_H
#define E2E_FIXTURE_INIT_TABLE_H

/* tests/full/init-packages.json: packages that init is asked for, and what their images have to
 * answer. Its "about" says what the keys mean. */

#include "base/str.h"

struct init_ask {
	const char *by, *program, *input, *says, *log; /* program, input, log: or NULL */
	struct strings words, env;
};

struct init_row {
	const char *package, *class, *port, *ends; /* port: or NULL; ends: NULL, it works */
	bool server;
	struct strings run, setup;
	struct LIST(struct init_ask) asks;
};

struct init_table LIST(struct init_row);

/* Reads it; the test fails where it is wrong. */
void init_table_read(struct arena *a, struct init_table *out);

#endif
