/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCK_WANTS_H
#define INPUT_LOCK_LOCK_WANTS_H

/* From a lock to downloads. */

#include "input/lock/lock_order.h"

/* Has every package and source file of the lock that plays one of `roles` (NULL: all of them) in
 * the store. Of the order counts where from and how. With `gone` what no mirror has any more is no
 * error but named there. Errors as fetch_wants, naming the package. */
MUST_CHECK bool lock_fetch(struct arena *a, const struct lock_order *o, const struct lock *lock,
			   const struct strings *roles, struct strings *gone, struct error *e);

/* What asks lock_fetch() for the files of a source, and for none of the packages that compile it.
 */
const char *lock_files_role(struct arena *a, const char *source);

/* The same for some packages, which may be of several locks. */
struct package_wanted {
	const struct locked_package *package;
	const struct lock_order *order; /* for its lock; those of one call differ in mirrors and in
					   who is told alone */
	bool guessed; /* without it nothing is lost if no mirror has it, or offline: then it is
			 neither an error nor in `gone` */
	bool first;   /* fetched before those that are not */
};
struct packages_wanted LIST(struct package_wanted);
MUST_CHECK bool lock_fetch_packages(struct arena *a, const struct packages_wanted *packages,
				    struct strings *gone, struct error *e);

/* Adds the names of those packages and sources of a lock that `gone` has. */
void lock_named(struct arena *a, const struct lock *lock, const struct strings *gone,
		struct strings *out);

/* Whether it is a file that is taken as it is ("download" in a recipe): nothing is compiled. */
bool locked_source_is_download(const struct locked_source *s);

#endif
