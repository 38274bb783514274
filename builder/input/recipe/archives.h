/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_ARCHIVES_H
#define INPUT_RECIPE_ARCHIVES_H

/* Where packages come from: the suites of one or several entries of images.json's `archives`. Each
 * suite has the keys of its own entry, so that no entry's key can sign for another's suite. */

#include "base/str.h"

#define PRIORITY_MAX 32767 /* of apt, whose priorities are 16-bit */

/* A suite of a Debian archive. */
struct suite {
	const char *entry;   /* of images.json that it is from: "debian13" */
	const char *archive; /* the name under which its mirrors are given: "debian" */
	const char *codename;
	struct strings components; /* "main" */
	struct strings keyrings;   /* real paths of files with the keys that may sign */
	struct strings signers;	   /* primary fingerprints accepted, 40 upper-case hex digits */
	uint64_t priority;	   /* as apt's Pin-Priority; 0: as its Release file says */
};

struct archive {
	const char *name;		  /* "debian13"; "debian13, pgdg" */
	struct LIST(struct suite) suites; /* each archive and codename once, but within one entry */
	struct strings mirrors;		  /* "ARCHIVE=URL"; may be empty */
};

/* "trixie", "trixie-updates" -> "debian"; "trixie-security", "buster/updates" -> "debian-security";
 * suites that are not Debian's -> NULL. */
const char *archive_of_suite(struct str codename);

/* Whether the archive has a suite of this codename; in `a` what to say if it has none. */
bool archive_has_suite(const struct archive *archive, const char *codename);
const char *archive_suites_hint(struct arena *a, const struct archive *archive,
				const char *codename);

#endif
