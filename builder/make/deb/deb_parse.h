/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_PARSE_H
#define MAKE_DEB_DEB_PARSE_H

/* From the bytes of a .deb to a decompressed data.tar and an index: all that has to do with
 * untrusted formats. Runs in a jail (deb_decode.c); takes and gives memory and a sink only. */

#include "base/io.h"

struct xz_library; /* format/archive/unxz.h */

struct deb_options {
	uint64_t control, data;	     /* most bytes of the decompressed archives */
	const struct xz_library *xz; /* what reads xz; NULL: the linked liblzma */
};

/* For a package whose stanza says Installed-Size (KiB; 0: it does not say). */
struct deb_options deb_options_of(uint64_t installed_size);

/* The frames (base/frames.h) that it writes. */
#define FRAME_DATA 'D'	/* the next bytes of the decompressed data.tar */
#define FRAME_INDEX 'I' /* the next bytes of the index (deb_index.h), which comes last */
#define DEB_FRAMES "DI"

/* Parses `file` and writes frames to `out`. ERR_INPUT naming `name` when it is malformed or beyond
 * what `o` allows. */
MUST_CHECK bool deb_parse(struct str file, const char *name, const struct deb_options *o,
			  struct sink *out, struct error *e);

#endif
