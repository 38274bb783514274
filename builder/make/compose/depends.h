/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPOSE_DEPENDS_H
#define MAKE_COMPOSE_DEPENDS_H

/* Does the image hold what its packages depend on? Counted are Pre-Depends and Depends of every
 * package of which a file is in the finished image, its bases included. A group is met by any
 * package that is there and has or provides one of its names, in the version that is asked for. It
 * needs no word either when a package that would meet it
 *
 * - is Essential, or a tool of maintainer scripts alone (input/resolve/taken_depends.h): no place
 *   here;
 * - publishes shared libraries (control.tar has shlibs or symbols): the closure takes those that
 *   ELF files need, and the others nobody loads - unless a program of the package that depends on
 *   it spells the name of such a library, to open it itself, or a link of that package leads into
 *   it;
 * - has documents alone: what it depends on counts in its place.
 *
 * A package of which the closure took some libraries is looked at in the same way: those it opens
 * itself by name (libsoftokn3.so of libnss3) are not DT_NEEDED of anybody, and nor are its plug-ins
 * (the coders of ImageMagick), shared objects in folders of their own; or data in a folder that
 * they name (/usr/share/grpc of libgrpc29t64). */

#include "base/progress.h"
#include "make/compose/composition.h"
#include "make/compose/depends_report.h"

/* Checks the image that the last of them is. Opens candidates of which more has to be known than
 * the lock says. */
MUST_CHECK bool depends_check(struct arena *a, const struct compositions *all,
			      struct depends_report *out, struct error *e);

/* Says it as one warning, with the lines to write. */
void depends_warn(struct arena *a, struct progress *progress, const struct depends_report *r);

#endif
