/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_DEB822_SINK_H
#define FORMAT_DEBIAN_DEB822_SINK_H

/* Control data that comes in pieces, read stanza by stanza: what was read is let go. */

#include "base/io.h"
#include "format/debian/deb822.h"

struct deb822_sink {
	struct sink base;
	struct deb822 r;
	struct buf held; /* what is not read yet */
	size_t searched; /* so many bytes of it hold no end of a stanza */
	bool (*each)(void *ctx, const struct deb822 *r, struct error *e); /* a stanza */
	void *ctx;
};

/* `file` names the text in messages. Memory comes from `a`: as much as two pieces or the longest
 * stanza need. */
void deb822_sink_init(struct arena *a, struct deb822_sink *s, const char *file,
		      bool (*each)(void *ctx, const struct deb822 *r, struct error *e), void *ctx);

#endif
