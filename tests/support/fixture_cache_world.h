/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_CACHE_WORLD_H
#define TESTS_SUPPORT_FIXTURE_CACHE_WORLD_H

/* A small world (fixture_minirepo.h) whose recipe has one source compiled, and machines in it: each
 * has a store of its own, and runs ./imgbuild on the one repository. */

#include "support/fixture_minirepo.h"

struct cache_world {
	struct arena *a;
	struct minirepo m;
	const char *pem, *pub; /* ann's key pair */
};

void cache_world_open(struct cache_world *w, struct arena *a);
/* The same with more packages in the archive. */
void cache_world_open_with(struct cache_world *w, struct arena *a,
			   const struct minirepo_package *more, size_t n);
void cache_world_close(struct cache_world *w);

/* A file of the world. */
const char *cache_world_path(struct cache_world *w, const char *name);

/* Makes a further key pair: NAME.pem and NAME.pub. */
void cache_world_key(struct cache_world *w, const char *name);

/* Builds on a machine ("a"), with --progress=plain and these words (NULL-terminated). */
struct oracle_run cache_world_build(struct cache_world *w, const char *machine,
				    const char *const *words);
#define CACHE_BUILD(w, machine, ...) \
	cache_world_build((w), (machine), (const char *const[]){ __VA_ARGS__, NULL })

/* The same, and the test fails unless it exits 0. Gives the image's digest. */
const char *cache_world_digest(struct cache_world *w, const char *machine, const char *const *words,
			       struct oracle_run *run);
#define CACHE_DIGEST(w, machine, run, ...) \
	cache_world_digest((w), (machine), (const char *const[]){ __VA_ARGS__, NULL }, (run))

/* Whether the machine has compiled: it has the compilers. */
bool cache_world_compiled(struct cache_world *w, const char *machine);

/* The machine has an empty store again. */
void cache_world_forget(struct cache_world *w, const char *machine);

#endif
