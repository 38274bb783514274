/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ARCHIVE_GO_HASH_H
#define FORMAT_ARCHIVE_GO_HASH_H

/* Go's hash "h1:" of files (golang.org/x/mod/sumdb/dirhash, Hash1): SHA-256 of a list with a line
 * "SHA-256 of the file, two blanks, name" for each, in the order of their names. */

#include "base/digest.h"
#include "format/archive/zip.h"

/* Of all that a zip archive holds. ERR_INPUT for what is damaged or has too much in it,
 * ERR_SYSTEM. */
MUST_CHECK bool go_hash_zip(const struct zip *z, struct digest *out, struct error *e);

/* Of one file under this name. ERR_SYSTEM. */
MUST_CHECK bool go_hash_file(int fd, const char *name, struct digest *out, struct error *e);

#endif
