/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

/* Bytes of known size and digest, in the store, verified. What is wanted comes from a lock
 * (lock/wants.h) or from a verified index; this stage knows only URLs and digests. */

#include "base/progress.h"
#include "fetch/mirrors.h"
#include "fetch/store.h"

/* One file to have: where it may be had, in order, and what it must be. */
struct want {
	const char *name;		/* for messages: "libssl3t64 3.5.7-1~deb13u3 (amd64)" */
	struct strings urls;
	struct digest sha256;
	uint64_t size;
	bool missing;			/* out: no URL had it (404 everywhere); only when `optional` */
	bool optional;
};

/* Downloads what is not in the store yet, several at once. Each byte is hashed on its way to a
 * temporary file; only a file of the right size and digest gets its name. Retries and further URLs as
 * docs/guide.md says. Offline: anything missing is ERR_NETWORK listing what is not there.
 * ERR_VERIFY when bytes of the right name are wrong everywhere, ERR_NETWORK when they cannot be had. */
MUST_CHECK bool fetch_wants(const struct store *s, struct want *wants, size_t n, bool offline,
			    struct progress *progress, struct error *e);

#endif
