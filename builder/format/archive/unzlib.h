/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_UNZLIB_H
#define FORMAT_ARCHIVE_UNZLIB_H

/* Short texts compressed with zlib (RFC 1950). */

#include "base/io.h"

/* Gives all of the text, in `a`. ERR_INPUT if it is damaged, cut short, or has more than `max`
 * bytes; ERR_SYSTEM. */
MUST_CHECK bool unzlib(struct arena *a, struct str bytes, size_t max, struct str *out,
		       struct error *e);

#endif
