/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_MEMBERS_H
#define MAKE_DEB_DEB_MEMBERS_H

/* The two archives within a .deb: deb(5) as dpkg reads it, and nothing may follow data.tar. */

#include "format/archive/decompress.h"

struct deb_member {
	char name[17];	  /* "data.tar.xz" */
	struct str bytes; /* compressed; borrowed from the file's */
	enum codec codec;
};

struct deb_members {
	struct deb_member control, data;
};

/* Finds them in the bytes of a whole .deb file; `name` is for messages. ERR_INPUT otherwise. */
MUST_CHECK bool deb_members_find(struct str file, const char *name, struct deb_members *out,
				 struct error *e);

#endif
