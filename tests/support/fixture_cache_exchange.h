/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_CACHE_EXCHANGE_H
#define TESTS_SUPPORT_FIXTURE_CACHE_EXCHANGE_H

/* Two machines that share compiled results over a folder, or over what serves it. Failures end the
 * test. */

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"
#include "trust/cache/remote_cache.h"

#define EXCHANGE_BLOB_SIZE 300000

/* What a machine says. */
struct cache_sayings {
	struct progress base;
	struct arena *a;
	struct strings warnings, notes;
};

/* A machine with a store and the caches that it was told of. */
struct cache_machine {
	struct depot d;
	struct cache_sayings says;
	struct remote_cache_order order;
	struct remote_cache cache;
};

/* `a` compiles "thing" under two keys, signs as ann and gives to the folder `shared`; `b` believes
 * ann and knows no cache yet. */
struct cache_exchange {
	struct cache_machine a, b;
	const char *dir, *shared, *hex; /* of the key */
	struct digest key, other_key;
	struct cache_blob blob; /* what was compiled */
	struct str bytes;
	struct faultd server;
	bool serves; /* `server` runs */
};

/* Nothing is compiled and given; all of it is. */
void exchange_open(struct cache_exchange *x);
void exchange_fill(struct cache_exchange *x);
void exchange_close(struct cache_exchange *x);

/* Paths in its folder: DIR/NAME; the entry of a key and the bytes of a digest in `shared`. */
const char *exchange_path(struct cache_exchange *x, const char *name);
const char *exchange_entry(struct cache_exchange *x, const struct digest *key);
const char *exchange_blob(struct cache_exchange *x, const struct digest *d);

/* Adds a cache ("type=...") to one of the lists of an order; then the machine opens them all. */
void machine_add(struct cache_machine *m, struct cache_places *l, const char *text);
void machine_connect(struct cache_machine *m);

/* Believes a public key; signs with a private one. */
void machine_know(struct cache_machine *m, const char *path);
void machine_sign(struct cache_machine *m, const char *path);

/* Has the result in the store, as if it had been compiled there; whether it has that. */
void machine_compile(struct cache_exchange *x, struct cache_machine *m, const struct digest *key);
bool machine_has(struct cache_exchange *x, struct cache_machine *m);

/* The first warning that it gave, or "". */
const char *machine_warning(const struct cache_machine *m);

#endif
