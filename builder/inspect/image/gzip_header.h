/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_GZIP_HEADER_H
#define INSPECT_IMAGE_GZIP_HEADER_H

/* The header of a gzip member (RFC 1952, 2.3), as it comes in. The library that expands layers gets
 * a header's checksum wrong whose bytes come in two pieces, and takes flags that are reserved. */

#include <stdint.h>

#include "base/str.h"

struct gzip_header {
	enum gzip_part {
		GZIP_FIXED,
		GZIP_EXTRA_SIZE,
		GZIP_EXTRA,
		GZIP_NAME,
		GZIP_COMMENT,
		GZIP_CHECK,
		GZIP_ENDED,
	} part;
	unsigned at; /* bytes of the part that were taken */
	unsigned flags, extra;
	uint32_t crc;
};
#define GZIP_HEADER_INIT { .part = GZIP_FIXED }

/* Takes the bytes of a header off `in`. 1: it is complete; 0: there is more to come; -1: this is no
 * gzip, or its checksum is wrong. */
int gzip_header_take(struct gzip_header *h, struct str *in);

#endif
