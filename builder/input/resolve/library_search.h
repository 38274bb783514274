/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_LIBRARY_SEARCH_H
#define INPUT_RESOLVE_LIBRARY_SEARCH_H

/* Which package of the archive has a library that no package of a lock has. */

#include "input/lock/lock_order.h"

struct library_found {
	const char *soname;  /* what is looked for: "libharfbuzz.so.0" */
	const char *package; /* "libharfbuzz0b"; NULL: nothing was found */
};

/* Looks for `n` libraries. Names of packages follow SONAMEs (Policy 8.1), which gives a few to look
 * into; what counts is that the package has the file in a folder of the loader. Downloads those
 * packages. */
MUST_CHECK bool library_find(struct arena *a, const struct lock_order *o,
			     struct library_found *libraries, size_t n, struct error *e);

/* What Policy 8.1 calls the package of a SONAME: "libharfbuzz0" and, as the name may not end in the
 * digit that the version begins with, "libx11-6". NULL: it is none of both forms "x.so.1" and
 * "x-1.so". */
const char *library_package_name(struct arena *a, const char *soname);

#endif
