/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_ELF_ELF_PARTS_H
#define FORMAT_ELF_ELF_PARTS_H

/* The steps in which a file becomes a struct elf, each in the file of its part. Private to
 * format/elf. */

#include "format/elf/elf_bytes.h"
#include "format/elf/elf_types.h"

/* Checks identification, header and program headers. */
MUST_CHECK bool elf_open(struct arena *a, struct str bytes, struct elf_file *f, struct error *e);

/* Finds the dynamic section and its string table; without PT_DYNAMIC both stay empty. */
MUST_CHECK bool elf_open_dynamic(struct elf_file *f, struct error *e);

/* The value of the last entry with this tag. */
struct elf_value elf_dynamic_value(const struct elf_file *f, uint64_t tag);

/* The parts of struct elf: see elf_dynamic.c, elf_version.c, elf_note.c. */
MUST_CHECK bool elf_read_dynamic(struct arena *a, const struct elf_file *f, struct elf *out,
				 struct error *e);
MUST_CHECK bool elf_read_versions(struct arena *a, const struct elf_file *f, struct elf *out,
				  struct error *e);
void elf_read_notes(struct arena *a, const struct elf_file *f, struct elf *out);

/* The section table: false if it lies. Its count may be too large for the header (gABI 4.1,
 * e_shnum); section 0 has it then. */
MUST_CHECK bool elf_section_table(const struct elf_file *f, struct str *table);

/* The bytes of the first section of this name; false: there is none, or the table lies. */
MUST_CHECK bool elf_section(const struct elf_file *f, const char *name, struct str *out);

/* Does it ask for dlopen() or dlmopen()? A symbol table that is malformed asks for nothing. */
bool elf_opens(const struct elf_file *f);

#endif
