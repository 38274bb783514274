/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PACKAGE_INDEX_H
#define INPUT_RESOLVE_PACKAGE_INDEX_H

/* The packages that the suites of an archive offer: what Packages and Sources say, checked, with
 * one candidate for each binary package, chosen as apt does: the highest priority of its suite,
 * then the highest version, then the order of suites (apt_preferences(5)).
 *
 * An index is read where it is asked: each name is looked up in the kept indexes (kept_index.h) of
 * all suites when it is met for the first time. What is wrong with a record shows then: there is no
 * such package, and index_sound() says why. */

#include "input/resolve/index_entries.h"
#include "input/resolve/kept_index.h"

/* `by` provides the virtual package `name`; an empty version satisfies no versioned relation. */
struct index_provide {
	struct str name, version;
	const struct index_package *by;
};

struct index_suite {
	const struct suite *suite;
	unsigned priority;
};

/* The Packages index of a suite. */
struct index_listing {
	const struct suite *suite;
	unsigned priority;
	const struct kept_index *kept;
};

struct index_packages LIST(struct index_package *);

struct index_provides LIST(struct index_provide);

struct index_memory; /* what was looked up */

struct index {
	struct arena *a;
	const char *arch;
	struct LIST(struct index_suite) suites;
	struct LIST(struct index_listing) listings;
	struct index_packages pins;
	struct index_memory *memory; /* from index_finish() on */
	struct LIST(struct index_source *) sources;
};

/* Adds a kept Packages index for the index's architecture, which is borrowed. */
void index_add_packages(struct index *x, const struct suite *suite, const struct kept_index *kept);

/* Adds those entries of a kept Sources index whose package is one of `names`. `file` names it in
 * messages. ERR_INPUT with its line for anything malformed in them. */
MUST_CHECK bool index_add_sources(struct index *x, const struct suite *suite,
				  const struct strings *names, const struct kept_index *kept,
				  const char *file, struct error *e);

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

/* The package of this name and version, or NULL. */
const struct index_package *index_version(const struct index *x, const char *name,
					  const char *version);

/* Makes the index searchable, once, after all packages and pins are in. ERR_INPUT as index_sound()
 * about what is pinned. */
MUST_CHECK bool index_finish(struct index *x, struct error *e);

/* Whether all that was looked up so far was good: to be asked before an answer that hangs on it is
 * used. Otherwise *e is the first fault: a record that is malformed, ERR_INPUT when one suite has
 * the same package and version twice with different bytes. An error that *e has gives way to it. */
MUST_CHECK bool index_sound(const struct index *x, struct error *e);

/* The candidate of this name, or NULL. */
const struct index_package *index_candidate(const struct index *x, struct str name);

/* All versions of this name, the candidate of apt first, in *n entries. */
struct index_package *const *index_versions(const struct index *x, struct str name, size_t *n);

/* Makes another version of its name the candidate, after index_finish(); gives the one before. */
struct index_package *index_choose(struct index *x, struct index_package *p);

/* The candidate of the name of `p`. */
struct index_package *index_chosen(const struct index *x, const struct index_package *p);

/* All names of packages that begin with `prefix`, sorted. */
void index_names(struct arena *a, const struct index *x, struct str prefix, struct strings *out);

/* Who provides the virtual package `name`: the first of *n entries, best first. */
const struct index_provide *index_providers(const struct index *x, struct str name, size_t *n);

/* The same of all versions, not only of the candidates. */
const struct index_provide *index_offers(const struct index *x, struct str name, size_t *n);

/* Versions of a source package, by priority, then highest first, in *n entries (after
 * index_finish_sources). */
void index_finish_sources(struct index *x);
const struct index_source *const *index_source_versions(const struct index *x, const char *name,
							size_t *n);

/* Numbers that belong to packages, or rather to their names: all are 0 at first. */
struct index_marks LIST(size_t);

/* The place of the number of `p`, until the next call. */
size_t *index_mark(struct arena *a, struct index_marks *m, const struct index_package *p);
size_t index_marked(const struct index_marks *m, const struct index_package *p);

#endif
