/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_PEP440_SPECIFIERS_H
#define FORMAT_VERSION_PEP440_SPECIFIERS_H

/* Which versions of Python's packages are wanted: PEP 440 ("Version specifiers"), ">=3, !=3.2.*".
 */

#include "base/str.h"

/* Whether all of the specifiers, divided by commas, take the version; pre-releases count as others.
 * What is malformed takes any. */
bool pep440_fits(struct str version, struct str specifiers);

#endif
