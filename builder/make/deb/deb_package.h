/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_DEB_DEB_PACKAGE_H
#define MAKE_DEB_DEB_PACKAGE_H

/* What has to be known of a package to open it: which file it is, and what it says it is. */

#include "base/digest.h"
#include "input/recipe/file_place.h"

struct deb_package {
	const char *name, *version, *architecture;
	struct {
		const char *name; /* base name, for messages */
		uint64_t size;
		struct digest sha256;
	} file;
	uint64_t installed_size; /* KiB as in the stanza; 0 if missing */
	struct place at;	 /* where all this was said; no file: it is not known */
};

#endif
