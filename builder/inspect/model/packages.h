/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PACKAGES_H
#define AUDIT_PACKAGES_H

/* The packages an image says it holds: dpkg's database (var/lib/dpkg/status and info/), and the
 * records of images without dpkg (var/lib/dpkg/status.d/). Which items they account for. */

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"

struct package {
	const char *name, *version, *architecture;
	const char *source, *source_version;	/* the package's own where it does not say */
	const char *record;		/* path of the file that records it */
	const char *maintainer;		/* or NULL */
	bool has_sums;			/* a list of md5sums is there */
	size_t listed, present;		/* files in that list; those that are in the image */
	uint64_t bytes;			/* content of the items it owns */
	bool has_copyright;		/* usr/share/doc/NAME/copyright is in the image */
	const char *licences;		/* named in it (inspect/model/licence.h), or NULL */
};

/* An item whose content differs from the record of its package. */
struct mismatch {
	const struct package *package;
	const struct item *item;
};

/* What reading the records brought to light besides packages. */
struct records {
	struct { struct mismatch *v; size_t n, cap; } mismatches;
	struct remarks problems;	/* bad records */
};

/* Fills m->packages, and `package` and `owned` of the items. A record that cannot be read becomes
 * a problem, not an error. `owned`: paths that a recipe brought. ERR_SYSTEM. */
MUST_CHECK bool packages_read(struct arena *a, struct model *m, const struct strings *owned,
			      struct records *out, struct error *e);

const struct package *packages_find(const struct packages *l, const char *name);

#endif
