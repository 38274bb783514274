/* SPDX-License-Identifier: Apache-2.0 */
/* One stream from memory to memory. */

#include "format/archive/unzlib.h"

#include "base/buf.h"

#define ZLIB_CONST
#include <zlib.h>

static bool unzlib_run(z_stream *z, struct buf *text, struct error *e)
{
	char block[16384];
	int status;

	do {
		z->next_out = (Bytef *)block;
		z->avail_out = sizeof(block);
		status = inflate(z, Z_NO_FLUSH);
		if (status != Z_OK && status != Z_STREAM_END)
			return err_set(e, ERR_INPUT, "the compressed text is %s",
				       status == Z_BUF_ERROR ? "cut short" : "damaged");
		buf_add(text, (struct str){ block, sizeof(block) - z->avail_out });
		if (text->overflow)
			return err_set(e, ERR_INPUT, "the compressed text has more than %zu bytes",
				       text->max);
	} while (status != Z_STREAM_END);
	return true;
}

bool unzlib(struct arena *a, struct str bytes, size_t max, struct str *out, struct error *e)
{
	struct buf text = { .a = a, .max = max };
	z_stream z = { .next_in = (const Bytef *)bytes.p, .avail_in = (uInt)bytes.n };
	bool ok;

	if (bytes.n > UINT32_MAX)
		return err_set(e, ERR_INPUT, "the compressed text is too large");
	if (inflateInit(&z) != Z_OK)
		return err_set(e, ERR_SYSTEM, "no memory to decompress a text");
	ok = unzlib_run(&z, &text, e);
	inflateEnd(&z);
	*out = buf_str(&text);
	return ok;
}
