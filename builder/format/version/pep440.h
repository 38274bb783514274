/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_VERSION_PEP440_H
#define FORMAT_VERSION_PEP440_H

/* Versions of Python's packages: PEP 440 ("Version Identification"), with the spellings that its
 * "Normalization" allows. */

#include "base/str.h"

/* Whether `v` is a version by PEP 440. */
bool pep440_valid(struct str v);

/* As version_compare. What is no version is before all that are, by its bytes. */
int pep440_compare(struct str a, struct str b);

#endif
