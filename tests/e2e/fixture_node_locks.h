/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_E2E_FIXTURE_NODE_LOCKS_H
#define TESTS_E2E_FIXTURE_NODE_LOCKS_H

/* The projects of tests/e2e/projects/node-locks: one folder for each program that writes lock
 * files, its lock file as it was written there, and NAME.placed: what it installed (without
 * commands and its own records). Their registry is on 127.0.0.1. */

#include "e2e/fixture_project.h"
#include "e2e/fixture_web.h"

struct node_locks {
	struct project p;
	struct web web;
	const char *url;  /* of the registry */
	const char *name; /* "pnpm" */
};

void node_locks_open(struct node_locks *n, struct arena *a, const char *name);

/* After web_stop() of its server. */
void node_locks_close(struct node_locks *n);

/* imgbuild init --node NAME, with the registry as npm's setting; and what the image says. */
struct oracle_run node_locks_init(struct node_locks *n);
const char *node_locks_answer(struct node_locks *n);

/* Expects in the image what NAME.placed has, and the packages in its bill of materials. */
void node_locks_expect_placed(struct node_locks *n);

#endif
