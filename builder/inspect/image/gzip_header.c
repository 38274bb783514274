/* SPDX-License-Identifier: Apache-2.0 */
/* Byte by byte: headers are short. */

#include "inspect/image/gzip_header.h"

#include <zlib.h>

#define FIXED_SIZE 10
#define METHOD_DEFLATE 8

enum gzip_flag {
	FLAG_CHECK = 0x02,
	FLAG_EXTRA = 0x04,
	FLAG_NAME = 0x08,
	FLAG_COMMENT = 0x10,
	FLAGS_RESERVED = 0xe0,
};

static void header_go_on(struct gzip_header *h)
{
	static const struct {
		enum gzip_part part;
		unsigned flag;
	} parts[] = {
		{ GZIP_EXTRA_SIZE, FLAG_EXTRA },
		{ GZIP_NAME, FLAG_NAME },
		{ GZIP_COMMENT, FLAG_COMMENT },
		{ GZIP_CHECK, FLAG_CHECK },
	};
	enum gzip_part from = h->part;

	h->part = GZIP_ENDED;
	h->at = 0;
	for (size_t i = ARRAY_SIZE(parts); i-- > 0;) {
		if (parts[i].part > from && (h->flags & parts[i].flag))
			h->part = parts[i].part;
	}
}

static bool header_take_fixed(struct gzip_header *h, unsigned char c)
{
	static const unsigned char magic[] = { 0x1f, 0x8b, METHOD_DEFLATE };

	if (h->at < sizeof(magic) && c != magic[h->at])
		return false;
	if (h->at == sizeof(magic))
		h->flags = c;
	if (++h->at == FIXED_SIZE)
		header_go_on(h);
	return !(h->flags & FLAGS_RESERVED);
}

static void header_take_extra_size(struct gzip_header *h, unsigned char c)
{
	h->extra |= (unsigned)c << (8 * h->at);
	if (++h->at < 2)
		return;
	h->at = 0;
	h->part = GZIP_EXTRA;
	if (h->extra == 0)
		header_go_on(h);
}

/* The two lower bytes of the CRC of all before. */
static bool header_take_check(struct gzip_header *h, unsigned char c)
{
	bool right = c == (h->crc >> (8 * h->at) & 0xff);

	if (++h->at == 2)
		header_go_on(h);
	return right;
}

static bool header_take_byte(struct gzip_header *h, unsigned char c)
{
	if (h->part == GZIP_CHECK)
		return header_take_check(h, c);
	h->crc = (uint32_t)crc32(h->crc, &c, 1);
	if (h->part == GZIP_FIXED)
		return header_take_fixed(h, c);
	if (h->part == GZIP_EXTRA_SIZE)
		header_take_extra_size(h, c);
	else if (h->part == GZIP_EXTRA ? ++h->at == h->extra : c == '\0')
		header_go_on(h);
	return true;
}

int gzip_header_take(struct gzip_header *h, struct str *in)
{
	while (in->n && h->part != GZIP_ENDED) {
		if (!header_take_byte(h, (unsigned char)in->p[0]))
			return -1;
		*in = str_from(*in, 1);
	}
	return h->part == GZIP_ENDED;
}
