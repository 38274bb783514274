/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_INDEX_RECORD_H
#define INPUT_RESOLVE_INDEX_RECORD_H

/* What a kept index (kept_index.h) holds of a stanza, and how it is made from a whole index. */

#include "input/release/release.h"
#include "input/resolve/index_entries.h"
#include "input/resolve/kept_index.h"

/* Changing what a record holds, or what counts as a good stanza, changes this. */
#define RECORD_FORMAT "index-record/1"

/* Makes a kept index of the stanzas of a Packages index for `arch`, or of a Sources index (NULL).
 */
struct record_maker {
	const char *arch;
	struct arena *a;
	struct kept_writer w;
	struct buf record;
};
struct index_making record_making(struct record_maker *m);

/* Reads the record of the package `name`. It is checked as a stanza is, and lives in `a`. */
MUST_CHECK bool record_read_package(struct arena *a, const char *arch, struct str name,
				    struct str record, struct index_package *out, struct error *e);

/* The same of a source package. `file` names the index in messages. */
MUST_CHECK bool record_read_source(struct arena *a, struct str name, struct str record,
				   const char *file, struct index_source *out, struct error *e);

#endif
