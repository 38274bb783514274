/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUILD_DEPENDS_H
#define BUILD_DEPENDS_H

/* Does the image hold what its packages depend on? Counted are Pre-Depends and Depends of every package
 * of which a file is in the finished image, its bases included. A group is met by any package that is
 * there and has or provides one of its names. It needs no word either when a package that would meet it
 *
 *	is Essential, or a tool of maintainer scripts alone (input/resolve/taken.h): neither has a place here;
 *	publishes shared libraries (control.tar has shlibs or symbols): the closure takes those that ELF
 *	files need, and the others nobody loads - unless a program of the package that depends on it
 *	spells the name of such a library, to open it itself;
 *	has documents alone: what it depends on counts in its place.
 *
 * A package of which the closure took some libraries is looked at in the same way: those it opens itself
 * by name (libsoftokn3.so of libnss3) are no DT_NEEDED of anybody, and nor are its plug-ins (the coders of
 * ImageMagick), shared objects in folders of their own. */

#include "line/chain.h"

/* A dependency that nothing meets. */
struct depends_miss {
	const char *package;		/* what would meet it, and what `take` would name */
	const char *text;		/* the group: "node-undici (>= 5) | x" */
	const char *spelt;		/* what of it is opened by name, and by which file; or NULL */
	struct strings by;		/* packages that have it in their Depends */
	const struct recipe *recipe;	/* where to write something about it: ... */
	const struct component *component;	/* ... in this one; NULL: it has none */
};

struct depends_report {
	list_of(struct depends_miss) v;		/* sorted by package */
	list_of(const struct depends_accept *) unused;	/* of the last recipe of the chain: nothing to accept */
};

/* Checks the image of a chain's last stage. Opens candidates of which more has to be known than the lock
 * says. */
MUST_CHECK bool depends_check(struct arena *a, struct chain *c, struct depends_report *out,
			      struct error *e);

/* Says it as one warning, with the lines to write. */
void depends_warn(struct arena *a, struct progress *progress, const struct depends_report *r);

#endif
