/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_DOWNLOAD_FEED_H
#define TRANSFER_DOWNLOAD_FEED_H

/* Files that change day by day and of which nobody says a digest: vulnerability data. Nothing but
 * the connection proves them, so they come by https, or from this machine. The newest copy of each
 * address stays in the store; a server that has nothing newer is not asked for it again (RFC 9110,
 * 13: ETag and Last-Modified). */

#include "base/progress.h"
#include "transfer/store/store.h"

#define FEED_MAX ((uint64_t)512 << 20) /* bytes of one file */

struct feed_context {
	const struct store *store;
	bool offline; /* take what the store has */
	struct progress *progress;
};

/* A file, open for reading at its beginning, and as it was hashed a moment ago. */
struct feed {
	int fd;
	const char *name; /* its address without user and password, for messages */
	int64_t when;	  /* its date: Last-Modified, else when it was fetched */
};
#define FEED_INIT { .fd = -1 }

/* Fetches what is at `url`, unless the store has the same. Texts live in `a`; the caller closes
 * out->fd. ERR_USAGE for an address that is neither https nor of this machine, ERR_NETWORK when it
 * cannot be had (offline: when it never was), ERR_VERIFY when it has more than FEED_MAX bytes or is
 * a web page, ERR_SYSTEM. */
MUST_CHECK bool feed_open(struct arena *a, const struct feed_context *c, const char *url,
			  struct feed *out, struct error *e);

#endif
