/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_HTTP_HTTP_UPLOAD_H
#define TRANSFER_HTTP_HTTP_UPLOAD_H

/* The body of a request. */

#include "base/io.h"

/* A text, or (when its p is NULL) `size` bytes of a borrowed descriptor from `offset`, read as they
 * are sent. */
struct http_upload {
	struct str text;
	int fd;
	uint64_t offset, size;
	/* so many bytes of it have been taken; may be NULL */
	void (*sent)(void *owner, uint64_t at);
	void *owner;
};

/* How many bytes it has; 0 for NULL. */
uint64_t http_upload_size(const struct http_upload *u);

/* Copies at most `n` of the bytes that follow the first `at`; *n becomes their number. And tells
 * sent(). */
MUST_CHECK bool http_upload_read(const struct http_upload *u, uint64_t at, char *out, size_t *n,
				 struct error *e);

#endif
