/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ELF files that are what they say: made ones of all four kinds, and the system's own
 * against readelf and nm. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "format/elf/elf.h"
#include "format/elf/elf_machine.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_elf.h"

static const struct elfgen full = {
	.program = true,
	.runpath = "$ORIGIN/../lib:/opt/x",
	.needed = { "liba.so.1", "libb.so" },
	.soname = "self.so",
	.filter = "libf.so",
	.auxiliary = "libx.so",
	.needs = { { "liba.so.1", { "A_1", "A_2" }, false }, { "libb.so", { "B_1" }, true } },
	.offers = { "S_1", "S_2" },
	.symbols = { { "asked", "A_2", false, false },
		     { "plain", NULL, false, false },
		     { "given", "S_2", true, false },
		     { "old", "S_1", true, true } },
	.df = DF_BIND_NOW,
	.df_1 = DF_1_PIE | DF_1_NODEFLIB,
	.relro = true,
	.note_owner = "FDO",
	.note_type = ELF_NOTE_DLOPEN,
	.note_desc = "[{\"soname\":[\"libz.so.1\"]}]",
};

static struct elf read_made(struct arena *a, const struct elfgen *g)
{
	struct elf elf;
	struct error e = { 0 };

	cr_assert(elf_read(a, elfgen_make(a, g), &elf, &e), "%s", e.cause);
	return elf;
}

static void check_full(const struct elf *elf)
{
	const struct elf_note *note = elf_find_note(elf, "FDO", ELF_NOTE_DLOPEN);

	cr_expect(elf->type == ET_DYN && elf->dynamic && elf->relro && elf->stack_header);
	cr_expect(!elf->exec_stack && !elf->write_exec && !elf->textrel && elf->bind_now);
	cr_expect(!elf->odd_notes && !elf->odd_sections);
	cr_expect_str_eq(elf->interp, "/lib64/ld-linux-x86-64.so.2");
	cr_expect_str_eq(elf->soname, "self.so");
	cr_expect_null(elf->rpath);
	cr_expect_str_eq(elf->runpath, "$ORIGIN/../lib:/opt/x");
	cr_assert(elf->needed.n == 2 && elf->filters.n == 1 && elf->auxiliaries.n == 1);
	cr_expect_str_eq(elf->needed.v[0], "liba.so.1");
	cr_expect_str_eq(elf->needed.v[1], "libb.so");
	cr_expect_str_eq(elf->filters.v[0], "libf.so");
	cr_expect_str_eq(elf->auxiliaries.v[0], "libx.so");
	cr_expect(elf->df_1 == (DF_1_PIE | DF_1_NODEFLIB));
	cr_assert(elf->needs.n == 2 && elf->needs.v[0].versions.n == 2);
	cr_expect_str_eq(elf->needs.v[0].library, "liba.so.1");
	cr_expect_str_eq(elf->needs.v[0].versions.v[1].name, "A_2");
	cr_expect(!elf->needs.v[0].versions.v[1].weak && elf->needs.v[1].versions.v[0].weak);
	cr_assert(elf->versions.n == 3);
	cr_expect(elf->versions.v[0].base && !elf->versions.v[2].base);
	cr_expect_str_eq(elf->versions.v[2].name, "S_2");
	cr_assert(note && elf->notes.n == 1, "a note in segment and section counts once");
	cr_expect(str_eq(note->desc, STR("[{\"soname\":[\"libz.so.1\"]}]")));
}

Test(elf, all_classes_and_byte_orders_read_the_same)
{
	AUTO_ARENA a = { 0 };

	for (int kind = 0; kind < 4; kind++) {
		struct elfgen g = full;
		struct elf elf;

		g.is32 = kind & 1;
		g.big_endian = kind & 2;
		elf = read_made(&a, &g);
		cr_expect(elf.is64 != g.is32 && elf.big_endian == g.big_endian);
		check_full(&elf);
	}
}

Test(elf, symbols_have_versions_in_all_classes_and_byte_orders)
{
	AUTO_ARENA a = { 0 };

	for (int kind = 0; kind < 8; kind++) {
		struct elfgen g = full;
		struct elf_symbols s;
		struct error e = { 0 };

		g.is32 = kind & 1;
		g.big_endian = kind & 2;
		g.gnu_hash = kind & 4;
		cr_assert(elf_read_symbols(&a, elfgen_make(&a, &g), &s, &e), "%s", e.cause);
		cr_assert(s.v.n == 4, "%zu", s.v.n);
		cr_expect(str_eq(s.v.v[0].name, STR("asked")) && !s.v.v[0].defined);
		cr_expect_str_eq(s.v.v[0].version, "A_2");
		cr_expect_str_eq(s.v.v[0].library, "liba.so.1");
		cr_expect(!s.v.v[1].defined && !s.v.v[1].version && !s.v.v[1].library);
		cr_expect(s.v.v[2].defined && !s.v.v[2].hidden_version && !s.v.v[2].library);
		cr_expect_str_eq(s.v.v[2].version, "S_2");
		cr_expect(s.v.v[3].defined && s.v.v[3].hidden_version);
		cr_expect_str_eq(s.v.v[3].version, "S_1");
		cr_expect(s.v.v[0].bind == STB_GLOBAL && s.v.v[0].type == STT_FUNC);
	}
}

Test(elf, hardening_facts_are_told_apart)
{
	AUTO_ARENA a = { 0 };
	const struct {
		const char *name;
		struct elfgen g;
		bool relro, stack, exec, wx, textrel, now, pie;
	} cases[] = {
		{ "nothing", { .no_stack = true }, 0, 0, 0, 0, 0, 0, 0 },
		{ "relro", { .relro = true }, 1, 1, 0, 0, 0, 0, 0 },
		{ "exec stack", { .exec_stack = true }, 0, 1, 1, 0, 0, 0, 0 },
		{ "write and exec", { .write_exec = true }, 0, 1, 0, 1, 0, 0, 0 },
		{ "textrel tag", { .textrel = true }, 0, 1, 0, 0, 1, 0, 0 },
		{ "textrel flag", { .df = DF_TEXTREL }, 0, 1, 0, 0, 1, 0, 0 },
		{ "now tag", { .bind_now = true }, 0, 1, 0, 0, 0, 1, 0 },
		{ "now flag", { .df = DF_BIND_NOW }, 0, 1, 0, 0, 0, 1, 0 },
		{ "now flag 1", { .df_1 = DF_1_NOW }, 0, 1, 0, 0, 0, 1, 0 },
		{ "pie flag", { .df_1 = DF_1_PIE }, 0, 1, 0, 0, 0, 0, 1 },
		{ "old pie", { .program = true }, 0, 1, 0, 0, 0, 0, 1 },
		{ "library with interpreter",
		  { .program = true, .soname = "l" },
		  0,
		  1,
		  0,
		  0,
		  0,
		  0,
		  0 },
		{ "fixed", { .program = true, .fixed = true }, 0, 1, 0, 0, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct elf elf = read_made(&a, &cases[i].g);

		cr_expect(elf.relro == cases[i].relro && elf.stack_header == cases[i].stack &&
				  elf.exec_stack == cases[i].exec &&
				  elf.write_exec == cases[i].wx &&
				  elf.textrel == cases[i].textrel && elf.bind_now == cases[i].now &&
				  elf_is_pie(&elf) == cases[i].pie,
			  "%s", cases[i].name);
	}
}

Test(elf, a_note_is_found_by_its_owner_and_type)
{
	struct elf_note notes[] = { { .owner = "GNU", .type = 1 },
				    { .owner = "GNU", .type = 3 },
				    { .owner = "Go", .type = 3 } };
	const struct elf elf = { .notes = { notes, 3, 3 } };

	cr_expect_eq(elf_find_note(&elf, "GNU", 1), &notes[0]);
	cr_expect_eq(elf_find_note(&elf, "GNU", 3), &notes[1]);
	cr_expect_eq(elf_find_note(&elf, "Go", 3), &notes[2]);
	cr_expect_null(elf_find_note(&elf, "Go", 1));
	cr_expect_null(elf_find_note(&elf, "FDO", 3));
}

Test(elf, machines_are_told_apart)
{
	AUTO_ARENA a = { 0 };
	struct elf x = read_made(&a, &(struct elfgen){ .relro = true });
	struct elf same = read_made(&a, &(struct elfgen){ .program = true });
	struct elf x32 = read_made(&a, &(struct elfgen){ .is32 = true, .machine = EM_X86_64 });
	struct elf arm = read_made(&a, &(struct elfgen){ .machine = EM_AARCH64 });
	struct elf hard = read_made(&a, &(struct elfgen){ .is32 = true,
							  .machine = EM_ARM,
							  .flags = EF_ARM_ABI_FLOAT_HARD });
	struct elf soft = read_made(&a, &(struct elfgen){ .is32 = true,
							  .machine = EM_ARM,
							  .flags = EF_ARM_ABI_FLOAT_SOFT });

	cr_expect(elf_same_machine(&x, &same));
	cr_expect(!elf_same_machine(&x, &x32));
	cr_expect(!elf_same_machine(&x, &arm));
	cr_expect(!elf_same_machine(&hard, &soft));
}

/* What readelf -dW says of one file, in the form of say_ours(). */
static void say_readelf(struct buf *out, struct str text)
{
	static const struct {
		const char *mark, *name;
	} kinds[] = {
		{ "(NEEDED)", "needed" },
		{ "(SONAME)", "soname" },
		{ "(RPATH)", "rpath" },
		{ "(RUNPATH)", "runpath" },
	};
	struct str line;

	while (str_next(&text, '\n', &line)) {
		const char *open = memchr(line.p, '[', line.n);
		const char *close = line.n ? memrchr(line.p, ']', line.n) : NULL;

		for (size_t i = 0; open && close && i < 4; i++) {
			if (memmem(line.p, line.n, kinds[i].mark, strlen(kinds[i].mark)))
				buf_printf(out, "%s %.*s\n", kinds[i].name, (int)(close - open - 1),
					   open + 1);
		}
		if (memmem(line.p, line.n, "(FLAGS_1)", 9))
			buf_printf(out, "pie %d now %d\n", memmem(line.p, line.n, "PIE", 3) != NULL,
				   memmem(line.p, line.n, "NOW", 3) != NULL);
	}
}

static void say_strings(struct buf *out, const char *name, const struct strings *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_printf(out, "%s %s\n", name, l->v[i]);
}

static void say_string(struct buf *out, const char *name, const char *s)
{
	if (s)
		buf_printf(out, "%s %s\n", name, s);
}

static struct strings lines_sorted(struct arena *a, const struct buf *b)
{
	struct strings l = { 0 };
	struct str rest = buf_str(b), line;

	while (str_next(&rest, '\n', &line))
		*list_push(a, &l) = str_dup(a, line);
	strings_sort(&l);
	return l;
}

static void expect_same_lines(struct arena *a, const struct buf *ours, const struct buf *theirs,
			      const char *file)
{
	struct strings x = lines_sorted(a, ours), y = lines_sorted(a, theirs);

	cr_expect(x.n == y.n, "%s: %zu lines against %zu", file, x.n, y.n);
	for (size_t i = 0; i < x.n && i < y.n; i++)
		cr_expect_str_eq(x.v[i], y.v[i], "%s: \"%s\" against \"%s\"", file, x.v[i], y.v[i]);
}

static void map_file(const char *path, struct mapping *m)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	struct error e = { 0 };
	off_t size = lseek(fd, 0, SEEK_END);

	cr_assert(size >= 0 && io_map(fd, 0, (uint64_t)size, path, m, &e), "%s %s", path, e.cause);
}

static void compare_with_readelf(const char *path)
{
	AUTO_ARENA a = { 0 };
	AUTO_MAPPING m = { 0 };
	struct buf ours = { .a = &a }, theirs = { .a = &a };
	struct elf elf;
	struct error e = { 0 };

	map_file(path, &m);
	cr_assert(elf_read(&a, m.bytes, &elf, &e), "%s: %s", path, e.cause);
	say_strings(&ours, "needed", &elf.needed);
	say_string(&ours, "soname", elf.soname);
	say_string(&ours, "rpath", elf.rpath);
	say_string(&ours, "runpath", elf.runpath);
	if (elf.df_1)
		buf_printf(&ours, "pie %d now %d\n", (elf.df_1 & DF_1_PIE) != 0,
			   (elf.df_1 & DF_1_NOW) != 0);
	say_readelf(&theirs, ORACLE(&a, "readelf", "-dW", path));
	expect_same_lines(&a, &ours, &theirs, path);
}

/* ELF files of the system, every `step`th. */
static struct strings system_files(struct arena *a, const char *folder, const char *suffix,
				   size_t step)
{
	struct strings all = files_below(a, folder, suffix), some = { 0 };

	for (size_t i = 0, n = 0; i < all.n; i++) {
		AUTO_FD fd = open(all.v[i], O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
		char magic[4];

		if (fd >= 0 && read(fd, magic, 4) == 4 && elf_is((struct str){ magic, 4 }) &&
		    n++ % step == 0)
			*list_push(a, &some) = all.v[i];
	}
	return some;
}

Test(elf, dynamic_facts_of_the_system_equal_readelfs)
{
	AUTO_ARENA a = { 0 };
	struct strings files = system_files(&a, "/usr/bin", "", 12);

	oracle_need("readelf");
	cr_assert(files.n > 10);
	for (size_t i = 0; i < files.n && i < 80; i++)
		compare_with_readelf(files.v[i]);
	files = system_files(&a, "/usr/lib/x86_64-linux-gnu", ".so", 8);
	for (size_t i = 0; i < files.n && i < 80; i++)
		compare_with_readelf(files.v[i]);
}

/* "name@VERSION", "name@@VERSION" or "name", as nm -D --with-symbol-versions has it. */
static void say_symbols(struct buf *out, const struct elf_symbols *s, bool defined)
{
	for (size_t i = 0; i < s->v.n; i++) {
		const struct elf_symbol *y = &s->v.v[i];

		if (y->defined != defined || y->bind == STB_LOCAL)
			continue;
		/* the symbol that stands for a version itself is printed bare by nm */
		if (y->version && str_eq(y->name, str_of(y->version))) {
			buf_printf(out, "%s\n", y->version);
			continue;
		}
		buf_printf(out, STR_FMT "%s%s\n", STR_ARG(y->name),
			   !y->version			     ? ""
			   : y->library || y->hidden_version ? "@"
							     : "@@",
			   y->version ? y->version : "");
	}
}

static void say_nm(struct buf *out, struct str text)
{
	struct str line;

	while (str_next(&text, '\n', &line)) {
		const char *blank = memrchr(line.p, ' ', line.n);

		if (blank)
			buf_printf(out, "%.*s\n", (int)(line.p + line.n - blank - 1), blank + 1);
	}
}

static void compare_with_nm(const char *path, bool defined)
{
	AUTO_ARENA a = { 0 };
	AUTO_MAPPING m = { 0 };
	struct buf ours = { .a = &a }, theirs = { .a = &a };
	struct elf_symbols s;
	struct error e = { 0 };

	map_file(path, &m);
	cr_assert(elf_read_symbols(&a, m.bytes, &s, &e), "%s: %s", path, e.cause);
	say_symbols(&ours, &s, defined);
	say_nm(&theirs, ORACLE(&a, "nm", "-D", "--with-symbol-versions",
			       defined ? "--defined-only" : "--undefined-only", path));
	expect_same_lines(&a, &ours, &theirs, path);
}

Test(elf, symbols_and_versions_of_the_system_equal_nms)
{
	static const char *const names[] = { "libm.so.6", "libstdc++.so.6", "libpthread.so.0",
					     "libcrypto.so.3", "libgcc_s.so.1" };
	char self[4096] = "";

	oracle_need("nm");
	for (size_t i = 0; i < 5; i++) {
		AUTO_ARENA a = { 0 };
		const char *path = arena_printf(&a, "/usr/lib/x86_64-linux-gnu/%s", names[i]);

		if (access(path, R_OK) != 0)
			continue;
		compare_with_nm(path, true);
		compare_with_nm(path, false);
	}
	cr_assert(readlink("/proc/self/exe", self, sizeof(self) - 1) > 0);
	compare_with_nm(self, false);
}

Test(elf, what_compilers_make_is_read)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *source = arena_printf(&a, "%s/p.c", dir), *out = arena_printf(&a, "%s/p", dir);
	const struct {
		const char *one, *two;
		bool pie, relro, now, exec, dynamic;
	} cases[] = {
		{ "-pie", "-Wl,-z,relro,-z,now", 1, 1, 1, 0, 1 },
		{ "-pie", "-Wl,-z,norelro,-z,lazy", 1, 0, 0, 0, 1 },
		{ "-no-pie", "-Wl,-z,execstack,-z,lazy", 0, 1, 0, 1, 1 },
		{ "-static", "-no-pie", 0, 1, 0, 0, 0 },
		{ "-static-pie", "-Wl,-z,now", 1, 1, 1, 0, 1 },
		{ "-shared", "-Wl,-z,lazy", 0, 1, 0, 0, 1 },
	};

	oracle_need("gcc");
	files_put(source, "int main(void) { return 0; }\n");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_MAPPING m = { 0 };
		struct elf elf;
		struct error e = { 0 };

		ORACLE(&a, "gcc", "-fPIE", cases[i].one, cases[i].two, "-Wl,--build-id=sha1", "-o",
		       out, source);
		map_file(out, &m);
		cr_assert(elf_read(&a, m.bytes, &elf, &e), "%s", e.cause);
		cr_expect(elf_is_pie(&elf) == cases[i].pie && elf.relro == cases[i].relro &&
				  elf.bind_now == cases[i].now && elf.exec_stack == cases[i].exec &&
				  elf.dynamic == cases[i].dynamic,
			  "%s %s", cases[i].one, cases[i].two);
		cr_expect(elf_find_note(&elf, "GNU", NT_GNU_BUILD_ID) != NULL);
	}
	files_remove(dir);
}

Test(elf, what_a_file_takes_is_told_whatever_it_exports)
{
	static const char *const hashes[] = { "-Wl,--hash-style=gnu", "-Wl,--hash-style=sysv" };
	static const char *const binds[] = { "-Wl,-z,lazy", "-Wl,-z,now" };
	static const char *const kinds[] = { "-pie", "-shared" }; /* which exports main() */
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	const char *source = arena_printf(&a, "%s/p.c", dir), *out = arena_printf(&a, "%s/p", dir);

	oracle_need("gcc");
	oracle_need("nm");
	files_put(source,
		  "#include <dlfcn.h>\n"
		  "int main(int n, char **v) { return dlopen(v[n - 1], RTLD_NOW) != 0; }\n");
	for (size_t i = 0; i < 8; i++) {
		AUTO_MAPPING m = { 0 };
		struct elf elf;
		struct error e = { 0 };

		ORACLE(&a, "gcc", "-fPIC", kinds[i >> 2], hashes[i & 1], binds[i >> 1 & 1], "-o",
		       out, source);
		compare_with_nm(out, false);
		map_file(out, &m);
		cr_assert(elf_read(&a, m.bytes, &elf, &e), "%s", e.cause);
		cr_expect(elf.opens, "%s %s %s", kinds[i >> 2], hashes[i & 1], binds[i >> 1 & 1]);
		cr_expect(elf_read_alone(&a, m.bytes, &elf, &e) && !elf.opens, "nobody asked");
	}
	files_remove(dir);
}
