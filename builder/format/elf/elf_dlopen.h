/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_DLOPEN_H
#define FORMAT_ELF_ELF_DLOPEN_H

/* Libraries that a file opens while it runs, as its .note.dlopen notes say (UAPI group, "ELF
 * dlopen metadata"): DT_NEEDED does not have them. */

#include "format/elf/elf_types.h"

/* Reads all such notes among elf->notes; elf_read() has done it (elf->dlopens). ERR_INPUT if one is
 * no JSON of that form: `out` has those before it. Keys that are not known are skipped, as the
 * specification asks for. */
MUST_CHECK bool elf_read_dlopens(struct arena *a, const struct elf *elf, struct elf_dlopens *out,
				 struct error *e);

/* "required", "recommended", "suggested". */
const char *elf_dlopen_priority_name(enum elf_dlopen_priority p);

#endif
