/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LICENCE_H
#define AUDIT_LICENCE_H

/* The licences that a Debian copyright file names. */

#include "base/str.h"

/* Short names ("GPL-2+, MIT"), in the order of the text, each once: of the License fields of a
 * machine-readable file (DEP-5), else of the texts in /usr/share/common-licenses it points to. NULL
 * when it names none. */
const char *licence_names(struct arena *a, struct str copyright);

#endif
