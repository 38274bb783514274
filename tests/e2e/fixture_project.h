/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_E2E_FIXTURE_PROJECT_H
#define TESTS_E2E_FIXTURE_PROJECT_H

/* The sample projects of tests/e2e/projects: code of one's own in each language, with a recipe.
 * A test works on a copy; the store is the user's own. */

#include "e2e/fixture_podman.h"

struct project {
	struct arena *a;
	const char *dir;    /* the copy */
	const char *recipe; /* in it */
	const char *name;   /* of the image: "project-c" */
};

/* Copies projects/NAME. */
void project_open(struct project *p, struct arena *a, const char *name);
void project_close(struct project *p);

/* A path in the copy. */
const char *project_path(struct project *p, const char *name);

/* Builds the recipe with one more option (or NULL), into DIR/out and DIR/out.tar. */
struct oracle_run project_build(struct project *p, const char *option);

/* Builds, or fails the test; gives the image's digest. */
const char *project_digest(struct project *p, const char *option);

/* Builds, and gives what the image says under podman, which must end with 0; one argument or NULL.
 */
const char *project_answer(struct project *p, const char *argument);

/* Copies the project elsewhere and builds it there, with an empty store and another number of
 * processors. Gives the image's digest. */
const char *project_digest_elsewhere(struct project *p);

#endif
