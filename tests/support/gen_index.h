/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_GEN_INDEX_H
#define TESTS_SUPPORT_GEN_INDEX_H

/* Packages texts for tests, from few words. Failures end the test. */

#include "input/resolve/package_index.h"

/* A Packages text from lines "name version; Field: value; Field: value": architecture, file name,
 * size and digest are filled in. */
const char *indexgen_packages(struct arena *a, const char *lines);

/* The same for another architecture; a package with "Architecture: all" among its fields is of
 * none. */
const char *indexgen_packages_of(struct arena *a, const char *architecture, const char *lines);

/* What is kept of a Packages text for an architecture, or of a Sources text (NULL), in a memory
 * file. `file` names the text in messages. */
bool indexgen_keep(struct arena *a, const char *architecture, struct str text, const char *file,
		   struct kept_index *out, struct error *e);

/* Adds what is kept of a Packages text to an index. */
bool indexgen_add(struct index *x, const struct suite *suite, struct str text, struct error *e);

/* An index of one suite, "trixie", for amd64, ready to be searched. */
struct index *indexgen_index(struct arena *a, const char *lines);

#endif
