/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_H
#define MAKE_DEB_DEB_H

/* A Debian package, opened. A .deb (deb(5)) is decoded once: its data.tar is kept uncompressed in
 * the store beside an index of its entries, and its control members are kept whole. Opening a
 * package again reads only the index; contents are mapped where they are used. */

#include "base/progress.h"
#include "transfer/store/store.h"
#include "make/deb/deb_contents.h"

struct xz_library; /* format/archive/unxz.h */

/* Decodes a package that is not decoded yet. Its .deb must be in the store (fetch_packages). `xz`
 * reads xz (NULL: the linked liblzma, which deb_open() has, too). ERR_INPUT or ERR_VERIFY naming
 * the package. Many of them: deb_decoder.h. */
MUST_CHECK bool deb_decode_missing(const struct store *s, const struct deb_package *p,
				   const struct xz_library *xz, struct progress *progress,
				   struct error *e);

/* Whether a package seems to be decoded, and its .deb to be there: neither was read. Both are
 * marked as used. For who asks what is to be fetched; deb_open() finds out. */
bool deb_seems_decoded(const struct store *s, const struct deb_package *p);

/* Opens a decoded package (decoding it if need be). Names and texts live in `a`; close with
 * deb_close, after which contents of its nodes can no longer be read. */
MUST_CHECK bool deb_open(struct arena *a, const struct store *s, const struct deb_package *p,
			 struct deb *deb, struct error *e);
void deb_close(struct deb *deb);

#endif
