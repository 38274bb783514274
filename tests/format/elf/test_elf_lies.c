/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files that lie: each lie alone, and every byte changed in turn. Under the sanitizers an
 * access outside of the file ends the test. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/elf/elf.h"
#include "support/gen_elf.h"

static const struct elfgen plain = {
	.program = true,
	.soname = "self.so",
	.runpath = "/opt/x",
	.needed = { "liba.so.1" },
	.needs = { { "liba.so.1", { "A_1" }, false } },
	.offers = { "S_1" },
	.symbols = { { "asked", "A_1", false, false }, { "given", "S_1", true, false } },
	.relro = true,
	.note_owner = "FDO",
	.note_type = ELF_NOTE_PACKAGE,
	.note_desc = "{}",
};

/* Which number of the file is replaced. */
enum lie_place { AT_HEADER, AT_DYNAMIC, AT_SEGMENT };

struct lie {
	const char *name;
	enum lie_place where;
	uint64_t what; /* offset in the header, tag, segment type */
	size_t plus;   /* offset in the program header */
	unsigned width;
	uint64_t value;
	const char *says; /* NULL: the file is readable all the same */
};

static const struct lie lies[] = {
	{ "class", AT_HEADER, EI_CLASS, 0, 1, 3, "neither 32 nor 64" },
	{ "byte order", AT_HEADER, EI_DATA, 0, 1, 0, "byte order 0" },
	{ "ident version", AT_HEADER, EI_VERSION, 0, 1, 9, "version 9" },
	{ "version", AT_HEADER, 20, 0, 4, 7, "version 7" },
	{ "e_phoff at 2^64", AT_HEADER, 32, 0, 8, UINT64_MAX, "outside of the file" },
	{ "e_phoff wraps", AT_HEADER, 32, 0, 8, UINT64_MAX - 300, "outside of the file" },
	{ "e_phoff behind the end", AT_HEADER, 32, 0, 8, 1u << 20, "outside of the file" },
	{ "e_phentsize", AT_HEADER, 54, 0, 2, 32, "unknown size" },
	{ "e_phentsize 0", AT_HEADER, 54, 0, 2, 0, "unknown size" },
	{ "e_phnum too large", AT_HEADER, 56, 0, 2, 5000, "at most 4096" },
	{ "e_phnum leaves the file", AT_HEADER, 56, 0, 2, 4000, "outside of the file" },
	{ "e_phnum 0", AT_HEADER, 56, 0, 2, 0, NULL },
	{ "e_phnum is PN_XNUM", AT_HEADER, 56, 0, 2, PN_XNUM, NULL },
	{ "e_shoff at 2^64", AT_HEADER, 40, 0, 8, UINT64_MAX, NULL },
	{ "e_shoff 1", AT_HEADER, 40, 0, 8, 1, NULL },
	{ "e_shnum 0", AT_HEADER, 60, 0, 2, 0, NULL },
	{ "e_shnum 0xffff", AT_HEADER, 60, 0, 2, 0xffff, NULL },
	{ "e_shentsize", AT_HEADER, 58, 0, 2, 1, NULL },
	{ "load offset", AT_SEGMENT, PT_LOAD, 8, 8, UINT64_MAX, "lies about the file" },
	{ "load size", AT_SEGMENT, PT_LOAD, 32, 8, UINT64_MAX, "lies about the file" },
	{ "load cut off", AT_SEGMENT, PT_LOAD, 32, 8, 20000, "lies about the file" },
	{ "load address", AT_SEGMENT, PT_LOAD, 16, 8, UINT64_MAX - 5, "not in a loaded segment" },
	{ "dynamic nowhere", AT_SEGMENT, PT_DYNAMIC, 16, 8, 0, "not in a loaded segment" },
	{ "dynamic at 2^64", AT_SEGMENT, PT_DYNAMIC, 16, 8, UINT64_MAX, "not in a loaded segment" },
	{ "dynamic offset", AT_SEGMENT, PT_DYNAMIC, 8, 8, UINT64_MAX, NULL },
	{ "interp offset", AT_SEGMENT, PT_INTERP, 8, 8, UINT64_MAX, "interpreter is malformed" },
	{ "interp huge", AT_SEGMENT, PT_INTERP, 32, 8, UINT64_MAX, "interpreter is malformed" },
	{ "interp unterminated", AT_SEGMENT, PT_INTERP, 32, 8, 5, "interpreter is malformed" },
	{ "interp empty", AT_SEGMENT, PT_INTERP, 32, 8, 0, "interpreter is malformed" },
	{ "note offset", AT_SEGMENT, PT_NOTE, 8, 8, UINT64_MAX - 4, NULL },
	{ "note size", AT_SEGMENT, PT_NOTE, 32, 8, UINT64_MAX, NULL },
	{ "strings nowhere", AT_DYNAMIC, DT_STRTAB, 0, 8, 4, "string table (DT_STRTAB)" },
	{ "strings too long", AT_DYNAMIC, DT_STRSZ, 0, 8, UINT64_MAX, "(DT_STRSZ)" },
	{ "strings too short", AT_DYNAMIC, DT_STRSZ, 0, 8, 3, "string of the dynamic section" },
	{ "strings empty", AT_DYNAMIC, DT_STRSZ, 0, 8, 0, "string of the dynamic section" },
	{ "needed outside", AT_DYNAMIC, DT_NEEDED, 0, 8, 1u << 30,
	  "string of the dynamic section" },
	{ "soname at 2^64", AT_DYNAMIC, DT_SONAME, 0, 8, UINT64_MAX,
	  "string of the dynamic section" },
	{ "runpath outside", AT_DYNAMIC, DT_RUNPATH, 0, 8, 9999, "string of the dynamic section" },
	{ "needs nowhere", AT_DYNAMIC, DT_VERNEED, 0, 8, 1, "needed symbol versions" },
	{ "needs in the header", AT_DYNAMIC, DT_VERNEED, 0, 8, 0x10000, "needed symbol versions" },
	{ "offers nowhere", AT_DYNAMIC, DT_VERDEF, 0, 8, 1, "defined symbol versions" },
	{ "symbols nowhere", AT_DYNAMIC, DT_SYMTAB, 0, 8, 1, NULL },
};

static void tell_lie(struct str file, const struct lie *l)
{
	size_t at = (size_t)l->what;

	if (l->where == AT_DYNAMIC)
		at = elfgen_dynamic_at(&plain, file, l->what);
	if (l->where == AT_SEGMENT)
		at = elfgen_segment_at(&plain, file, (uint32_t)l->what) + l->plus;
	cr_assert(at > 0, "%s", l->name);
	elfgen_put(&plain, file, at, l->value, l->width);
}

Test(elf_lies, each_lie_alone_is_named)
{
	for (const struct lie *l = lies; l < lies + ARRAY_SIZE(lies); l++) {
		AUTO_ARENA a = { 0 };
		struct str file = elfgen_make(&a, &plain);
		struct elf elf;
		struct error e = { 0 };
		bool ok;

		tell_lie(file, l);
		ok = elf_read(&a, file, &elf, &e);
		cr_expect(ok == !l->says, "%s: %s", l->name, e.cause);
		if (l->says)
			cr_expect(e.kind == ERR_INPUT && strstr(e.cause, l->says), "%s: %s",
				  l->name, e.cause);
	}
}

Test(elf_lies, what_the_loader_never_reads_makes_no_file_unreadable)
{
	AUTO_ARENA a = { 0 };
	struct str file = elfgen_make(&a, &plain);
	struct elf elf;
	struct error e = { 0 };

	elfgen_put(&plain, file, 60, 0xffff, 2);
	cr_assert(elf_read(&a, file, &elf, &e));
	cr_expect(elf.odd_sections && elf.notes.n == 1);
	elfgen_put(&plain, file, elfgen_segment_at(&plain, file, PT_NOTE) + 32, UINT64_MAX, 8);
	cr_assert(elf_read(&a, file, &elf, &e));
	cr_expect(elf.odd_notes && elf.notes.n == 0);
	cr_expect_str_eq(elf.needed.v[0], "liba.so.1");
}

Test(elf_lies, counts_that_do_not_fit_are_in_section_0)
{
	AUTO_ARENA a = { 0 };
	struct str file = elfgen_make(&a, &plain);
	struct elf elf;
	struct error e = { 0 };
	size_t section = 0;

	memcpy(&section, file.p + 40, 8);
	elfgen_put(&plain, file, 60, 0, 2); /* e_shnum: in sh_size of section 0 */
	elfgen_put(&plain, file, section + 32, 2, 8);
	elfgen_put(&plain, file, section + 44, 6, 4); /* e_phnum: in its sh_info */
	elfgen_put(&plain, file, 56, PN_XNUM, 2);
	cr_assert(elf_read(&a, file, &elf, &e), "%s", e.cause);
	cr_expect(!elf.odd_sections && elf.needed.n == 1 && elf.notes.n == 1);
}

Test(elf_lies, the_last_dynamic_segment_counts_as_in_the_loader)
{
	AUTO_ARENA a = { 0 };
	struct str file = elfgen_make(&a, &plain);
	size_t stack = elfgen_segment_at(&plain, file, PT_GNU_STACK);
	struct elf elf;
	struct error e = { 0 };

	elfgen_put(&plain, file, stack, PT_DYNAMIC, 4);
	elfgen_put(&plain, file, stack + 16, 3, 8);
	cr_expect(!elf_read(&a, file, &elf, &e));
	cr_expect(strstr(e.cause, "not in a loaded segment"));
}

Test(elf_lies, a_dynamic_section_without_end_is_refused)
{
	AUTO_ARENA a = { 0 };
	struct elfgen g = { .soname = "s" };
	struct str file = elfgen_make(&a, &g);
	struct elf elf;
	struct error e = { 0 };

	/* DT_NULL is the last thing in a file without notes */
	elfgen_put(&g, file, file.n - 16, 77, 8);
	cr_expect(!elf_read(&a, file, &elf, &e));
	cr_expect_str_eq(e.cause, "the dynamic section has no end (DT_NULL)");
}

Test(elf_lies, every_truncation_is_survived_and_most_are_noticed)
{
	AUTO_ARENA a = { 0 };
	struct str file = elfgen_make(&a, &plain);

	for (size_t n = 0; n < file.n; n += n < 1024 ? 1 : 61) {
		AUTO_ARENA scratch = { 0 };
		char *exact = arena_strndup(&scratch, file.p, n); /* so that ASan sees the end */
		struct elf elf;
		struct error e = { 0 };

		cr_expect(!elf_read(&scratch, (struct str){ exact, n }, &elf, &e), "%zu bytes", n);
		cr_expect(e.kind == ERR_INPUT && e.cause[0]);
	}
}

/* Reads everything there is to read; says whether header and symbols were accepted. */
static int read_whole_elf(struct str file)
{
	AUTO_ARENA a = { 0 };
	struct str copy = str_copy(&a, file);
	struct elf elf;
	struct elf_symbols symbols;
	struct error e = { 0 }, e2 = { 0 };
	bool ok = elf_read(&a, copy, &elf, &e), ok2 = elf_read_symbols(&a, copy, &symbols, &e2);

	cr_assert_eq(e.kind, ok ? ERR_NONE : ERR_INPUT);
	cr_assert_eq(e2.kind, ok2 ? ERR_NONE : ERR_INPUT);
	return ok + 2 * ok2;
}

Test(elf_lies, every_byte_changed_in_turn_is_survived, .timeout = 120)
{
	static const unsigned char values[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xfe, 0xff };
	size_t refused = 0;

	for (int kind = 0; kind < 8; kind++) {
		AUTO_ARENA a = { 0 };
		struct elfgen g = plain;
		struct str file;

		g.is32 = kind & 1;
		g.big_endian = kind & 2;
		g.gnu_hash = kind & 4;
		file = elfgen_make(&a, &g);
		cr_assert(read_whole_elf(file) == 3);
		for (size_t at = 0; at < file.n; at++) {
			char *byte = (char *)(uintptr_t)file.p + at, old = *byte;

			/* the room for strings is mostly empty */
			if (at > 1200 && at < 8192)
				continue;
			for (size_t i = 0; i < sizeof(values); i++) {
				*byte = (char)values[i];
				refused += read_whole_elf(file) != 3;
			}
			*byte = old;
		}
	}
	cr_expect(refused > 1000, "%zu", refused);
}

Test(elf_lies, overlapping_version_chains_are_bounded)
{
	AUTO_ARENA a = { 0 };
	struct elfgen g = { .needs = { { "l", { "V" }, false } } };
	struct str file = elfgen_make(&a, &g);
	size_t entry = elfgen_dynamic_at(&g, file, DT_VERNEED);
	struct buf big = { .a = &a };
	struct elf elf;
	struct error e = { 0 };
	struct elfgen header = g;

	/* 2 MiB of records, each 16 bytes, each followed by the next, each with 65,535 versions
	 * that are the records that follow */
	buf_add(&big, file);
	while (big.n % 16)
		buf_putc(&big, '\0');
	size_t start = big.n;
	for (size_t i = 0; i < 131072; i++)
		buf_add(&big, (struct str){ "\1\0\xff\xff\1\0\0\0\x10\0\0\0\x10\0\0\0", 16 });
	file = buf_str(&big);
	elfgen_put(&header, file, entry, 0x10000 + start, 8);
	elfgen_put(&header, file, elfgen_segment_at(&g, file, PT_LOAD) + 32, file.n, 8);
	cr_expect(!elf_read(&a, file, &elf, &e));
	cr_expect(strstr(e.cause, "needed symbol versions"), "%s", e.cause);
}
