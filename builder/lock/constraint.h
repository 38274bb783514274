/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOCK_CONSTRAINT_H
#define LOCK_CONSTRAINT_H

/* What a component's "version" asks for: terms separated by commas, all of which must hold.
 *
 *	>= 3.12         an operator of Debian relations and a version
 *	3.12.*          this version or one below it: 3.12, 3.12.0, 3.12.13, not 3.120
 *	= 6.13          one version
 *
 * A term without revision ("6.13", no '-') speaks of the upstream version, so 6.13-2+deb13u4 meets
 * "= 6.13"; one with a revision speaks of the whole version. */

#include "format/debversion.h"

/* Whether `version` meets `text` (NULL: anything does). 1, 0, or -1 with *e set (ERR_INPUT) for a
 * malformed text. */
MUST_CHECK int constraint_holds(const char *text, struct str version, struct error *e);

/* Whether the text can be understood: each of its terms, whatever holds. ERR_INPUT if not. */
MUST_CHECK bool constraint_check(const char *text, struct error *e);

#endif
