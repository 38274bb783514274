/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_UNWRAP_H
#define INSPECT_IMAGE_UNWRAP_H

/* Image archives that are compressed as a whole (gzip, zstd, xz, bzip2), as people keep them and as
 * docker and podman load them. They are expanded by a child in a jail into a file without a name:
 * members are read at their places. */

#include "base/io.h"

/* Does it begin like one of these? */
bool unwrap_wanted(int fd, uint64_t size);

/* Most bytes that an archive of this size may expand to: 1 GiB, and 64 times its size beyond. */
uint64_t unwrap_budget(uint64_t size);

/* Expands `fd` into *out, to be closed by the caller in any case. More than `budget` bytes are
 * ERR_INPUT, as is what is damaged. */
MUST_CHECK bool unwrap_archive(int fd, uint64_t size, uint64_t budget, const char *name, int *out,
			       uint64_t *out_size, struct error *e);

#endif
