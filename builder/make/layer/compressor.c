/* SPDX-License-Identifier: Apache-2.0 */
/* Formats of layers and their names. Where the libraries come from is not known here. */

#include "make/layer/compressor.h"

struct compressor compressor_host(enum compression format)
{
	return (struct compressor){ format, gzip_library_host(), zstd_library_host() };
}

const char *compressor_name(struct arena *a, const struct compressor *c)
{
	return c->format == COMPRESS_ZSTD ? zstd_compressor(a, &c->zstd)
					  : gzip_compressor(a, &c->gzip);
}

const char *compressor_media_type(const struct compressor *c)
{
	return c->format == COMPRESS_ZSTD ? "application/vnd.oci.image.layer.v1.tar+zstd"
					  : "application/vnd.oci.image.layer.v1.tar+gzip";
}
