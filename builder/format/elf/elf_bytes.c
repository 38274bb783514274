/* SPDX-License-Identifier: Apache-2.0 */
/* Checked access to the bytes of an ELF file: slices, numbers, strings, addresses. Knows segments
 * as ranges of addresses; what the bytes mean is the business of its neighbours. */

#include "format/elf/elf_bytes.h"

#include <assert.h>
#include <endian.h>
#include <sys/param.h>

bool elf_slice(struct str from, uint64_t offset, uint64_t length, struct str *out)
{
	uint64_t end;

	if (__builtin_add_overflow(offset, length, &end) || end > from.n)
		return false;
	*out = (struct str){ from.p + offset, (size_t)length };
	return true;
}

bool elf_table(struct str from, uint64_t offset, uint64_t count, uint64_t size, struct str *out)
{
	uint64_t length;

	return !__builtin_mul_overflow(count, size, &length) &&
	       elf_slice(from, offset, length, out);
}

static const char *elf_bytes_at(struct str s, size_t at, size_t width)
{
	assert(at <= s.n && width <= s.n - at);
	return s.p + at;
}

uint16_t elf_u16(const struct elf_file *f, struct str s, size_t at)
{
	uint16_t v;

	memcpy(&v, elf_bytes_at(s, at, sizeof(v)), sizeof(v));
	return f->big_endian ? be16toh(v) : le16toh(v);
}

uint32_t elf_u32(const struct elf_file *f, struct str s, size_t at)
{
	uint32_t v;

	memcpy(&v, elf_bytes_at(s, at, sizeof(v)), sizeof(v));
	return f->big_endian ? be32toh(v) : le32toh(v);
}

uint64_t elf_u64(const struct elf_file *f, struct str s, size_t at)
{
	uint64_t v;

	memcpy(&v, elf_bytes_at(s, at, sizeof(v)), sizeof(v));
	return f->big_endian ? be64toh(v) : le64toh(v);
}

uint64_t elf_word(const struct elf_file *f, struct str s, size_t at32, size_t at64)
{
	return f->is64 ? elf_u64(f, s, at64) : elf_u32(f, s, at32);
}

size_t elf_pick(const struct elf_file *f, size_t a, size_t b)
{
	return f->is64 ? b : a;
}

bool elf_string(struct str table, uint64_t offset, size_t max, struct str *out)
{
	size_t left, n;

	if (offset >= table.n)
		return false;
	left = table.n - (size_t)offset;
	n = strnlen(table.p + offset, MIN(left, max + 1));
	if (n == left || n > max)
		return false;
	*out = (struct str){ table.p + offset, n };
	return true;
}

struct elf_names elf_names_of(struct arena *a, struct str file, struct str table)
{
	return (struct elf_names){ a, table, ELF_NAMES_TIMES * (uint64_t)file.n };
}

bool elf_names_take(struct elf_names *n, uint64_t offset, size_t max, const char **out)
{
	struct str s;

	if (!elf_string(n->table, offset, max, &s) || s.n > n->left)
		return false;
	n->left -= s.n;
	*out = str_dup(n->a, s);
	return true;
}

bool elf_mapped(const struct elf_file *f, uint64_t address, struct str *out)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];
		uint64_t into = address - s->vaddr;

		if (s->type != PT_LOAD || address < s->vaddr || into >= s->filesz)
			continue;
		return elf_slice(f->bytes, s->offset + into, s->filesz - into, out);
	}
	return false;
}
