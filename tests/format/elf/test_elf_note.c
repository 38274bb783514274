/* SPDX-License-Identifier: Apache-2.0 */
/* Notes put together by hand (gABI, "Note Section"): how they are aligned, how many are read, and
 * what of them is kept when one is malformed. */

#include <criterion/criterion.h>
#include <elf.h>

#include "base/buf.h"
#include "format/elf/elf.h"

struct hand_note {
	uint32_t type;
	struct str owner, desc;
};

static void note_put(struct buf *out, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		buf_putc(out, i < sizeof(v) ? (char)(v >> (8 * i)) : '\0');
}

static void note_pad(struct buf *out, size_t from, size_t align)
{
	while ((out->n - from) % align)
		buf_putc(out, '\0');
}

static void note_add(struct buf *out, const struct hand_note *x, size_t align)
{
	note_put(out, x->owner.n, 4);
	note_put(out, x->desc.n, 4);
	note_put(out, x->type, 4);
	buf_add(out, x->owner);
	note_pad(out, 0, align);
	buf_add(out, x->desc);
	note_pad(out, 0, align);
}

/* A 64-bit file whose segments of notes are all these bytes. */
static struct str note_file(struct arena *a, struct str notes, uint64_t align, unsigned segments)
{
	const size_t at = 64 + 56 * (size_t)segments;
	struct buf out = { .a = a };

	buf_add(&out, STR("\177ELF\2\1\1\0\0\0\0\0\0\0\0\0"));
	note_put(&out, ET_DYN, 2);
	note_put(&out, EM_X86_64, 2);
	note_put(&out, EV_CURRENT, 4);
	note_put(&out, 0, 8);
	note_put(&out, 64, 8); /* program headers */
	note_put(&out, 0, 8);
	note_put(&out, 0, 4);
	note_put(&out, 64, 2);
	note_put(&out, 56, 2);
	note_put(&out, segments, 2);
	note_put(&out, 0, 6);
	for (unsigned i = 0; i < segments; i++) {
		note_put(&out, PT_NOTE, 4);
		note_put(&out, PF_R, 4);
		note_put(&out, at, 8);
		note_put(&out, 0, 16);
		note_put(&out, notes.n, 8);
		note_put(&out, notes.n, 8);
		note_put(&out, align, 8);
	}
	buf_add(&out, notes);
	return buf_str(&out);
}

/* "OWNER/TYPE/LENGTH ..." and " odd". */
static const char *notes_said(struct arena *a, struct str notes, uint64_t align)
{
	struct buf out = { .a = a };
	struct elf elf;
	struct error e = { 0 };

	cr_assert(elf_read(a, note_file(a, notes, align, 1), &elf, &e), "%s", e.cause);
	list_each(n, &elf.notes)
		buf_printf(&out, "%s/%u/%zu ", n->owner, n->type, n->desc.n);
	buf_puts(&out, elf.odd_notes ? "odd" : "");
	return out.n ? buf_cstr(&out) : "";
}

Test(elf_note, notes_are_aligned_to_4_or_to_8)
{
	static const struct hand_note notes[] = { { 1, STR("GNU\0"), STR("12345") },
						  { 2, STR("x"), STR("") },
						  { 3, STR(""), STR("1") },
						  { 4, STR("FDO\0"), STR("1234") } };

	for (size_t align = 1; align <= 16; align *= 2) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };

		for (size_t i = 0; i < ARRAY_SIZE(notes); i++)
			note_add(&out, &notes[i], align == 8 ? 8 : 4);
		cr_expect_str_eq(notes_said(&a, buf_str(&out), align),
				 "GNU/1/5 x/2/0 /3/1 FDO/4/4 ", "%zu", align);
	}
}

/* The first stays, and nothing behind what is wrong is read. */
Test(elf_note, one_that_is_malformed_ends_the_notes)
{
	static const struct hand_note good = { 1, STR("GNU\0"), STR("1234") };
	static const struct {
		uint32_t owner, desc;
		size_t room; /* behind its header */
		bool odd;
	} cases[] = {
		{ 4, 4, 8, false },	  { 4, 4, 7, true },	       { 4, 0, 4, false },
		{ 4, 0, 3, true },	  { 0, 0, 0, false },	       { 4097, 0, 8000, true },
		{ 4096, 0, 4096, false }, { 0xffffffff, 0, 64, true }, { 0, 0xffffffff, 64, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };
		const char *said;

		note_add(&out, &good, 4);
		note_put(&out, cases[i].owner, 4);
		note_put(&out, cases[i].desc, 4);
		note_put(&out, 9, 4);
		for (size_t k = 0; k < cases[i].room; k++)
			buf_putc(&out, 'n');
		said = notes_said(&a, buf_str(&out), 4);
		cr_expect(str_starts(str_of(said), STR("GNU/1/4 ")), "%zu: %s", i, said);
		cr_expect_eq(str_ends(str_of(said), STR("odd")), cases[i].odd, "%zu: %s", i, said);
		cr_expect_eq(strstr(said, "/9/") != NULL, !cases[i].odd, "%zu: %s", i, said);
	}
}

/* A header that is cut is padding. */
Test(elf_note, what_is_shorter_than_a_header_is_passed_over)
{
	static const struct hand_note good = { 1, STR("GNU\0"), STR("1234") };

	for (size_t n = 0; n < 12; n++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };

		note_add(&out, &good, 4);
		for (size_t i = 0; i < n; i++)
			buf_putc(&out, '\xff');
		cr_expect_str_eq(notes_said(&a, buf_str(&out), 4), "GNU/1/4 ", "%zu", n);
	}
}

Test(elf_note, so_many_are_read)
{
	for (unsigned n = 255; n <= 257; n++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };
		struct elf elf;
		struct error e = { 0 };

		for (unsigned i = 0; i < n; i++)
			note_add(&out, &(struct hand_note){ i, STR("x\0"), STR("") }, 4);
		cr_assert(elf_read(&a, note_file(&a, buf_str(&out), 4, 1), &elf, &e));
		cr_expect_eq(elf.notes.n, n > 256 ? 256 : n);
		cr_expect_eq(elf.odd_notes, n > 256);
	}
}

Test(elf_note, their_descriptions_have_at_most_a_mebibyte_together)
{
	static char bytes[1 << 20];

	for (size_t last = 0; last <= 1; last++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };

		note_add(&out, &(struct hand_note){ 1, STR("x\0"), { bytes, sizeof(bytes) - 4 } },
			 4);
		note_add(&out, &(struct hand_note){ 2, STR("x\0"), { bytes, 4 + last } }, 4);
		cr_expect_str_eq(notes_said(&a, buf_str(&out), 4),
				 last ? "x/1/1048572 odd" : "x/1/1048572 x/2/4 ");
	}
}

/* The same bytes in several segments are found once, in up to 256 of them. */
Test(elf_note, a_note_that_is_found_twice_is_one)
{
	static const struct hand_note note = { 1, STR("GNU\0"), STR("1234") };

	for (unsigned segments = 255; segments <= 257; segments++) {
		AUTO_ARENA a = { 0 };
		struct buf out = { .a = &a };
		struct elf elf;
		struct error e = { 0 };

		note_add(&out, &note, 4);
		cr_assert(elf_read(&a, note_file(&a, buf_str(&out), 4, segments), &elf, &e), "%s",
			  e.cause);
		cr_expect_eq(elf.notes.n, 1u);
		cr_expect_eq(elf.odd_notes, segments > 256, "%u", segments);
	}
}
