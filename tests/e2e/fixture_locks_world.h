/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_LOCKS_WORLD_H
#define E2E_FIXTURE_LOCKS_WORLD_H

/* A repository with a base and two recipes on it, and a small archive with several states, for
 * tests of locks. The archive has app (needs libapp1 and libcap), and tools that nothing needs at
 * first. */

#include "support/fixture_minirepo.h"

/* A recipe on the base: its name, and a list of its "libraries". */
#define LOCKS_WORLD_RECIPE                                                               \
	"{ \"name\": \"%s\", \"base\": \"base\", \"components\": [ { \"name\": \"app\"," \
	" \"providers\": [ { \"packages\": [\"app\"] } ] } ],\n  \"libraries\": [%s],\n" \
	"  \"config\": { \"user\": \"1000:0\" }, \"audit\": { \"policy\": \"report-only\" } }"

struct locks_world {
	struct arena a;
	struct minirepo m;
	const char *base, *one, *two; /* recipes */
	const char *locks[5];	      /* base, base arm64, one, one arm64, two */
};

/* A state of the archive: these versions of app's libraries and of libcap, which libapp1 needs so
 * new. */
struct locks_world_state {
	const char *app, *libapp, *libcap, *libapp_needs;
	const char *tool; /* of libdeflate0; NULL: the archive has none */
};

void locks_world_open(struct locks_world *w);
void locks_world_close(struct locks_world *w);

/* The path of a file of the repository. */
const char *locks_world_file(struct locks_world *w, const char *name);

void locks_world_publish(struct locks_world *w, const struct locks_world_state *v, int hours_ago);

/* The version that a lock has of a package, or "-". */
const char *locks_world_version(struct locks_world *w, const char *lock, const char *package);

bool locks_world_says(struct str text, const char *part);

#endif
