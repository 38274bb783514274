/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_INIT_H
#define E2E_FIXTURE_INIT_H

/* Images as a new user makes them: "imgbuild init PACKAGE" in an empty folder, nothing edited. */

#include "e2e/fixture_podman.h"

/* What init made in a folder of its own; files_remove(folder) takes it away. */
struct initiated {
	const char *folder;
	struct oracle_run run; /* of init: its table, and what is left to decide */
};

/* Runs init; the caller looks at its status. */
struct initiated init_folder(struct arena *a, const char *package);

/* The same in a folder that has something in it. */
struct initiated init_in(struct arena *a, const char *folder, const char *words);

/* Builds the recipe again as a user does, into an archive, and loads that. */
void init_load(struct podman *p, const struct initiated *made, const char *package);

/* Both, unless podman has the image. The test fails where init does, or the audit finds anything.
 */
void init_image(struct podman *p, const char *package);

/* "localhost/PACKAGE:latest" */
const char *init_image_name(struct podman *p, const char *package);

#endif
