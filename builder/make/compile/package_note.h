/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_PACKAGE_NOTE_H
#define MAKE_COMPILE_PACKAGE_NOTE_H

/* The package note (.note.package) that a linker stamps into programs, so that a program says what
 * it was built from wherever it is copied to: https://systemd.io/ELF_PACKAGE_METADATA/ */

#include "input/lock/lock.h"
#include "input/recipe/recipe.h"

/* The JSON of the note: type "deb" for what is published as a Debian package with a local suffix,
 * else "generic". In `a`. */
struct str note_text(struct arena *a, const struct lock *lock, const struct source_recipe *s);

/* The linker option that stamps it, as one argument for the compiler driver:
 * "-Wl,--package-metadata=%7B...". Percent-encoded (binutils 2.43 and later decode it): no comma,
 * quote or blank that make, configure, libtool or a response file could trip over. */
const char *note_option(struct arena *a, const struct lock *lock, const struct source_recipe *s);

#endif
