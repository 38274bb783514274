/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_MACHINE_H
#define FORMAT_ELF_ELF_MACHINE_H

/* Which machine a file is for. */

#include "format/elf/elf_types.h"
#include "format/machine/machine.h"

/* The machine that runs a file, or NULL; of several that take an unmarked one the first. */
const struct machine *machine_of_elf(const struct elf *elf);

/* Can both be parts of one process? Class, byte order, machine and calling convention agree. */
bool elf_same_machine(const struct elf *a, const struct elf *b);

#endif
