/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_DLOPEN_H
#define FORMAT_ELF_ELF_DLOPEN_H

/* Libraries that a file opens while it runs, as its .note.dlopen notes say (UAPI group, "ELF
 * dlopen metadata"): DT_NEEDED does not have them. */

#include "format/elf/elf.h"

enum elf_dlopen_priority { ELF_DLOPEN_SUGGESTED, ELF_DLOPEN_RECOMMENDED, ELF_DLOPEN_REQUIRED };

struct elf_dlopen {
	const char *feature;		/* "lz4"; or NULL */
	const char *description;	/* or NULL */
	enum elf_dlopen_priority priority;
	struct strings sonames;		/* any one of them will do, the first best */
};

struct elf_dlopens {
	list_of(struct elf_dlopen) v;	/* in order of the notes */
};

/* Reads all such notes of a file. ERR_INPUT if one is no JSON of that form; the caller names the
 * file. Keys that are not known are skipped, as the specification asks for. */
MUST_CHECK bool elf_read_dlopens(struct arena *a, const struct elf *elf, struct elf_dlopens *out,
				 struct error *e);

#endif
