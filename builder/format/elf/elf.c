/* SPDX-License-Identifier: Apache-2.0 */
/* ELF identification, header and program headers, and struct elf put together from its parts.
 * Knows what the kernel and the loader look at before they come to the dynamic section. */

#include "format/elf/elf.h"

#include "format/elf/elf_dlopen.h"
#include "format/elf/elf_parts.h"

/* Sizes of the structures in 32-bit and 64-bit files. */
#define EHDR elf_pick(f, 52, 64)
#define PHDR elf_pick(f, 32, 56)
#define SHDR elf_pick(f, 40, 64)

bool elf_is(struct str bytes)
{
	return bytes.n >= SELFMAG && memcmp(bytes.p, ELFMAG, SELFMAG) == 0;
}

static bool check_ident(struct elf_file *f, struct error *e)
{
	const unsigned char *ident = (const unsigned char *)f->bytes.p;

	if (!elf_is(f->bytes) || f->bytes.n < EI_NIDENT)
		return err_set(e, ERR_INPUT, "not an ELF file");
	if (ident[EI_CLASS] != ELFCLASS32 && ident[EI_CLASS] != ELFCLASS64)
		return err_set(e, ERR_INPUT, "ELF class %u is neither 32 nor 64 bits",
			       ident[EI_CLASS]);
	if (ident[EI_DATA] != ELFDATA2LSB && ident[EI_DATA] != ELFDATA2MSB)
		return err_set(e, ERR_INPUT, "ELF byte order %u is unknown", ident[EI_DATA]);
	if (ident[EI_VERSION] != EV_CURRENT)
		return err_set(e, ERR_INPUT, "ELF version %u is unknown", ident[EI_VERSION]);
	f->is64 = ident[EI_CLASS] == ELFCLASS64;
	f->big_endian = ident[EI_DATA] == ELFDATA2MSB;
	if (!elf_slice(f->bytes, 0, EHDR, &f->header))
		return err_set(e, ERR_INPUT, "the ELF header is cut off");
	return true;
}

/* With PN_XNUM the count of program headers did not fit; section 0 has it in sh_info. */
static bool segment_count(const struct elf_file *f, uint64_t *count, struct error *e)
{
	uint64_t shoff = elf_word(f, f->header, 32, 40);
	struct str first;

	*count = elf_u16(f, f->header, elf_pick(f, 44, 56));
	if (*count == PN_XNUM) {
		if (shoff == 0 || !elf_slice(f->bytes, shoff, SHDR, &first))
			return err_set(e, ERR_INPUT, "the number of program headers is nowhere");
		*count = elf_u32(f, first, elf_pick(f, 28, 44));
	}
	if (*count > ELF_SEGMENTS_MAX)
		return err_set(e, ERR_INPUT, "%llu program headers; at most %d are read",
			       (unsigned long long)*count, ELF_SEGMENTS_MAX);
	return true;
}

static struct elf_segment elf_read_segment(const struct elf_file *f, struct str table, size_t at)
{
	return (struct elf_segment){
		.type = elf_u32(f, table, at),
		.flags = elf_u32(f, table, at + elf_pick(f, 24, 4)),
		.offset = elf_word(f, table, at + 4, at + 8),
		.vaddr = elf_word(f, table, at + 8, at + 16),
		.filesz = elf_word(f, table, at + 16, at + 32),
		.memsz = elf_word(f, table, at + 20, at + 40),
		.align = elf_word(f, table, at + 28, at + 48),
	};
}

static bool read_segments(struct arena *a, struct elf_file *f, struct error *e)
{
	uint64_t offset = elf_word(f, f->header, 28, 32), count;
	struct str table, unused;

	if (!segment_count(f, &count, e))
		return false;
	if (count == 0)
		return true;
	if (elf_u16(f, f->header, elf_pick(f, 42, 54)) != PHDR)
		return err_set(e, ERR_INPUT, "program headers of an unknown size");
	if (!elf_table(f->bytes, offset, count, PHDR, &table))
		return err_set(e, ERR_INPUT, "the program headers are outside of the file");
	f->segments = arena_array(a, (size_t)count, sizeof(*f->segments));
	f->n_segments = (size_t)count;
	for (size_t i = 0; i < f->n_segments; i++) {
		struct elf_segment *s = &f->segments[i];

		*s = elf_read_segment(f, table, i * PHDR);
		if (s->type == PT_LOAD && !elf_slice(f->bytes, s->offset, s->filesz, &unused))
			return err_set(e, ERR_INPUT,
				       "program header %zu lies about the file, or it is cut off",
				       i);
	}
	return true;
}

static bool open_header(struct str bytes, struct elf_file *f, struct error *e)
{
	*f = (struct elf_file){ .bytes = bytes };
	if (!check_ident(f, e))
		return false;
	return elf_u32(f, f->header, 20) == EV_CURRENT ||
	       err_set(e, ERR_INPUT, "ELF version %u is unknown", elf_u32(f, f->header, 20));
}

bool elf_open(struct arena *a, struct str bytes, struct elf_file *f, struct error *e)
{
	return open_header(bytes, f, e) && read_segments(a, f, e);
}

static bool read_interp(struct arena *a, const struct elf_file *f, const struct elf_segment *s,
			const char **interp, struct error *e)
{
	struct str all, name;

	if (!elf_slice(f->bytes, s->offset, s->filesz, &all) ||
	    !elf_string(all, 0, ELF_PATH_MAX, &name) || name.n == 0)
		return err_set(e, ERR_INPUT, "the name of its interpreter is malformed");
	*interp = str_dup(a, name);
	return true;
}

static bool elf_read_facts(struct arena *a, const struct elf_file *f, struct elf *out,
			   struct error *e)
{
	for (size_t i = 0; i < f->n_segments; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->type == PT_INTERP && !read_interp(a, f, s, &out->interp, e))
			return false;
		if (s->type == PT_GNU_RELRO)
			out->relro = true;
		if (s->type == PT_GNU_STACK) {
			out->stack_header = true;
			out->exec_stack = s->flags & PF_X;
		}
		if (s->type == PT_LOAD && (s->flags & PF_W) && (s->flags & PF_X))
			out->write_exec = true;
	}
	return true;
}

static void elf_fill_header(const struct elf_file *f, struct elf *out)
{
	*out = (struct elf){
		.is64 = f->is64,
		.big_endian = f->big_endian,
		.os_abi = (uint8_t)f->header.p[EI_OSABI],
		.type = elf_u16(f, f->header, 16),
		.machine = elf_u16(f, f->header, 18),
		.flags = elf_u32(f, f->header, elf_pick(f, 36, 48)),
	};
}

bool elf_read_header(struct str bytes, struct elf *out, struct error *e)
{
	struct elf_file f;

	if (!open_header(bytes, &f, e))
		return false;
	elf_fill_header(&f, out);
	return true;
}

/* A note that cannot be read makes no file unusable. */
static void read_dlopens(struct arena *a, struct elf *out)
{
	struct error odd = { 0 };

	if (!elf_read_dlopens(a, out, &out->dlopens, &odd))
		out->odd_dlopen = arena_strdup(a, odd.cause);
}

static bool elf_read_file(struct arena *a, struct str bytes, struct elf_file *f, struct elf *out,
			  struct error *e)
{
	*out = (struct elf){ 0 };
	if (!elf_open(a, bytes, f, e))
		return false;
	elf_fill_header(f, out);
	if (!elf_read_facts(a, f, out, e) || !elf_open_dynamic(f, e) ||
	    !elf_read_dynamic(a, f, out, e) || !elf_read_versions(a, f, out, e))
		return false;
	elf_read_notes(a, f, out);
	read_dlopens(a, out);
	return true;
}

bool elf_read(struct arena *a, struct str bytes, struct elf *out, struct error *e)
{
	struct elf_file f;

	if (!elf_read_file(a, bytes, &f, out, e))
		return false;
	out->opens = elf_opens(&f);
	return true;
}

bool elf_read_alone(struct arena *a, struct str bytes, struct elf *out, struct error *e)
{
	struct elf_file f;

	return elf_read_file(a, bytes, &f, out, e);
}

bool elf_is_pie(const struct elf *elf)
{
	return elf->type == ET_DYN && ((elf->df_1 & DF_1_PIE) || (elf->interp && !elf->soname));
}

bool elf_is_program(const struct elf *elf)
{
	return elf->type == ET_EXEC || elf_is_pie(elf);
}

const struct elf_note *elf_find_note(const struct elf *elf, const char *owner, uint32_t type)
{
	for (size_t i = 0; i < elf->notes.n; i++) {
		const struct elf_note *note = &elf->notes.v[i];

		if (note->type == type && strcmp(note->owner, owner) == 0)
			return note;
	}
	return NULL;
}
