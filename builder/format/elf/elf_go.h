/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_GO_H
#define FORMAT_ELF_ELF_GO_H

/* What Go's linker notes in every program: its own version, and the modules that are in it
 * (debug/buildinfo, runtime/debug.BuildInfo). Both forms are read: that of Go 1.18 and later, with
 * the texts behind the mark, and the older one with pointers to them. */

#include "base/str.h"

struct elf_go {
	struct str version; /* "go1.24.4" */
	struct str modules; /* lines "dep\tMODULE\tVERSION\tSUM"; empty: built without modules */
};

/* Both are slices of `bytes`; false: Go's linker did not make it, or it was cut. The mark is looked
 * for where debug/buildinfo does: in the section .go.buildinfo, or else in the first segment that
 * is writable. */
MUST_CHECK bool elf_go_info(struct str bytes, struct elf_go *out);

/* Whether code of Go is in it: every program has the table of its functions, also one that was told
 * to note neither modules nor an identity (esbuild). */
bool elf_go_has_code(struct str bytes);

#endif
