/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_DECODE_H
#define MAKE_DEB_DEB_DECODE_H

/* From a .deb in the store to its decoded form in the store. */

#include "transfer/store/store.h"
#include "make/deb/deb_package.h"

struct xz_library; /* format/archive/unxz.h */

#define DEB_ACTION_HEAD "imgbuild-deb 1\n"

/* The action under which the decoded form is found: it depends on the package's bytes alone. The
 * text is DEB_ACTION_HEAD, "data SHA256 SIZE\n", and the index (deb_index.h). */
struct digest deb_action_key(const struct deb_package *p);

/* Decodes one package in a jail, checks what comes out, and stores it. `xz` reads xz (NULL: the
 * linked liblzma). */
MUST_CHECK bool deb_decode(const struct store *s, const struct deb_package *p,
			   const struct xz_library *xz, struct error *e);

#endif
