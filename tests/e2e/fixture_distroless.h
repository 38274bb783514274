/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_DISTROLESS_H
#define E2E_FIXTURE_DISTROLESS_H

/* An image as the makers of distroless build theirs, with the files of one of ours. */

#include "support/fixture_oracle.h"

/* Makes the layout `out` of the files of the layout `from`, in another way: a layer for each
 * package and one for the rest, GNU tar, by turns not compressed, gzip and zstd; a file of the
 * first layer is hidden by an opaque folder of the last one; the CA bundle has mode 0555. Written
 * by Python. */
void distroless_make(struct arena *a, const char *from, const char *out);

/* The same, and the CA bundle keeps its mode: all files are as they were. */
void distroless_make_alike(struct arena *a, const char *from, const char *out);

#endif
