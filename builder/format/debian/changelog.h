/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_CHANGELOG_H
#define FORMAT_DEBIAN_CHANGELOG_H

/* Debian changelogs (deb-changelog(5)), as far as an upgrade is told by them. */

#include "base/str.h"

/* One line for each entry of `text` that is newer than version `from` and not newer than `to`:
 * "1.0-2 (trixie-security): what changed; what else". Newest first, as the file has them. What is
 * no changelog gives none. */
void changelog_between(struct arena *a, struct str text, const char *from, const char *to,
		       struct strings *out);

#endif
