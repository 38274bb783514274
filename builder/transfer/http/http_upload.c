/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes on their way out. They are read at a place of their own each time, so that a body can be
 * sent again. */

#include "transfer/http/http_upload.h"

uint64_t http_upload_size(const struct http_upload *u)
{
	if (!u)
		return 0;
	return u->text.p ? u->text.n : u->size;
}

bool http_upload_read(const struct http_upload *u, uint64_t at, char *out, size_t *n,
		      struct error *e)
{
	uint64_t left = http_upload_size(u) - at;

	if (*n > left)
		*n = (size_t)left;
	if (*n == 0)
		return true;
	if (u->text.p)
		memcpy(out, u->text.p + at, *n);
	else if (!fd_pread(u->fd, out, *n, u->offset + at, "what is sent", e))
		return false;
	if (u->sent)
		u->sent(u->owner, at + *n);
	return true;
}
