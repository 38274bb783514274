/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_INDEX_ENTRIES_H
#define INPUT_RESOLVE_INDEX_ENTRIES_H

/* Packages and sources as indexes have them (package_index.h). */

#include "base/digest.h"
#include "input/lock/lock.h"
#include "input/recipe/archives.h"

#define PRIORITY_OPTIONAL 3 /* a rank */

struct index_package {
	struct str name, version, architecture;
	struct str source, source_version; /* equal to name and version when not given */
	struct str pre_depends, depends, conflicts, breaks, provides; /* empty if missing */
	struct str path;					      /* "pool/..." */
	uint64_t size;
	struct digest sha256;
	uint64_t installed_size; /* KiB; 0 if missing */
	const struct suite *suite;
	unsigned priority; /* of the suite */
	unsigned rank;	   /* 0 required ... 4 extra, from Priority */
	bool essential;
	bool any;			  /* Multi-Arch: allowed */
	size_t order;			  /* among all versions of its name, as they were added */
	size_t number;			  /* of its name */
	const struct locked_package *pin; /* stands for this package of a lock; else NULL */
	const struct index_package
		*same; /* of a pin: the archive's stanza of these bytes, if it has one */
};

struct index_file {
	struct str name;
	uint64_t size;
	struct digest sha256;
};

struct index_source {
	struct str name, version, format, directory;
	struct LIST(struct index_file) files;
	const struct suite *suite;
	unsigned priority;
};

#endif
