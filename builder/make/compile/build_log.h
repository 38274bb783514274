/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_BUILD_LOG_H
#define MAKE_COMPILE_BUILD_LOG_H

#include "base/arena.h"
#include "base/str.h"

/* The end of a log, at most 256 KiB, in `a`; nothing where it cannot be read. */
struct str build_log_end(struct arena *a, const char *path);

#endif
