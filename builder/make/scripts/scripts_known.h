/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SCRIPTS_KNOWN_H
#define MAKE_SCRIPTS_SCRIPTS_KNOWN_H

/* Effects that were looked at, package by package. Private to make/scripts/scripts.c. */

#include "make/scripts/scripts_kinds.h"

/* Why an effect of this kind, of this package, need not happen in an image; NULL when nobody has
 * looked at it. A new kind of effect in a new version of a known package is not covered. */
const char *script_known(const char *package, enum script_kind kind);

/* What a command of unknown effect ("$hook") is in this package; KIND_UNKNOWN when nobody has
 * looked at it. */
enum script_kind script_known_command(const char *package, const char *command);

#endif
