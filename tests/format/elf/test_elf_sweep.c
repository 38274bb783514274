/* SPDX-License-Identifier: Apache-2.0 */
/* Every ELF file of a tree, told by us and by readelf. The tree is this machine's /usr, of which
 * some files are taken, or all of IMGBUILD_TEST_ELF_ROOT. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/elf/elf.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define SOME 120 /* files of this machine */

/* ---- ours ---- */

static const char *machine_text(uint16_t machine)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} known[] = {
		{ EM_NONE, "None" },	    { EM_X86_64, "Advanced Micro Devices X86-64" },
		{ EM_386, "Intel 80386" },  { EM_AARCH64, "AArch64" },
		{ EM_ARM, "ARM" },	    { EM_BPF, "Linux BPF" },
		{ EM_RISCV, "RISC-V" },	    { EM_PPC64, "PowerPC64" },
		{ EM_S390, "IBM S/390" },   { EM_MIPS, "MIPS R3000" },
		{ EM_PPC, "PowerPC" },	    { EM_SPARC, "Sparc" },
		{ EM_SPARCV9, "Sparc v9" }, { EM_PARISC, "HPPA" },
		{ EM_ALPHA, "Alpha" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i].machine == machine)
			return known[i].name;
	return "?";
}

static void say_list(struct buf *out, const char *name, const struct strings *l)
{
	for (size_t i = 0; i < l->n; i++)
		buf_printf(out, "%s %s\n", name, l->v[i]);
}

static void say_text(struct buf *out, const char *name, const char *text)
{
	if (text)
		buf_printf(out, "%s %s\n", name, text);
}

static void say_ours(struct buf *out, const struct elf *e)
{
	static const char *const types[] = { "NONE", "REL", "EXEC", "DYN", "CORE" };

	buf_printf(out, "class %s\ntype %s\nmachine %s\neflags 0x%x\n", e->is64 ? "ELF64" : "ELF32",
		   e->type < 5 ? types[e->type] : "?", machine_text(e->machine), e->flags);
	say_text(out, "interp", e->interp);
	say_list(out, "needed", &e->needed);
	say_list(out, "filter", &e->filters);
	say_list(out, "auxiliary", &e->auxiliaries);
	say_text(out, "soname", e->soname);
	say_text(out, "rpath", e->rpath);
	say_text(out, "runpath", e->runpath);
	buf_printf(out, "relro %d\nstack %d %d\nwx %d\nnow %d\npie %d\ntextrel %d\n", e->relro,
		   e->stack_header, e->exec_stack, e->write_exec, e->bind_now,
		   (e->df_1 & DF_1_PIE) != 0, e->textrel);
	for (size_t i = 0; i < e->notes.n; i++)
		buf_printf(out, "note %s 0x%08zx\n", e->notes.v[i].owner, e->notes.v[i].desc.n);
}

/* ---- readelf's ---- */

static bool line_holds(struct str line, const char *text)
{
	return memmem(line.p, line.n, text, strlen(text)) != NULL;
}

/* The text between the first '[' and the last ']'. */
static struct str text_in_brackets(struct str line)
{
	const char *open = memchr(line.p, '[', line.n),
		   *close = line.n ? memrchr(line.p, ']', line.n) : NULL;

	return open && close > open ? (struct str){ open + 1, (size_t)(close - open - 1) }
				    : (struct str){ "", 0 };
}

struct flags {
	bool relro, stack, exec, wx, now, pie, textrel;
};

static void readelf_segment(struct str line, struct flags *f)
{
	bool writes = line_holds(line, " RW ") || line_holds(line, " RWE "),
	     both = line_holds(line, " RWE ");

	if (str_starts(line, STR("GNU_RELRO")))
		f->relro = true;
	if (str_starts(line, STR("GNU_STACK"))) {
		f->stack = true;
		f->exec = line_holds(line, "E 0x") || line_holds(line, " E ");
	}
	if (str_starts(line, STR("LOAD")))
		f->wx |= writes && both;
}

static void read_dynamic(struct buf *out, struct str line, struct flags *f)
{
	static const struct {
		const char *tag, *name;
	} texts[] = {
		{ "(NEEDED)", "needed" }, { "(SONAME)", "soname" },
		{ "(RPATH)", "rpath" },	  { "(RUNPATH)", "runpath" },
		{ "(FILTER)", "filter" }, { "(AUXILIARY)", "auxiliary" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (line_holds(line, texts[i].tag))
			buf_printf(out, "%s " STR_FMT "\n", texts[i].name,
				   STR_ARG(text_in_brackets(line)));
	f->now |= line_holds(line, "(BIND_NOW)") ||
		  (line_holds(line, "(FLAGS)") && line_holds(line, "BIND_NOW")) ||
		  (line_holds(line, "(FLAGS_1)") && line_holds(line, " NOW"));
	f->pie |= line_holds(line, "(FLAGS_1)") && line_holds(line, "PIE");
	f->textrel |= line_holds(line, "(TEXTREL)") ||
		      (line_holds(line, "(FLAGS)") && line_holds(line, "TEXTREL"));
}

static void readelf_header(struct buf *out, struct str line)
{
	static const struct {
		const char *mark, *name;
		char end;
	} fields[] = {
		{ "Class:", "class", '\0' },
		{ "Type:", "type", ' ' },
		{ "Machine:", "machine", '\0' },
		{ "Flags:", "eflags", ',' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct str value, rest;

		if (!str_starts(line, str_of(fields[i].mark)))
			continue;
		value = str_trim(str_from(line, strlen(fields[i].mark)));
		if (fields[i].end)
			str_cut(value, fields[i].end, &value, &rest);
		buf_printf(out, "%s " STR_FMT "\n", fields[i].name, STR_ARG(value));
	}
}

/* "  GNU                  0x00000014<tab>NT_GNU_BUILD_ID ...": for notes that readelf does not know
 * the next one stands on the same line. */
static void read_notes(struct buf *out, struct str line)
{
	struct str rest = line, owner, cut;
	const char *size;

	while ((size = memmem(rest.p, rest.n, " 0x", 3)) != NULL) {
		size_t at = (size_t)(size - rest.p);

		owner = (struct str){ rest.p, at };
		rest = str_from(rest, at + 1);
		if (rest.n < 11 || rest.p[10] != '\t')
			continue;
		while (str_cut(owner, '\t', &cut, &owner))
			;
		buf_printf(out, "note " STR_FMT " %.10s\n", STR_ARG(str_trim(cut)), rest.p);
	}
}

static void say_theirs(struct buf *out, struct str text)
{
	struct flags f = { false };
	struct str line;
	bool notes = false, dynamic = false;

	while (str_next(&text, '\n', &line)) {
		struct str plain = str_trim(line);

		notes = notes || str_starts(plain, STR("Displaying notes"));
		dynamic = dynamic || str_starts(plain, STR("Dynamic section"));
		if (notes)
			read_notes(out, line);
		else if (dynamic)
			read_dynamic(out, plain, &f);
		else
			readelf_header(out, plain), readelf_segment(plain, &f);
		if (str_starts(plain, STR("[Requesting program interpreter: ")))
			buf_printf(out, "interp " STR_FMT "\n",
				   STR_ARG(str_from(text_in_brackets(plain), 32)));
	}
	buf_printf(out, "relro %d\nstack %d %d\nwx %d\nnow %d\npie %d\ntextrel %d\n", f.relro,
		   f.stack, f.exec, f.wx, f.now, f.pie, f.textrel);
}

/* ---- both ---- */

static const char *sorted_lines_of(struct arena *a, const struct buf *b, bool notes)
{
	struct strings l = { NULL, 0, 0 };
	struct buf out = { .a = a };
	struct str rest = buf_str(b), line;

	while (str_next(&rest, '\n', &line))
		if (notes || !str_starts(line, STR("note ")))
			*list_push(a, &l) = str_dup(a, line);
	strings_unique(&l); /* readelf shows a note in two sections twice */
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&out, "%s\n", l.v[i]);
	return buf_cstr(&out);
}

static bool sweep_compare(const char *path)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_MAPPING m = { 0 };
	struct buf ours = { .a = &a }, theirs = { .a = &a };
	struct oracle_run r;
	struct elf elf;
	struct error e = { 0 };
	const char *x, *y;

	cr_assert(fd >= 0 && io_map(fd, 0, (uint64_t)lseek(fd, 0, SEEK_END), path, &m, &e), "%s",
		  path);
	r = oracle_run(&a, (const char *const[]){ "readelf", "-hldnW", path, NULL });
	if (!elf_read(&a, m.bytes, &elf, &e)) {
		cr_expect(r.status != 0 || r.err.n, "%s: we say %s, readelf says nothing", path,
			  e.cause);
		return true;
	}
	say_ours(&ours, &elf);
	say_theirs(&theirs, r.out);
	x = sorted_lines_of(&a, &ours, !elf.odd_notes); /* of very many notes we keep the first */
	y = sorted_lines_of(&a, &theirs, !elf.odd_notes);
	cr_expect_str_eq(x, y, "%s\nours:\n%stheirs:\n%s", path, x, y);
	return strcmp(x, y) == 0;
}

static bool is_elf_file(const char *path)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char magic[4];

	return fd >= 0 && pread(fd, magic, 4, 0) == 4 && elf_is((struct str){ magic, 4 });
}

static struct strings elf_files(struct arena *a, const char *root)
{
	struct strings all = files_below(a, root, ""), out = { NULL, 0, 0 };

	for (size_t i = 0; i < all.n; i++)
		if (is_elf_file(all.v[i]))
			*list_push(a, &out) = all.v[i];
	return out;
}

Test(elf, every_fact_of_a_tree_equals_readelfs, .timeout = 3600)
{
	const char *root = getenv("IMGBUILD_TEST_ELF_ROOT");
	AUTO_ARENA a = { 0 };
	struct strings files;
	size_t step, differ = 0, seen = 0;

	oracle_need("readelf");
	files = elf_files(&a, root ? root : "/usr/lib/x86_64-linux-gnu");
	if (!root) {
		struct strings more = elf_files(&a, "/usr/bin");

		for (size_t i = 0; i < more.n; i++)
			*list_push(&a, &files) = more.v[i];
	}
	cr_assert(files.n > 20, "only %zu ELF files", files.n);
	step = root || files.n < SOME ? 1 : files.n / SOME;
	for (size_t i = 0; i < files.n; i += step, seen++)
		differ += !sweep_compare(files.v[i]);
	printf("%zu of %zu ELF files compared with readelf, %zu differ\n", seen, files.n, differ);
}
