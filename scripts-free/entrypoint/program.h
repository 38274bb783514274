/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_PROGRAM_H
#define ENTRYPOINT_PROGRAM_H

/* What the kernel needs to start a program, looked at before anybody tries: the file itself, the
 * interpreter of a script, the loader of an ELF program. */

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

/* Can the program `path` be started? If not, appends the reason to `why`, to be read after the
 * name: "is not in this image: ...", "is a script for /bin/sh, ...". */
bool program_starts(const char *path, struct text *why);

/* The loader that the ELF file `path` asks for. False if it asks for none. */
bool program_loader(const char *path, char *loader, size_t cap);

#endif
