/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_LAYER_COMPRESSOR_H
#define MAKE_LAYER_COMPRESSOR_H

/* With what layers are compressed: the format, and the libraries that write one or the other. Which
 * libraries decides the bytes, so whoever builds an image chooses them. */

#include "format/archive/gzip.h"
#include "format/archive/zstdw.h"
#include "input/recipe/compression.h"

struct compressor {
	enum compression format;
	struct gzip_library gzip;
	struct zstd_library zstd;
};

/* The libraries this program is linked with. */
struct compressor compressor_host(enum compression format);

/* Everything that decides how its format's bytes are made; part of action keys. */
const char *compressor_name(struct arena *a, const struct compressor *c);
const char *compressor_media_type(const struct compressor *c);

#endif
