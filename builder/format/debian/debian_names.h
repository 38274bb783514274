/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_DEBIAN_DEBIAN_NAMES_H
#define FORMAT_DEBIAN_DEBIAN_NAMES_H

/* What may stand for a name in an index or a lock. These texts become file names, URLs and
 * status.d entries, so each is checked where it comes in. */

#include "base/str.h"

/* ^[a-z0-9][a-z0-9+.-]+$, at most 128 bytes (Policy 5.6.7). */
bool name_is_package(struct str s);

/* One of the packages that Debian 13 marks as essential: others do not name them in Depends. */
bool name_is_essential(struct str s);

/* The packages with compiled locales: of C.UTF-8, and of all others. */
#define LOCALE_PACKAGE_C "libc-bin"
#define LOCALE_PACKAGE_ALL "locales-all"

/* Which of them has a locale, by its name ("de_DE.UTF-8") or that of its folder ("de_DE.utf8"). */
const char *name_locale_package(const char *locale);

/* A Debian architecture: ^[a-z0-9][a-z0-9-]*$, at most 32 bytes. */
bool name_is_architecture(struct str s);

/* ^(pool|dists)/[A-Za-z0-9+~:._/-]+$ without empty, "." and ".." components; some archives other
 * than Debian's keep their pool below dists/. */
bool name_is_pool_path(struct str s);

/* The path of a dependency of another language: as name_is_pool_path, below anything, with '!' and
 * '@' besides. */
bool name_is_dependency_path(struct str s);

/* One component of a path of a pool. */
bool name_is_file(struct str s);

#endif
