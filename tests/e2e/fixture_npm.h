/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_E2E_FIXTURE_NPM_H
#define TESTS_E2E_FIXTURE_NPM_H

/* What npm makes of a project: the oracle of everything that imgbuild puts into node_modules. */

#include "support/fixture_oracle.h"

/* Runs npm VERB OPTION in `folder`, without scripts, with its cache below `dir`; the test fails
 * unless it exits 0. With a registry also a home of its own; NULL: what the machine's own settings
 * name. */
struct oracle_run npm_run(struct arena *a, const char *dir, const char *folder, const char *verb,
			  const char *option, const char *registry);

/* Installs packages ("name@version", NULL-terminated) below build/npm/NAME, once, with what the
 * machine's own settings name as registry; no script of theirs runs. Gives the full path of the
 * folder with node_modules in it. Where they cannot be had, the test is skipped and the last line
 * of the run names them. */
const char *npm_tools(struct arena *a, const char *name, const char *const *packages);

/* Expects node_modules of `folder` to be what npm installed in `of_npm`: files, modes, symlinks. */
void npm_expect_same(struct arena *a, const char *folder, const char *of_npm);

#endif
