/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_HOMESTEAD_H
#define SUPPORT_FIXTURE_HOMESTEAD_H

/* A repository of a test's own with all that a build needs and no network: images.json,
 * recipes/app.json with its lock, files, and a store with two packages: "tool" (usr/bin/tool, which
 * needs libx.so.1 and the loader) and "libx1" (the library). Failures end the test. */

#include "support/fixture_depot.h"

struct homestead {
	struct depot depot;
	const char *dir;	     /* the repository */
	const char *image;	     /* where homestead_build() puts the layout */
	const char *library_version; /* of libx1, from the next homestead_lock() on */
	char before[4096];	     /* working folder, to go back to */
};

void homestead_open(struct homestead *h);
void homestead_close(struct homestead *h);

/* Writes the lock for the recipe as it is now. */
void homestead_lock(struct homestead *h);

/* Builds recipes/app.json with the working folder in the repository. */
void homestead_build(struct homestead *h);

#endif
