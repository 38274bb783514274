/* SPDX-License-Identifier: Apache-2.0 */
/* Files to rows of the table of machines. */

#include "format/elf/elf_machine.h"

#include <elf.h>

const struct machine *machine_of_elf(const struct elf *elf)
{
	const struct machine *taking = NULL;

	for (size_t i = 0; i < machine_rows_n; i++) {
		const struct machine *m = &machine_rows[i];

		if (m->elf != elf->machine || m->is64 != elf->is64 ||
		    m->big_endian != elf->big_endian)
			continue;
		if ((elf->flags & m->mask) == m->value)
			return m;
		if ((elf->flags & m->mask) == 0 && m->unmarked && !taking)
			taking = m;
	}
	return taking;
}

/* The bits of e_flags that tell calling conventions apart. */
static uint32_t machine_abi(const struct elf *elf)
{
	for (size_t i = 0; i < machine_rows_n; i++) {
		if (machine_rows[i].elf == elf->machine && machine_rows[i].is64 == elf->is64)
			return elf->flags & machine_rows[i].mask;
	}
	return 0;
}

bool elf_same_machine(const struct elf *a, const struct elf *b)
{
	return a->is64 == b->is64 && a->big_endian == b->big_endian && a->machine == b->machine &&
	       machine_abi(a) == machine_abi(b);
}
