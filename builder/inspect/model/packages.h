/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_PACKAGES_H
#define INSPECT_MODEL_PACKAGES_H

/* The packages an image says it holds: dpkg's database (var/lib/dpkg/status and info/), and the
 * records of images without dpkg (var/lib/dpkg/status.d/). Which items they account for. */

#include "inspect/model/package.h"

/* A file that records packages: the path where dpkg and scanners look for it, and the file behind
 * it, symlinks followed. */
struct record_file {
	const char *path;
	const struct item *item;
};

struct record_files LIST(struct record_file);

/* var/lib/dpkg/status and the files of var/lib/dpkg/status.d, in `a`. */
void packages_records(struct arena *a, const struct model *m, struct record_files *out);

/* Fills m->packages, and `package` and `owned` of the items. A record that cannot be read becomes
 * a problem, not an error. `owned`: paths that a recipe brought. ERR_SYSTEM. */
MUST_CHECK bool packages_read(struct arena *a, struct model *m, const struct strings *owned,
			      struct records *out, struct error *e);

const struct package *packages_find(const struct packages *l, const char *name);

#endif
