/* SPDX-License-Identifier: Apache-2.0 */
/* Which kind of cache it is, and what all kinds have in common. */

#include "trust/cache/cache_server.h"

#define CONNECT_MS 3000
#define PATIENCE_MS 15000
#define RATE_MIN 65536 /* bytes/s: less, for 10 s, is given up */
#define TRIES 2
#define RETRY_AFTER_MAX_S 2

static const struct cache_transport *const transports[] = {
	[CACHE_LOCAL] = &cache_local,
	[CACHE_HTTP] = &cache_http,
	[CACHE_REGISTRY] = &cache_registry,
};

bool cache_server_open(struct cache_server *s, const struct cache_place *place, bool writes,
		       const struct cache_settings *settings, struct error *e)
{
	*s = (struct cache_server){ .place = place,
				    .how = transports[place->kind],
				    .writes = writes,
				    .entries = -1,
				    .blobs = -1,
				    .http = HTTP_INIT };
	return s->how->open(s, settings, e);
}

void cache_server_close(struct cache_server *s)
{
	if (!s->how)
		return;
	s->how->close(s);
	arena_free(&s->a);
	s->how = NULL;
}

void cache_http_settings(struct arena *a, const struct cache_settings *settings,
			 struct http_settings *out)
{
	if (settings->http) {
		*out = *settings->http;
		return;
	}
	http_settings_from_env(a, out);
	out->connect_ms = CONNECT_MS;
	out->patience_ms = PATIENCE_MS;
	out->stall_rate = RATE_MIN;
	out->tries = TRIES;
	out->retry_after_max_s = RETRY_AFTER_MAX_S;
	out->progress = settings->progress;
}

const char *cache_blob_label(struct arena *a, const struct cache_blob *b)
{
	return arena_printf(a, "blob sha256:%.12s", digest_hex_dup(a, &b->digest));
}
