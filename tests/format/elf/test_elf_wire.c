/* SPDX-License-Identifier: Apache-2.0 */
/* struct elf over a pipe: nothing is lost of real files, and no bytes are believed. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "format/elf/elf_wire.h"
#include "format/elf/elf_machine.h"
#include "support/gen_elf.h"

static struct str elf_encode(struct arena *a, const struct elf *elf)
{
	struct buf b = { .a = a };

	elf_wire_put(&b, elf);
	return buf_str(&b);
}

/* What comes back says the same, to the byte. */
static void elf_wire_round_trip(struct str file, const char *name)
{
	AUTO_ARENA a = { 0 };
	struct elf elf, back;
	struct error e = { 0 };
	struct wire w = { .a = &a };

	cr_assert(elf_read(&a, file, &elf, &e), "%s: %s", name, e.cause);
	w.rest = elf_encode(&a, &elf);
	elf_wire_get(&w, &back);
	cr_assert(wire_end(&w), "%s", name);
	cr_expect(str_eq(elf_encode(&a, &elf), elf_encode(&a, &back)), "%s", name);
	cr_expect_eq(back.needed.n, elf.needed.n);
	cr_expect_eq(back.versions.n, elf.versions.n);
	cr_expect_eq(back.notes.n, elf.notes.n);
	cr_expect_eq(back.dlopens.v.n, elf.dlopens.v.n);
	cr_expect(elf_same_machine(&elf, &back) && elf_is_pie(&elf) == elf_is_pie(&back));
}

static const struct elfgen everything = {
	.program = true,
	.soname = "self",
	.runpath = "$ORIGIN/../lib",
	.filter = "f.so",
	.auxiliary = "aux.so",
	.needed = { "liba.so.1", "libb.so" },
	.needs = { { "liba.so.1", { "A_1", "A_2" }, true } },
	.offers = { "S_1" },
	.df_1 = DF_1_NODEFLIB,
	.textrel = true,
	.bind_now = true,
	.relro = true,
	.write_exec = true,
	.note_owner = "FDO",
	.note_type = ELF_NOTE_DLOPEN,
	.note_desc = "[{\"soname\":[\"libx.so.1\"],\"feature\":\"x\",\"description\":\"a\","
		     "\"priority\":\"required\"},{\"soname\":[\"liby.so\",\"libz.so\"]}]",
};

Test(elf_wire, gives_back_what_was_read_of_made_and_real_files)
{
	static const char *const files[] = { "/bin/true", "/proc/self/exe",
					     "/lib/x86_64-linux-gnu/libc.so.6" };
	AUTO_ARENA a = { 0 };

	elf_wire_round_trip(elfgen_make(&a, &everything), "made");
	elf_wire_round_trip(elfgen_make(&a, &(struct elfgen){ .is32 = true, .big_endian = true }),
			    "32 bits");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		AUTO_FD fd = open(files[i], O_RDONLY | O_CLOEXEC);
		AUTO_MAPPING m = { 0 };
		struct error e = { 0 };
		off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);

		if (size <= 0)
			continue;
		cr_assert(io_map(fd, 0, (uint64_t)size, files[i], &m, &e), "%s", e.cause);
		elf_wire_round_trip(m.bytes, files[i]);
	}
}

/* Cut anywhere, or with any byte another: refused, or read as something whole. */
Test(elf_wire, believes_no_bytes)
{
	AUTO_ARENA a = { 0 };
	struct elf elf, back;
	struct error e = { 0 };
	struct str all;

	cr_assert(elf_read(&a, elfgen_make(&a, &everything), &elf, &e));
	cr_assert_eq(elf.dlopens.v.n, 2u);
	all = elf_encode(&a, &elf);
	for (size_t n = 0; n < all.n; n++) {
		struct wire w = { .a = &a, .rest = { all.p, n } };

		elf_wire_get(&w, &back);
		cr_expect_not(wire_end(&w), "cut at %zu", n);
	}
	for (size_t i = 0; i < all.n * 8; i++) {
		AUTO_ARENA scratch = { 0 };
		struct str copy = str_copy(&scratch, all);
		struct wire w = { .a = &scratch, .rest = copy };

		((char *)(uintptr_t)copy.p)[i / 8] ^= (char)(1 << i % 8);
		elf_wire_get(&w, &back);
		if (wire_end(&w))
			elf_encode(&scratch, &back);
	}
}
