/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_PACKAGE_H
#define INSPECT_MODEL_PACKAGE_H

/* What an image's package records say. */

#include "inspect/model/model.h"

struct package {
	const char *name, *version, *architecture;
	const char *source, *source_version; /* the package's own where it does not say */
	const char *record;		     /* path of the file that records it */
	const char *maintainer;		     /* or NULL */
	bool has_sums;			     /* a list of md5sums is there */
	size_t listed, present;		     /* files in that list; those that are in the image */
	uint64_t bytes;			     /* content of the items it owns */
	bool has_copyright;		     /* usr/share/doc/NAME/copyright is in the image */
	const char *depends;		     /* Pre-Depends and Depends, or NULL */
	const char *provides, *conflicts, *breaks; /* or NULL */
	const char *conffiles; /* the field of its record (" /PATH MD5" a line), or NULL */
	const char *licences;  /* named in it, or NULL */
};

/* An item whose content differs from the record of its package. */
struct mismatch {
	const struct package *package;
	const struct item *item;
};

/* What reading the records brought to light besides packages. */
struct records {
	struct LIST(struct mismatch) mismatches;
	struct remarks problems; /* bad records */
};

#endif
