/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_LAYERDIFF_H
#define TESTS_SUPPORT_FIXTURE_LAYERDIFF_H

/* Two readings of two layers: our own, in process, and umoci's (support/fixture_unpacked.h). No
 * Criterion in here. */

#include "base/str.h"

enum layerdiff {
	LAYERDIFF_EQUAL, /* the same files, and nothing to remark */
	LAYERDIFF_BOTH_REFUSE,
	LAYERDIFF_REFUSED,  /* by us: never wrong */
	LAYERDIFF_REPORTED, /* a finding says that runtimes differ, and all that umoci has is among
			       ours */
	LAYERDIFF_DIFFERS,
};

/* `upper` stands on `lower`; both are plain tars. *why says where they differ, or why one refused.
 * `dir` is an empty folder to work in. ERR_SYSTEM. */
MUST_CHECK bool layerdiff_run(struct arena *a, const char *dir, struct str lower, struct str upper,
			      enum layerdiff *out, const char **why, struct error *e);

/* Makes the checksums of all headers in a tar right, as far as sizes lead from one to the next. */
void layerdiff_repair(char *tar, size_t n);

/* A tar made of a seed: a few entries of all kinds with a few names, extended headers before them,
 * and mostly one or two changed bytes in a header. */
struct str layerdiff_make(struct arena *a, uint64_t seed);

/* The layer below: folders, files and a link that the names of layerdiff_make() meet. */
struct str layerdiff_lower(struct arena *a);

#endif
