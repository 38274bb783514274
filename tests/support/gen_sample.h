/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GEN_SAMPLE_H
#define SUPPORT_GEN_SAMPLE_H

/* What the tests of compressors compress. */

#include "base/io.h"

/* `n` bytes that compress about as programs do, always the same. */
struct str sample_of(struct arena *a, size_t n);

/* Writes `bytes` in pieces of `piece` bytes and finishes. */
void sample_write(struct sink *to, struct str bytes, size_t piece);

#endif
