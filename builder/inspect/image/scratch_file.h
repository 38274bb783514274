/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_SCRATCH_FILE_H
#define INSPECT_IMAGE_SCRATCH_FILE_H

/* Files without a name, for what does not fit memory. */

#include "base/io.h"

/* Makes one in $TMPDIR (else /tmp) if *fd is -1, to read and write. ERR_SYSTEM. */
MUST_CHECK bool scratch_open(int *fd, struct error *e);

/* Writes at a place of it. ERR_SYSTEM naming the folder, which may be full. */
MUST_CHECK bool scratch_write(int fd, struct str bytes, uint64_t at, struct error *e);

#endif
