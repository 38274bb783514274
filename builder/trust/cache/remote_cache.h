/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_CACHE_REMOTE_CACHE_H
#define TRUST_CACHE_REMOTE_CACHE_H

/* Results that several machines share: what one has compiled, the others take. A cache costs time
 * at most: whatever is missing, slow, damaged or a lie is told in one warning that names key and
 * cache, and then it is as if there were none. Only the thread that builds may call. */

#include "trust/cache/cache_server.h"

struct remote_cache_order {
	struct cache_places from, to;
	struct keys keys;	  /* whose signature counts; none: local caches need none */
	const struct key *signer; /* one of them that can sign, or NULL */
	bool offline;		  /* only folders */
	const struct store *store;
	struct cache_settings settings;
};

/* A result of the store that the caches of `to` are to have. */
struct remote_result {
	struct digest key;
	const char *name;
	struct cache_blob blob;
};

/* An entry that counts, of which a cache does not have the bytes. */
struct remote_damage {
	struct digest key;
	const struct cache_place *place;
};

struct remote_cache {
	struct arena *a;
	const struct remote_cache_order *order; /* borrowed */
	struct cache_server *from, *to;		/* as many as places; those that could not be
						 * opened are down */
	struct LIST(struct remote_result) results;
	struct LIST(struct digest) asked; /* keys that no cache had: they are not asked for again */
	struct LIST(struct remote_damage) damaged;
};
#define REMOTE_CACHE_INIT { 0 }

/* Opens the caches; one that cannot be opened is warned of, and left alone. */
void remote_cache_open(struct arena *a, const struct remote_cache_order *order,
		       struct remote_cache *out);
void remote_cache_close(struct remote_cache *c);
#define AUTO_REMOTE_CACHE __attribute__((cleanup(remote_cache_close))) struct remote_cache

/* Looks for the result of `name` under its key, and has it in the store: the name of the cache that
 * had it, or NULL. Each key is asked for once in a run. */
const char *remote_cache_take(struct remote_cache *c, const struct digest *key, const char *name);

/* Notes a result that is in the store: the next remote_cache_give() brings it to the caches that do
 * not have it, each once. What came from a cache goes on as it was signed there. */
void remote_cache_note(struct remote_cache *c, const struct digest *key, const char *name,
		       const struct cache_blob *blob);
void remote_cache_give(struct remote_cache *c);

#endif
