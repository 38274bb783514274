/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SOURCE_UNPACK_H
#define MAKE_COMPILE_SOURCE_UNPACK_H

#include "make/compile/source_run.h"

/* What comes before a recipe's own steps: the source's archives in /sources are unpacked into
 * /build/src, Debian's patches and the recipe's own applied (dpkg-source(1)), all files given one
 * time; or its dependencies are unpacked. ERR_INPUT as a step that fails. */
MUST_CHECK bool source_unpack(const struct source_run *r, struct error *e);

#endif
