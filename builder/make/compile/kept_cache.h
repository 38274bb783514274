/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_KEPT_CACHE_H
#define MAKE_COMPILE_KEPT_CACHE_H

/* The cache of Go or cargo that outlives a build, for --incremental. Both go by what stat(2) says
 * of a file, so that the times of the source's files must say what changed:
 * - cargo makes again what is older than its source: a file that changed gets the time of now,
 *   whatever its own is, and keeps that until it changes again;
 * - go takes what it read of a folder for what is there as long as names, sizes and times are the
 *   same: each content has a time of its own.
 * A cache belongs to one build at a time, and to one toolchain: neither of them sees that a library
 * of C is another. */

#include "make/compile/kept_place.h"
#include "make/compile/source_folder.h"

struct kept_cache {
	struct kept_place place;
	const struct timespec *times; /* one for each file; NULL: all get the same */
};
#define KEPT_CACHE_INIT { .place = KEPT_PLACE_INIT }

/* Makes the cache one that the files may be compiled with. Where another build has it (place.ours),
 * it is not to be used, which costs time alone; so it is where the compilers have none. */
MUST_CHECK bool kept_cache_open(struct arena *a, const struct compile_request *rq,
				const struct source_files *files, struct kept_cache *c,
				struct error *e);
void kept_cache_close(struct kept_cache *c);
#define AUTO_KEPT_CACHE __attribute__((cleanup(kept_cache_close))) struct kept_cache

#endif
