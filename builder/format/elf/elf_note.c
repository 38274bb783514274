/* SPDX-License-Identifier: Apache-2.0 */
/* Notes: small labelled records in PT_NOTE segments and SHT_NOTE sections (which mostly are the
 * same bytes). The loader lives without them, so a malformed one makes no file unusable: it is left
 * out and remembered in odd_notes. */

#include "format/elf/elf_parts.h"

#include <stdlib.h>

#define NOTES_MAX 256
#define AREAS_MAX 256		 /* segments and sections with notes */
#define NOTE_SIZE_MAX (1u << 20) /* of all descriptions together */
#define NHDR 12
#define SHDR elf_pick(f, 40, 64)

/* A note and where it stands, to drop what was found twice. */
struct found_note {
	uint64_t at;
	struct elf_note note;
};

struct note_finder {
	struct arena *a;
	const struct elf_file *f;
	struct LIST(struct found_note) found;
	size_t size, areas;
	bool odd;
};

static uint64_t align_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) & ~(align - 1);
}

static bool note_seen(const struct note_finder *d, uint64_t at)
{
	for (size_t i = 0; i < d->found.n; i++) {
		if (d->found.v[i].at == at)
			return true;
	}
	return false;
}

static bool note_keep(struct note_finder *d, uint64_t at, uint32_t type, struct str owner,
		      struct str desc)
{
	struct found_note *note;

	if (note_seen(d, at))
		return true;
	if (d->found.n == NOTES_MAX || desc.n > NOTE_SIZE_MAX - d->size)
		return false;
	d->size += desc.n;
	/* the owner's length counts its NUL, mostly */
	owner.n = strnlen(owner.p, owner.n);
	note = list_push(d->a, &d->found);
	note->at = at;
	note->note = (struct elf_note){ str_dup(d->a, owner), type, str_copy(d->a, desc) };
	return true;
}

/* The notes in `size` bytes at `offset`. `align` is 8 for segments and sections that say so
 * (.note.gnu.property in 64-bit files), else 4. */
static void find_in(struct note_finder *d, uint64_t offset, uint64_t size, uint64_t align)
{
	uint64_t at = 0, pad = align == 8 ? 8 : 4;
	struct str all, head, owner, desc;

	if (d->areas++ == AREAS_MAX || !elf_slice(d->f->bytes, offset, size, &all)) {
		d->odd = true;
		return;
	}
	while (at + NHDR <= all.n) {
		uint64_t name_size, desc_size, desc_at;

		if (!elf_slice(all, at, NHDR, &head))
			return;
		name_size = elf_u32(d->f, head, 0);
		desc_size = elf_u32(d->f, head, 4);
		desc_at = align_up(at + NHDR + name_size, pad);
		if (name_size > ELF_PATH_MAX || !elf_slice(all, at + NHDR, name_size, &owner) ||
		    !elf_slice(all, desc_at, desc_size, &desc) ||
		    !note_keep(d, offset + at, elf_u32(d->f, head, 8), owner, desc)) {
			d->odd = true;
			return;
		}
		at = align_up(desc_at + desc_size, pad);
	}
}

static void find_in_sections(struct note_finder *d, struct elf *out)
{
	const struct elf_file *f = d->f;
	struct str table;

	if (!elf_section_table(f, &table))
		out->odd_sections = true;
	for (size_t at = 0; at < table.n && !d->odd; at += SHDR) {
		if (elf_u32(f, table, at + 4) == SHT_NOTE)
			find_in(d, elf_word(f, table, at + 16, at + 24),
				elf_word(f, table, at + 20, at + 32),
				elf_word(f, table, at + 32, at + 48));
	}
}

static int by_place(const void *a, const void *b)
{
	const struct found_note *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

void elf_read_notes(struct arena *a, const struct elf_file *f, struct elf *out)
{
	struct note_finder d = { .a = a, .f = f };

	for (size_t i = 0; i < f->n_segments && !d.odd; i++) {
		const struct elf_segment *s = &f->segments[i];

		if (s->type == PT_NOTE)
			find_in(&d, s->offset, s->filesz, s->align);
	}
	find_in_sections(&d, out);
	if (d.found.n > 1)
		qsort(d.found.v, d.found.n, sizeof(*d.found.v), by_place);
	for (size_t i = 0; i < d.found.n; i++)
		*list_push(a, &out->notes) = d.found.v[i].note;
	out->odd_notes = d.odd;
}
