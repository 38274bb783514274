/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_DOWNLOAD_WANT_H
#define TRANSFER_DOWNLOAD_WANT_H

/* What is asked of fetch.h, and what its jobs work off: a file known by size and digest; or one of
 * which nobody has said them yet, that its caller checks by other means. */

#include "base/digest.h"
#include "base/str.h"

/* One file to have: where it may be had, in order, and what it must be. */
struct want {
	const char *name; /* for messages: "libssl3t64 3.5.7-1~deb13u3 (amd64)" */
	struct strings urls;
	struct digest sha256;
	uint64_t size;
	bool missing; /* out: 404 wherever there was an answer; only when
		       * `optional` */
	bool optional;
	bool first;	 /* before those that are not */
	bool addressed;	 /* `urls` stand in a recipe or a lock: no mirror of an archive has it */
	bool unknown;	 /* sha256 and size are not known: those of what came are put there */
	const char *url; /* out: where it came from; NULL: it was in the store */
	bool blamed;	 /* out: the error is about this one */
	/* told in the calling thread when its download is in the store; may be NULL */
	void (*arrived)(void *ctx);
	void *ctx;
};

#define WANT_UNKNOWN_MAX ((uint64_t)1 << 30) /* bytes of such a file */

#endif
