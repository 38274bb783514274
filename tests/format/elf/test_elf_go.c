/* SPDX-License-Identifier: Apache-2.0 */
/* What Go's linker notes, in files put together by hand after debug/buildinfo; compiled ones are in
 * test_elf_section.c. */

#include "format/elf/elf_go.h"

#include <criterion/criterion.h>
#include <elf.h>

#include "base/buf.h"

#define DATA 256	/* where the segment stands in the file */
#define ADDRESS 0x10000 /* and in memory */
#define MARK "\xff Go buildinf:"
#define SENTINEL "0123456789abcdef"

struct go_file {
	bool is32, big;
	uint64_t skew;	/* of the address */
	unsigned flags; /* of the segment; 0: it can be written */
	struct str data;
	bool second; /* a writable segment of zeros stands before it */
};

static void go_put(char *p, uint64_t v, size_t width, bool big)
{
	for (size_t i = 0; i < width; i++)
		p[big ? width - 1 - i : i] = (char)(v >> (8 * i));
}

/* A program header of the class. */
static void go_segment(const struct go_file *g, char *p, uint64_t offset, uint64_t address,
		       uint64_t n, unsigned flags)
{
	size_t w = g->is32 ? 4 : 8;

	go_put(p, PT_LOAD, 4, g->big);
	go_put(p + (g->is32 ? 24 : 4), flags, 4, g->big);
	go_put(p + (g->is32 ? 4 : 8), offset, w, g->big);
	go_put(p + (g->is32 ? 8 : 16), address, w, g->big);
	go_put(p + (g->is32 ? 16 : 32), n, w, g->big);
	go_put(p + (g->is32 ? 20 : 40), n, w, g->big);
}

static struct str go_file(struct arena *a, const struct go_file *g)
{
	size_t header = g->is32 ? 52 : 64, entry = g->is32 ? 32 : 56;
	char *p = arena_text(a, DATA + g->data.n);

	memcpy(p, ELFMAG, SELFMAG);
	p[EI_CLASS] = g->is32 ? ELFCLASS32 : ELFCLASS64;
	p[EI_DATA] = g->big ? ELFDATA2MSB : ELFDATA2LSB;
	p[EI_VERSION] = EV_CURRENT;
	go_put(p + 16, ET_EXEC, 2, g->big);
	go_put(p + 18, g->is32 ? EM_386 : EM_X86_64, 2, g->big);
	go_put(p + 20, EV_CURRENT, 4, g->big);
	go_put(p + (g->is32 ? 28 : 32), header, g->is32 ? 4 : 8, g->big); /* e_phoff */
	go_put(p + (g->is32 ? 40 : 52), header, 2, g->big);
	go_put(p + (g->is32 ? 42 : 54), entry, 2, g->big);
	go_put(p + (g->is32 ? 44 : 56), g->second ? 2 : 1, 2, g->big);
	if (g->second)
		go_segment(g, p + header, 0, 0, 32, PF_R | PF_W);
	go_segment(g, p + header + (g->second ? entry : 0), DATA, ADDRESS + g->skew, g->data.n,
		   g->flags ? g->flags : PF_R | PF_W);
	memcpy(p + DATA, g->data.p, g->data.n);
	return (struct str){ p, DATA + g->data.n };
}

/* The header of the mark with its flags, and what stands behind it. */
static struct str go_inlined(struct arena *a, const char *before, const char *version_length,
			     const char *version, const char *modules)
{
	struct buf b = { .a = a };

	buf_puts(&b, before);
	buf_puts(&b, MARK);
	buf_add(&b, STR("\x08\x02"
			"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	if (version_length)
		buf_puts(&b, version_length);
	else
		buf_putc(&b, (char)strlen(version));
	buf_puts(&b, version);
	buf_putc(&b, (char)strlen(modules));
	buf_puts(&b, modules);
	return buf_str(&b);
}

/* "VERSION MODULES", or "none". */
static const char *go_said(struct arena *a, const struct go_file *g)
{
	struct elf_go go;

	if (!elf_go_info(go_file(a, g), &go))
		return "none";
	return arena_printf(a, STR_FMT "|" STR_FMT, STR_ARG(go.version), STR_ARG(go.modules));
}

Test(elf_go, modules_stand_between_sentinels)
{
	static const char *const cases[][2] = {
		{ SENTINEL "dep\tx\n" SENTINEL, "go1|dep\tx\n" },
		{ SENTINEL "\n" SENTINEL, "go1|\n" },
		{ SENTINEL "n" SENTINEL, "go1|" },
		{ SENTINEL SENTINEL, "go1|" },
		{ "0123456789abcde\n" SENTINEL, "go1|" },
		{ "", "go1|" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct go_file g = { .data = go_inlined(&a, "", NULL, "go1", cases[i][0]) };

		cr_expect_str_eq(go_said(&a, &g), cases[i][1], "%zu", i);
	}
}

Test(elf_go, the_mark_stands_at_an_address_that_16_divides)
{
	static const struct {
		const char *before;
		uint64_t skew;
		bool found;
	} cases[] = {
		{ "", 0, true },
		{ "12345678", 0, false },
		{ "12345678", 8, true },
		{ "", 8, false },
		{ SENTINEL, 0, true },
		{ SENTINEL "1", 0, false },
		{ "1" MARK "1" SENTINEL, 0, true },
		{ MARK, 2, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct go_file g = { .data = go_inlined(&a, cases[i].before, NULL, "go1", ""),
				     .skew = cases[i].skew };

		cr_expect_str_eq(go_said(&a, &g), cases[i].found ? "go1|" : "none", "%zu", i);
	}
}

Test(elf_go, a_length_has_seven_bits_a_byte_and_nine_bytes)
{
	static const struct {
		const char *length;
		bool good;
	} cases[] = {
		{ "\x06", true },
		{ "\x86\x80\x80\x80\x80\x80\x80\x80", false }, /* the text goes on: 'g' is no end */
		{ "\x07", false },
		{ "\x7f", false },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\x7f", false },
		{ "\x80\x01", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct go_file g = { .data = go_inlined(&a, "", cases[i].length, "go1.24", "") };

		/* without the length of the modules */
		g.data.n -= 1;
		cr_expect_str_eq(go_said(&a, &g), "none", "%zu", i);
		g.data.n += 1;
		cr_expect_str_eq(go_said(&a, &g), cases[i].good ? "go1.24|" : "none", "%zu", i);
	}
}

/* The same number in more bytes than it needs. */
Test(elf_go, a_length_may_have_bytes_of_no_value)
{
	for (size_t zeros = 0; zeros < 10; zeros++) {
		AUTO_ARENA a = { 0 };
		struct buf b = { .a = &a };
		struct go_file g = { .is32 = false };

		buf_add(&b, go_inlined(&a, "", "", "", ""));
		b.n -= 1;
		buf_putc(&b, zeros ? (char)0x83 : 3);
		for (size_t i = 1; i <= zeros; i++)
			buf_putc(&b, i == zeros ? 0 : (char)0x80);
		buf_add(&b, STR("go1\0"));
		g.data = buf_str(&b);
		cr_expect_str_eq(go_said(&a, &g), zeros < 9 ? "go1|" : "none", "%zu", zeros);
	}
}

Test(elf_go, what_is_cut_says_nothing)
{
	AUTO_ARENA a = { 0 };
	struct go_file g = { .data = go_inlined(&a, "", NULL, "go1", SENTINEL "x\n" SENTINEL) };
	size_t whole = g.data.n;

	for (size_t n = 0; n < whole; n++) {
		g.data.n = n;
		cr_expect_str_eq(go_said(&a, &g), "none", "%zu", n);
	}
	g.data = go_inlined(&a, "", NULL, "", "");
	cr_expect_str_eq(go_said(&a, &g), "none", "a version of no bytes");
}

Test(elf_go, the_first_segment_that_can_be_written_has_it)
{
	AUTO_ARENA a = { 0 };
	struct go_file g = { .data = go_inlined(&a, "", NULL, "go1", "") };

	g.flags = PF_R | PF_X;
	cr_expect_str_eq(go_said(&a, &g), "none");
	g.flags = PF_W;
	cr_expect_str_eq(go_said(&a, &g), "go1|");
	g.second = true;
	cr_expect_str_eq(go_said(&a, &g), "none");
}

/* ---- the older form ---- */

struct pointers {
	unsigned width, flags;
	uint64_t version_at, version_n, modules_at, modules_n;
};

#define GOOD_MODULES SENTINEL "dep\ty\n" SENTINEL

/* At 0 the mark, at 32 and 64 the strings' headers, at 96 and 112 their bytes. */
static struct str go_pointed(struct arena *a, const struct go_file *g, const struct pointers *x)
{
	size_t w = g->is32 ? 4 : 8, n = 112 + strlen(GOOD_MODULES);
	char *p = arena_text(a, n);

	memcpy(p, MARK, strlen(MARK));
	p[14] = (char)x->width;
	p[15] = (char)x->flags;
	go_put(p + 16, ADDRESS + 32, w, g->big);
	go_put(p + 16 + w, ADDRESS + 64, w, g->big);
	go_put(p + 32, ADDRESS + x->version_at, w, g->big);
	go_put(p + 32 + w, x->version_n, w, g->big);
	go_put(p + 64, ADDRESS + x->modules_at, w, g->big);
	go_put(p + 64 + w, x->modules_n, w, g->big);
	memcpy(p + 96, "go1.17", 6);
	memcpy(p + 112, GOOD_MODULES, strlen(GOOD_MODULES));
	return (struct str){ p, n };
}

Test(elf_go, pointers_lead_to_the_texts_in_each_class_and_order)
{
	const size_t n = strlen(GOOD_MODULES);

	for (int kind = 0; kind < 4; kind++) {
		const bool is32 = kind & 1, big = kind & 2;
		const unsigned width = is32 ? 4 : 8;
		const struct {
			struct pointers x;
			const char *says;
		} cases[] = {
			{ { width, big, 96, 6, 112, n }, "go1.17|dep\ty\n" },
			{ { width, big, 96, 6, 0xffff, 0 }, "go1.17|" },
			{ { width, big, 96, 0, 112, n }, "none" },
			{ { width, big, 96, 6, 112, n + 1 }, "none" },
			{ { width, big, 96, 6, 0x1000, 1 }, "none" },
			{ { width, big, 0x1000, 6, 112, n }, "none" },
			{ { width, big, 112 + n - 5, 6, 112, n }, "none" },
			{ { 12 - width, big, 96, 6, 112, n }, "none" },
			{ { width, !big, 96, 6, 112, n }, "none" },
		};

		for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
			AUTO_ARENA a = { 0 };
			struct go_file g = { .is32 = is32, .big = big };

			g.data = go_pointed(&a, &g, &cases[i].x);
			cr_expect_str_eq(go_said(&a, &g), cases[i].says, "%d %zu", kind, i);
		}
	}
}

/* A header of a string that does not end in the segment. */
Test(elf_go, a_string_that_is_cut_says_nothing)
{
	AUTO_ARENA a = { 0 };
	struct go_file g = { .big = false };
	const struct pointers x = { 8, 0, 0, 1, 0, 1 };

	g.data = go_pointed(&a, &g, &x);
	go_put((char *)(uintptr_t)g.data.p + 24, ADDRESS + g.data.n - 16, 8, false);
	memset((char *)(uintptr_t)g.data.p + g.data.n - 16, 0, 16);
	cr_expect_str_eq(go_said(&a, &g), "\xff|", "its sixteen bytes are the last");
	go_put((char *)(uintptr_t)g.data.p + 24, ADDRESS + g.data.n - 15, 8, false);
	cr_expect_str_eq(go_said(&a, &g), "none");
}
