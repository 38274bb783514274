/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_CONTENT_SHELL_H
#define INSPECT_LAYERS_CONTENT_SHELL_H

/* Shells by what every build of them carries, whatever its name: the table of its commands. A
 * program that only speaks of shells, as a scanner or imgbuild itself does, has no such table. */

#include "base/str.h"

/* What these bytes of an ELF file are: "BusyBox", "toybox" (programs of many names), "bash", "a
 * POSIX shell", "a C shell"; or NULL. Static text. Linear in `elf`. */
const char *content_shell(struct str elf);

#endif
