/* SPDX-License-Identifier: Apache-2.0 */
/* The section table: what linkers say of a file, and no loader looks at. */

#include "format/elf/elf_parts.h"

#include "format/elf/elf.h"

#define SHDR elf_pick(f, 40, 64)
#define SECTION_NAME_MAX 255

bool elf_section_table(const struct elf_file *f, struct str *table)
{
	uint64_t offset = elf_word(f, f->header, 32, 40);
	uint64_t count = elf_u16(f, f->header, elf_pick(f, 48, 60));
	struct str first;

	*table = (struct str){ f->bytes.p, 0 };
	if (offset == 0)
		return count == 0;
	if (elf_u16(f, f->header, elf_pick(f, 46, 58)) != SHDR)
		return false;
	if (count == 0) {
		if (!elf_slice(f->bytes, offset, SHDR, &first))
			return false;
		count = elf_word(f, first, 20, 32);
	}
	return elf_table(f->bytes, offset, count, SHDR, table);
}

static bool section_bytes(const struct elf_file *f, struct str table, size_t at, struct str *out)
{
	return elf_u32(f, table, at + 4) != SHT_NOBITS &&
	       elf_slice(f->bytes, elf_word(f, table, at + 16, at + 24),
			 elf_word(f, table, at + 20, at + 32), out);
}

/* The section with the names of all. Its number may be too large for the header (gABI 4.1,
 * e_shstrndx); section 0 has it then. */
static bool section_names(const struct elf_file *f, struct str table, struct str *out)
{
	uint64_t index = elf_u16(f, f->header, elf_pick(f, 50, 62));

	if (index == SHN_XINDEX)
		index = elf_u32(f, table, elf_pick(f, 24, 40));
	return index < table.n / SHDR && section_bytes(f, table, (size_t)index * SHDR, out);
}

bool elf_section(const struct elf_file *f, const char *name, struct str *out)
{
	struct str table, names, found;

	if (!elf_section_table(f, &table) || table.n == 0 || !section_names(f, table, &names))
		return false;
	for (size_t at = 0; at < table.n; at += SHDR) {
		if (elf_string(names, elf_u32(f, table, at), SECTION_NAME_MAX, &found) &&
		    str_eq(found, str_of(name)))
			return section_bytes(f, table, at, out);
	}
	return false;
}

bool elf_find_section(struct str bytes, const char *name, struct str *out)
{
	AUTO_ARENA scratch = { 0 };
	struct error ignored = { .kind = ERR_NONE };
	struct elf_file f;

	return elf_open(&scratch, bytes, &f, &ignored) && elf_section(&f, name, out);
}
