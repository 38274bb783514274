/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_CONSTRAINT_H
#define INPUT_RESOLVE_CONSTRAINT_H

/* What a component's "version" asks for: terms separated by commas, all of which must hold.
 *
 *	>= 3.12         an operator of Debian relations (<< <= = >= >>) and a version
 *	3.12.*          this version or one below it: 3.12, 3.12.13, 3.12+dfsg, not 3.120,
 *not 3.12~rc1
 *
 * A term compares the parts that it has, each in Debian's order, and looks at no other part:
 *
 *	6.13            the upstream version: 1:6.13-2+deb13u4 meets "= 6.13"
 *	1:6.13          epoch and upstream version
 *	6.13-2          upstream version and revision: only the revision 2, not 2+deb13u4
 *	1:6.13-2        the whole version, as dpkg --compare-versions
 *	6.13-2.*        upstream version 6.13, and revision 2 or one below it: 2, 2+deb13u4, 2.1
 *
 * Debian's order puts '~' before the end: 13~rc1 meets "<< 13" and ">= 13~", not ">= 13" and not
 * "13.*". A native package has no revision; what Debian appends to its version (+debNuN, ~debNuN,
 * ~bpoN+N, +bN) counts as one: 13.8+deb13u6 meets "= 13.8", "<= 13.8" and "= 13.8+deb13u6". */

#include "format/debian/debversion.h"

/* Whether `version` meets `text` (NULL: anything does). 1, 0, or -1 with *e set (ERR_INPUT) for a
 * malformed text. */
MUST_CHECK int constraint_holds(const char *text, struct str version, struct error *e);

/* Whether the text can be understood: each of its terms, whatever holds. ERR_INPUT if not. */
MUST_CHECK bool constraint_check(const char *text, struct error *e);

#endif
