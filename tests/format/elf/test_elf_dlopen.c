/* SPDX-License-Identifier: Apache-2.0 */
/* .note.dlopen: libraries that are opened while a file runs. */

#include <criterion/criterion.h>

#include "format/elf/elf.h"
#include "format/elf/elf_dlopen.h"
#include "support/gen_elf.h"

static bool read_json(struct arena *a, const char *json, struct elf_dlopens *out, struct error *e)
{
	struct elfgen g = { .note_owner = "FDO", .note_type = ELF_NOTE_DLOPEN, .note_desc = json };
	struct elf elf;

	cr_assert(elf_read(a, elfgen_make(a, &g), &elf, e), "%s", e->cause);
	return elf_read_dlopens(a, &elf, out, e);
}

Test(elf_dlopen, what_libsystemd_says_is_understood)
{
	AUTO_ARENA a = { 0 };
	struct elf_dlopens d;
	struct error e = { 0 };

	cr_assert(read_json(&a,
			    "[{\"feature\":\"lzma\",\"description\":\"Support lzma compression\","
			    "\"priority\":\"suggested\",\"soname\":[\"liblzma.so.5\"]},"
			    "{\"soname\":[\"libx.so.2\",\"libx.so.1\"],\"new-key\":1},"
			    "{\"priority\":\"required\",\"soname\":[]}]",
			    &d, &e),
		  "%s", e.cause);
	cr_assert(d.v.n == 3);
	cr_expect_str_eq(d.v.v[0].feature, "lzma");
	cr_expect_str_eq(d.v.v[0].description, "Support lzma compression");
	cr_expect(d.v.v[0].priority == ELF_DLOPEN_SUGGESTED);
	cr_expect_str_eq(d.v.v[0].sonames.v[0], "liblzma.so.5");
	cr_expect(d.v.v[1].priority == ELF_DLOPEN_RECOMMENDED && d.v.v[1].sonames.n == 2);
	cr_expect(d.v.v[2].priority == ELF_DLOPEN_REQUIRED && !d.v.v[2].feature);
}

Test(elf_dlopen, other_forms_are_refused)
{
	static const char *const bad[] = {
		"",
		"{}",
		"[",
		"[1]",
		"[{}]",
		"[{\"soname\":\"x\"}]",
		"[{\"soname\":[1]}]",
		"[{\"soname\":[],\"priority\":\"urgent\"}]",
		"[{\"soname\":[],\"feature\":2}]",
		"[{\"soname\":[],\"description\":2}]",
		"[{\"soname\":[],\"priority\":2}]",
		"[{\"soname\":\"x\",\"priority\":\"required\"}]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_ARENA a = { 0 };
		struct elf_dlopens d;
		struct error e = { 0 };

		cr_expect(!read_json(&a, bad[i], &d, &e), "%s", bad[i]);
		cr_expect(e.kind == ERR_INPUT && e.cause[0], "%s", bad[i]);
	}
}

Test(elf_dlopen, a_file_without_notes_opens_nothing)
{
	AUTO_ARENA a = { 0 };
	struct elf elf = { 0 };
	struct elf_dlopens d;
	struct error e = { 0 };

	cr_expect(elf_read_dlopens(&a, &elf, &d, &e) && d.v.n == 0);
}
