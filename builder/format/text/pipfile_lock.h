/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_PIPFILE_LOCK_H
#define FORMAT_TEXT_PIPFILE_LOCK_H

/* Pipfile.lock (pipenv.pypa.io), pipfile-spec 6: versions and hashes of each package, as a
 * requirements file has them. */

#include "format/text/requirements.h"

/* Reads the packages of the section "default", and the index that they name. ERR_INPUT at the
 * value: malformed, another form, no version or hash, a package from version control, a folder or a
 * file. */
MUST_CHECK bool pipfile_lock_read(struct arena *a, struct str text, const char *file,
				  struct requirements *out, struct error *e);

#endif
