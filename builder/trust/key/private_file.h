/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRUST_KEY_PRIVATE_FILE_H
#define TRUST_KEY_PRIVATE_FILE_H

/* Files that hold a secret. */

#include "base/io.h"

/* Reads a file of at most `max` bytes that belongs to the user and that nobody else may read or
 * write. ERR_SYSTEM if it is not so, ERR_INPUT if it is not there or too large. */
MUST_CHECK bool private_file_read(struct arena *a, const char *path, size_t max, struct str *out,
				  struct error *e);

/* Overwrites a secret that is not needed any more. */
void private_file_wipe(struct str secret);

#endif
