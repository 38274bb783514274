/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPM_WORDS_H
#define FORMAT_TEXT_NPM_WORDS_H

/* What lock files of Node.js have in common, whoever writes them: names, versions, places and
 * digests of packages. */

#include "base/content_digest.h"

#define NPM_MODULES "node_modules"

/* "a", "tsc": what a command may be called. */
bool npm_is_command(const char *name);

/* "c" or "@a/c"; and "1.2.3-rc.1". Both become parts of paths and of addresses. */
bool npm_is_name(const char *name);
bool npm_is_version(const char *version);

/* A path below the folder of the lock file, written as npm does. */
bool npm_is_place(struct arena *a, const char *text);

/* "@a/b/-/b-1.2.3.tgz": the file of a package, as registries name it. */
const char *npm_file_name(struct arena *a, const char *name, const char *version);

/* What is wrong with "sha512-... sha1-...", as "integrity" has it (NULL: it is not there), after
 * the package's name and version; NULL: nothing, and `out` is the SHA-512. Of several digests the
 * strongest counts; what is weaker than SHA-512 proves too little. `writer`: "let npm". */
const char *npm_sha512_of(struct arena *a, const char *integrity, const char *writer,
			  struct content_digest *out);

#endif
