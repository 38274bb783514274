/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_CACHE_CACHE_SERVER_H
#define TRUST_CACHE_CACHE_SERVER_H

/* One shared cache as it is spoken to: a folder, an HTTP server, a repository of a registry. What
 * comes from it is damaged at most where its digest says so; what it means, and whether to believe
 * it, remote_cache.h knows.
 *
 * Folders and HTTP servers have the same two shelves, those of bazel-remote: ac/KEY is the entry
 * (action_result.h), cas/SHA256 are bytes. A folder that a web server shows is a cache, too. */

#include "trust/cache/cache_place.h"
#include "trust/cache/cache_record.h"
#include "transfer/registry/session.h"
#include "transfer/store/store.h"

struct cache_settings {
	const struct http_settings *http;	/* NULL: those of the environment, less patient */
	const struct session_options *registry; /* authfile, token server, TLS */
	struct progress *progress;
};

struct cache_server {
	const struct cache_place *place;
	const struct cache_transport *how;
	struct arena a; /* of the connection */
	bool down;	/* it failed once: it is not asked again */
	bool writes;
	/* CACHE_LOCAL: the shelves; -1 when there is none */
	int entries, blobs;
	/* CACHE_HTTP */
	struct http http;
	/* CACHE_REGISTRY */
	struct session session;
	struct session_options options;
};

/* An entry that is to be kept. Its blobs are in the store. */
struct cache_gift {
	const struct cache_record *record;
	struct str text; /* the record's, signed */
	const struct store *store;
};

/* What a kind of cache does. Fails with ERR_NETWORK where the server is not well: not answering,
 * slow, refusing, cut. */
struct cache_transport {
	bool (*open)(struct cache_server *s, const struct cache_settings *settings,
		     struct error *e);
	void (*close)(struct cache_server *s);
	/* The record under a key: 1 and its text in `a`, 0 there is none, -1. */
	int (*find)(struct arena *a, struct cache_server *s, const struct digest *key,
		    struct str *record, struct error *e);
	/* Has these bytes in the store, verified. ERR_VERIFY for others, ERR_INPUT for none. */
	bool (*fetch)(struct cache_server *s, const struct cache_blob *b, const struct store *to,
		      struct error *e);
	/* Keeps the blobs, and then the entry. */
	bool (*keep)(struct cache_server *s, const struct cache_gift *g, struct error *e);
};

extern const struct cache_transport cache_local, cache_http, cache_registry;

/* Opens the cache at `place` (borrowed). Must not move in memory; close in any case. */
MUST_CHECK bool cache_server_open(struct cache_server *s, const struct cache_place *place,
				  bool writes, const struct cache_settings *settings,
				  struct error *e);
void cache_server_close(struct cache_server *s);

/* The settings for requests to caches: who does not answer soon is slower than a compiler. */
void cache_http_settings(struct arena *a, const struct cache_settings *settings,
			 struct http_settings *out);

/* "blob sha256:0123456789ab": what it is called in messages. */
const char *cache_blob_label(struct arena *a, const struct cache_blob *b);

#endif
