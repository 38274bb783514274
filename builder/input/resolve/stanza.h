/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_STANZA_H
#define INPUT_RESOLVE_STANZA_H

/* Stanzas of Packages and Sources as packages and sources of an index, checked. */

#include "format/debian/deb822.h"
#include "input/resolve/index_entries.h"

/* Reads a stanza of a Packages index for the architecture `arch`; slices point into the stanza.
 * ERR_INPUT with its line for anything malformed: names, versions, paths, sizes, digests; another
 * architecture than `arch` and "all" is an error, too. */
MUST_CHECK bool stanza_read_package(const char *arch, const struct deb822 *r,
				    struct index_package *p, struct error *e);

/* Whether the values of a package, which may come from elsewhere, are those of a stanza. */
MUST_CHECK bool stanza_check_package(const char *arch, const struct index_package *p,
				     struct error *e);

/* The name of the package of a stanza of either kind. */
MUST_CHECK bool stanza_read_name(const struct deb822 *r, struct str *out, struct error *e);

/* Reads the rest of a stanza of a Sources index. */
MUST_CHECK bool stanza_read_source(struct arena *a, const struct deb822 *r, struct index_source *s,
				   struct error *e);

/* Takes the next name from the text of Provides: 1, 0 at its end, -1. ERR_INPUT naming `package`.
 */
MUST_CHECK int stanza_next_provided(struct str *rest, struct str package, struct str *name,
				    struct str *version, struct error *e);

/* The fields of a stanza of Sources that stanza_read_source() reads; ends with NULL. */
extern const char *const stanza_source_fields[];

#endif
