/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_REBASE_REBASE_H
#define TRUST_REBASE_REBASE_H

/* An image that stands on another base: the lower layers are exchanged, the upper ones stay as they
 * are. Nothing is built, so whether the result runs has to be proven; whatever cannot be proven is
 * an obstacle, and an image with an obstacle is not rebased. */

#include "inspect/audit/findings.h"
#include "inspect/model/inspect.h"

/* Why it cannot be. */
struct rebase_obstacle {
	const char *path; /* in the image, without leading slash; NULL: the image as a whole */
	const char *text;
};

struct rebase_obstacles LIST(struct rebase_obstacle);

void rebase_add(struct arena *a, struct rebase_obstacles *l, const char *path, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* Four images, all read. Its upper layers are those above the old base, or those of them that are
 * to be proven. */
struct rebase_case {
	const struct model *image, *old, *now; /* the image; its base as it was, and as it is */
	const struct model *result;
	size_t old_layers; /* of the image: these are not looked at */
};

/* What was looked at, to be told. */
struct rebase_proof {
	size_t files, programs, libraries, symbols;
};

/* Which paths the upper layers and both bases have: an upper file may stand where a base has one
 * only if the base has not changed it, and what upper layers remove must still be the same. Each
 * file of the upper layers must be in the result as it was. */
void rebase_check_files(struct arena *a, const struct rebase_case *c, struct rebase_proof *proof,
			struct rebase_obstacles *out);

/* Each library of the old base must be in the new one under its SONAME, with every version and
 * every symbol that a file of the upper layers takes from it. */
void rebase_check_libraries(struct arena *a, const struct rebase_case *c,
			    struct rebase_proof *proof, struct rebase_obstacles *out);

/* Packages of one source have one version; a loader's cache and records of packages in upper layers
 * must be those that a build would write. */
void rebase_check_records(struct arena *a, const struct rebase_case *c,
			  struct rebase_obstacles *out);

/* Whether findings of a rule matter to rebase_check_findings(); whether one of the list does. */
bool rebase_rule_counts(const char *rule);
bool rebase_findings_count(const struct findings *l);

/* What the audit finds in the result, and did not find in the image, about files that load, start
 * and belong together. */
void rebase_check_findings(struct arena *a, const struct findings *before,
			   const struct findings *after, struct rebase_obstacles *out);

#endif
