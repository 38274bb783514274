/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_DEBS_H
#define TESTS_SUPPORT_FIXTURE_DEBS_H

/* Programs of Debian's packages, unpacked below build/debs and never installed: servers, verifiers
 * and peers that nobody wants to have as services on their own machine. */

#include "support/fixture_oracle.h"

/* Downloads these packages (NULL-terminated) of the Debian that this runs on by apt-get and unpacks
 * them into build/debs/NAME, once. Gives the folder's full path, or NULL if a package cannot be
 * had. */
const char *debs_unpack(struct arena *a, const char *name, const char *const *packages);

/* The same with all that they need and the machine lacks. */
const char *debs_unpack_closure(struct arena *a, const char *name, const char *const *packages);

/* The same of another suite, "sid", with all that they need: a root file system of its own. */
const char *debs_unpack_suite(struct arena *a, const char *name, const char *suite,
			      const char *const *packages);

/* The value of LD_LIBRARY_PATH for programs of such a folder. */
const char *debs_libraries(struct arena *a, const char *folder);

#endif
