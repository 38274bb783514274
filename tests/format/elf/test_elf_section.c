/* SPDX-License-Identifier: Apache-2.0 */
/* Sections by name against objcopy, and what Go's linker leaves in programs. The two forms are made
 * by hand after debug/buildinfo; that real ones are read is tested with the images of Go programs
 * (tests/e2e/test_projects.c). */

#include <criterion/criterion.h>
#include <fcntl.h>

#include "base/io.h"
#include "format/elf/elf.h"
#include "format/elf/elf_go.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define MODULES \
	"path\\tx.test/app\\nmod\\tx.test/app\\t(devel)\\t\\ndep\\tx.test/Lib\\tv1.2.3\\th1:x=\\n"
#define SENTINEL "0123456789abcdef"

/* A program whose data hold the mark with pointers (Go 1.13 to 1.17). */
static const char pointed[] =
	"struct text { const char *p; long n; };\n"
	"#define M \"" SENTINEL MODULES SENTINEL "\"\n"
	"static const struct text version = { \"go1.17.13\", 9 }, modules = { M, sizeof(M) - 1 };\n"
	"PLACE struct { char mark[14], width, flags; const void *version, *modules; } info\n"
	"= { \"\\xff Go buildinf:\", 8, 0, &version, &modules };\n"
	"char before[3] = \"x\";\n"
	"int main(void) { return info.width + before[0]; }\n";

/* The same with the texts behind it (since Go 1.18). */
static const char inlined[] =
	"#define M \"" SENTINEL MODULES SENTINEL "\"\n"
	"PLACE struct { char mark[14], width, flags, pad[16]; unsigned char n; char version[9];\n"
	"unsigned char m; char modules[sizeof(M) - 1]; } info\n"
	"= { \"\\xff Go buildinf:\", 8, 2, {0}, 9, \"go1.24.4\\n\", sizeof(M) - 1, M };\n"
	"int main(void) { return info.width; }\n";

static struct str elf_compiled(struct arena *a, const char *dir, const char *code,
			       const char *place)
{
	const char *source = arena_printf(a, "%s/main.c", dir),
		   *out = arena_printf(a, "%s/out", dir);
	struct error e = { 0 };
	struct str bytes;

	oracle_need("gcc");
	files_put(source, code);
	ORACLE(a, "gcc", "-no-pie", arena_printf(a, "-DPLACE=%s", place), "-o", out, source);
	cr_assert(io_read_file(a, AT_FDCWD, out, 64u << 20, &bytes, &e), "%s", e.cause);
	return bytes;
}

Test(elf_section, has_the_bytes_that_objcopy_finds)
{
	static const char *const names[] = { ".interp", ".rodata", ".dynstr", ".comment", ".text" };
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct str bytes = elf_compiled(&a, dir, "int main(void) { return 0; }\n", "");
	struct str found;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *dump = arena_printf(&a, "%s=%s/dump", names[i], dir);
		struct error e = { 0 };
		struct str want;

		ORACLE(&a, "objcopy", "--dump-section", dump, arena_printf(&a, "%s/out", dir),
		       arena_printf(&a, "%s/copy", dir));
		cr_assert(io_read_file(&a, AT_FDCWD, arena_printf(&a, "%s/dump", dir), 1u << 20,
				       &want, &e));
		cr_expect(elf_find_section(bytes, names[i], &found) && str_eq(found, want), "%s",
			  names[i]);
	}
	cr_expect(!elf_find_section(bytes, ".bss", &found), "it has no bytes");
	cr_expect(!elf_find_section(bytes, ".none", &found));
	cr_expect(!elf_find_section((struct str){ bytes.p, 100 }, ".text", &found));
	files_remove(dir);
}

Test(elf_section, what_go_notes_is_found_in_both_forms)
{
	static const struct {
		const char *code, *place, *version;
	} cases[] = {
		{ pointed, "__attribute__((aligned(16),section(\".go.buildinfo\")))", "go1.17.13" },
		{ pointed, "__attribute__((aligned(16)))", "go1.17.13" },
		{ inlined, "__attribute__((aligned(16),section(\".go.buildinfo\")))",
		  "go1.24.4\n" },
		{ inlined, "__attribute__((aligned(16)))", "go1.24.4\n" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct str bytes = elf_compiled(&a, dir, cases[i].code, cases[i].place);
		struct elf_go go;

		cr_assert(elf_go_info(bytes, &go), "case %zu", i);
		cr_expect(str_eq(go.version, str_of(cases[i].version)));
		cr_expect(str_eq(go.modules, STR("path\tx.test/app\nmod\tx.test/app\t(devel)\t\n"
						 "dep\tx.test/Lib\tv1.2.3\th1:x=\n")),
			  STR_FMT, STR_ARG(go.modules));
		for (size_t n = 0; n < bytes.n; n += 97)
			(void)!elf_go_info((struct str){ bytes.p, n }, &go);
	}
	files_remove(dir);
}

/* What the linker leaves of Go where it is told to note nothing. */
Test(elf_section, code_of_go_is_known_by_its_table)
{
	static const char table[] = "__attribute__((section(\".gopclntab\")))";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct elf_go go;
	struct str bytes = elf_compiled(&a, dir, "PLACE int t = 1;\nint main(void) { return 0; }\n",
					table);

	cr_expect(elf_go_has_code(bytes) && !elf_go_info(bytes, &go));
	bytes = elf_compiled(&a, dir, "int main(void) { return 0; }\n", "");
	cr_expect(!elf_go_has_code(bytes));
	files_remove(dir);
}

Test(elf_section, a_program_of_c_is_none_of_go)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct elf_go go;

	cr_expect(!elf_go_info(elf_compiled(&a, dir, "int main(void) { return 0; }\n", ""), &go));
	cr_expect(!elf_go_info(STR("\x7f"
				   "ELF"),
			       &go));
	files_remove(dir);
}
