/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_SCRATCH_H
#define INSPECT_IMAGE_SCRATCH_H

/* Files without a name, for what does not fit memory. */

#include "base/error.h"

/* Makes one in $TMPDIR (else /tmp) if *fd is -1, to read and write. ERR_SYSTEM. */
MUST_CHECK bool scratch_open(int *fd, struct error *e);

#endif
