/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_WIRE_H
#define FORMAT_ELF_ELF_WIRE_H

/* struct elf as bytes (base/wire.h), for a reader that runs in a jail. */

#include "base/wire.h"
#include "format/elf/elf.h"

/* Raised when the bytes change, or what they mean: they are kept in the store. */
#define ELF_WIRE_FORM 1

void elf_wire_put(struct buf *out, const struct elf *elf);

/* Everything is in w->a. What no ELF file could have said makes `w` bad. */
void elf_wire_get(struct wire *w, struct elf *out);

#endif
