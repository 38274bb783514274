/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SBOM_LICENCE_EXPRESSION_H
#define INSPECT_SBOM_LICENCE_EXPRESSION_H

/* From the names that Debian gives licences to SPDX expressions. What is on SPDX's list gets its id
 * there; all else becomes a reference ("LicenseRef-..."), which tells name and text. Nothing is
 * guessed: a file that merely points to a text of the GPL does not say "only" or "or later". */

#include "format/debian/copyright.h"

/* A licence that is not on SPDX's list. The same name and text give the same id in every document.
 */
struct licence_ref {
	const char *id, *name;
	struct str text; /* never empty */
};

struct licence_refs {
	struct licence_ref *v; /* sorted by id, each once */
	size_t n, cap;
	size_t bytes; /* of names and texts */
};

/* What does not fit into these bounds is told by one reference for all. */
#define LICENCE_REFS_MAX 20000
#define LICENCE_BYTES_MAX ((size_t)64 << 20)

/* One licence of a package. */
struct licence_term {
	const char *expression; /* "MIT", "LicenseRef-x-0123abcd", "MIT OR GPL-2.0-only" */
	const char *name;	/* as Debian writes it */
	bool listed;		/* the expression is one id of SPDX's list */
	bool compound;		/* it is more than one id */
	bool choice;		/* ... joined by OR */
};

/* Each expression once; all of them hold. */
struct licences LIST(struct licence_term);

/* The licences of a package by its copyright file, which need not live as long as the result does.
 * New references are added to `refs`. */
void licences_of(struct arena *a, const struct copyright *c, struct licence_refs *refs,
		 struct licences *out);

/* All of them as one expression, or NULL when there are none. */
const char *licences_expression(struct arena *a, const struct licences *l);

#endif
