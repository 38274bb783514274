/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_CONTENT_H
#define TRANSFER_STORE_STORE_CONTENT_H

/* Blobs of the store by the digests that OCI documents use (image-spec v1.1.1, descriptor.md). The
 * store names every blob by SHA-256. Which of them has a SHA-512 is noted as an action; a note is
 * never believed: the blob is hashed again each time it is opened. */

#include "base/content_digest.h"
#include "transfer/store/store.h"

/* As store_open_blob(), by either digest: 1 and *fd, 0 if it is not there, -1 on error. A note that
 * leads to other bytes counts as none, with a warning. Any thread may call. */
MUST_CHECK int store_open_content(const struct store *s, const struct content_digest *d,
				  uint64_t size, int *fd, struct error *e);

/* Which blob is said to have this digest, unread: 1 and *out, 0 nothing is known, -1 on error. */
MUST_CHECK int store_find_content(const struct store *s, const struct content_digest *d,
				  struct digest *out, struct error *e);

/* Notes that a blob has this digest, which the caller has proved. Nothing to do for SHA-256. */
MUST_CHECK bool store_note_content(const struct store *s, const struct content_digest *d,
				   const struct digest *blob, struct error *e);

/* Stores bytes held in memory whose digest `d` is. */
MUST_CHECK bool store_put_content(const struct store *s, struct str bytes,
				  const struct content_digest *d, struct error *e);

#endif
