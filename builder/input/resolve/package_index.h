/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PACKAGE_INDEX_H
#define INPUT_RESOLVE_PACKAGE_INDEX_H

/* The packages that the suites of an archive offer: what Packages and Sources say, checked, with
 * one candidate for each binary package, chosen as apt does: the highest priority of its suite,
 * then the highest version, then the order of suites (apt_preferences(5)). Slices point into the
 * index texts, which must outlive the index. */

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
	size_t number;			  /* place of its name in `packages` */
	const struct locked_package *pin; /* stands for this package of a lock; else NULL */
	const struct index_package
		*same; /* of a pin: the archive's stanza of these bytes, if it has one */
};

/* `by` provides the virtual package `name`; an empty version satisfies no versioned relation. */
struct index_provide {
	struct str name, version;
	const struct index_package *by;
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

struct index_suite {
	const struct suite *suite;
	unsigned priority;
};

struct index_packages LIST(struct index_package *);

struct index_provides LIST(struct index_provide);

struct index {
	struct arena *a;
	const char *arch;
	struct LIST(struct index_suite) suites;
	struct index_packages versions; /* all, sorted by name, the candidate of apt first */
	struct index_packages packages; /* the candidates, sorted by name */
	struct index_provides offers;	/* of all versions */
	struct index_provides provides; /* of candidates, sorted by name, then by preference */
	struct LIST(struct index_source *) sources;
};

/* Adds the stanzas of a Packages text. `file` names it in messages. ERR_INPUT with its line for
 * anything malformed: names, versions, architectures, paths, sizes, digests. Packages of other
 * architectures than `arch` and "all" are errors. */
MUST_CHECK bool index_add_packages(struct index *x, const struct suite *suite, struct str text,
				   const char *file, struct error *e);

/* Adds those stanzas of a Sources text whose package is one of `names`. */
MUST_CHECK bool index_add_sources(struct index *x, const struct suite *suite,
				  const struct strings *names, struct str text, const char *file,
				  struct error *e);

/* Gives the packages of a suite that are added from now on a priority; without it they have 500. */
void index_prioritise(struct index *x, const struct suite *suite, unsigned priority);
unsigned index_priority(const struct index *x, const struct suite *suite);

/* Makes this package of a lock the candidate of its name, whether the archive still has it or not.
 * It is of `suite`, and is borrowed. One of an image has no state, no
 * file, and no dependencies: that what it needs is there is for its makers to see to. Relations
 * that its lock does not know (format 1) are those of the newest version. To be called after all
 * packages are in and before index_finish(). */
void index_add_pin(struct index *x, const struct suite *suite, const struct locked_package *p);

/* Whether it stands for what an image of others has: there is nothing to fetch, nothing to lock. */
bool index_is_of_image(const struct index_package *p);

/* Instead of index_finish(): keeps every version, for index_version(). */
void index_sort(struct index *x);

/* The package of this name and version, or NULL. After index_sort(). */
const struct index_package *index_version(const struct index *x, const char *name,
					  const char *version);

/* Chooses candidates and makes the index searchable, once, after all packages are in. ERR_INPUT
 * when one suite has the same package and version twice with different bytes. */
MUST_CHECK bool index_finish(struct index *x, struct error *e);

/* The candidate of this name, or NULL. */
const struct index_package *index_candidate(const struct index *x, struct str name);

/* All versions of this name, the candidate of apt first, in *n entries. */
struct index_package *const *index_versions(const struct index *x, struct str name, size_t *n);

/* Makes another version of its name the candidate, after index_finish(); gives the one before. */
struct index_package *index_choose(struct index *x, struct index_package *p);

/* Who provides the virtual package `name`: the first of *n entries, best first. */
const struct index_provide *index_providers(const struct index *x, struct str name, size_t *n);

/* The same of all versions, not only of the candidates. */
const struct index_provide *index_offers(const struct index *x, struct str name, size_t *n);

/* Versions of a source package, by priority, then highest first, in *n entries (after
 * index_finish_sources). */
void index_finish_sources(struct index *x);
const struct index_source *const *index_source_versions(const struct index *x, const char *name,
							size_t *n);

/* Which fields of a stanza the functions above read: what a shorter copy of an index must keep. */
extern const char *const index_package_fields[]; /* ends with NULL */
extern const char *const index_source_fields[];

#endif
