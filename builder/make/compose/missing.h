/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUILD_MISSING_H
#define BUILD_MISSING_H

/* Libraries that files of an image need and the loader would not find: all of them at once, each with the
 * package of the lock that has it, where one has, and with the lines that bring it. */

#include "make/compose/compose.h"

struct missing_library {
	const char *soname;		/* or the absolute path of an interpreter */
	const char *file;		/* the first that needs it */
	const char *chain;		/* the way to it: "usr/bin/a > usr/lib/b.so > c.so" */
	const char *why;		/* what the loader met, "not found" */
	size_t more;			/* other files that need it */
	bool no_links;			/* merged /usr has no links: base-files is missing */
	const struct deb *has;		/* a package of the lock that has it elsewhere, or NULL */
	bool chosen;			/* `has` is named by a component, it did not only come along */
	const char *link, *target;	/* the alternative that leads to it, with ${multiarch}; NULL with has */
	const char *entry;		/* the path in `has` */
	const struct component *component;	/* that should have the lines; NULL: there is none */
};

/* What the composition's closure misses. */
void missing_find(struct arena *a, const struct composition *c, struct missing *out);

/* Tells all of them as one warning; ERR_INPUT naming them when there are any. */
MUST_CHECK bool missing_refuse(struct arena *a, const struct composition *c, const struct missing *m,
			       struct error *e);

/* A path with the platform's own words as variables, so that it holds for every platform. */
const char *missing_variable_path(struct arena *a, const struct platform *p, const char *path);

#endif
