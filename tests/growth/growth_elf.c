/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files with as much of one thing as is asked for, made here: little-endian, 64 bits, one
 * segment that has the whole file at address 0. And the files around the loader. */

#include "growth/growth.h"

#include "format/elf/elf_dlopen.h"
#include "format/elf/elf_wire.h"
#include "format/elf/ldcache.h"
#include "format/elf/ldconf.h"
#include "format/elf/loader_process.h"
#include "format/elf/loader_search.h"
#include "inspect/layers/elf_facts.h"

#define HEADERS (sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr))
#define NAME 13 /* "lib000000.so" and its NUL */

/* How many of what; `long_name` bytes: all names are this long and the same. */
struct elf_plan {
	size_t needed, needs, versions, definitions, symbols, notes, long_name;
	bool gnu_hash;
	const char *rpath;
	struct str note; /* what each note says */
};

struct elf_places {
	size_t strings, strings_n, symbols, hash, needs, definitions, dynamic, dynamic_n, notes,
		notes_n;
};

static void elf_add(struct buf *b, const void *p, size_t n)
{
	buf_add(b, (struct str){ p, n });
}

static uint32_t plan_name(const struct elf_plan *p, size_t i)
{
	return p->long_name ? 1 : (uint32_t)(1 + i * NAME);
}

static size_t elf_most(const struct elf_plan *p)
{
	size_t n = p->needed + 1;

	n = p->needs > n ? p->needs : n;
	n = p->versions > n ? p->versions : n;
	n = p->definitions > n ? p->definitions : n;
	return p->symbols > n ? p->symbols : n;
}

static void elf_strings(struct buf *b, const struct elf_plan *p, struct elf_places *at)
{
	at->strings = b->n;
	buf_putc(b, '\0');
	for (size_t i = 0; !p->long_name && i < elf_most(p); i++) {
		buf_printf(b, "lib%06zu.so", i);
		buf_putc(b, '\0');
	}
	for (size_t i = 0; i < p->long_name; i++)
		buf_putc(b, 'a');
	buf_putc(b, '\0');
	buf_puts(b, p->rpath ? p->rpath : "");
	buf_putc(b, '\0');
	at->strings_n = b->n - at->strings;
	while (b->n % 8)
		buf_putc(b, '\0');
}

static void elf_symbols_of(struct buf *b, const struct elf_plan *p, struct elf_places *at)
{
	uint32_t sysv[2] = { 1, (uint32_t)p->symbols }, gnu[4] = { 1, 1, 0, 0 }, word;

	at->symbols = b->n;
	for (size_t i = 0; i < p->symbols; i++) {
		Elf64_Sym s = { .st_name = i ? plan_name(p, i) : 0,
				.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
				.st_shndx = (Elf64_Section)(i % 2) };

		elf_add(b, &s, sizeof(s));
	}
	at->hash = b->n;
	if (!p->gnu_hash) {
		elf_add(b, sysv, sizeof(sysv));
		return;
	}
	elf_add(b, gnu, sizeof(gnu));
	word = 1;
	elf_add(b, &word, 4);
	for (size_t i = 1; i < p->symbols; i++) {
		word = i + 1 == p->symbols;
		elf_add(b, &word, 4);
	}
	while (b->n % 8)
		buf_putc(b, '\0');
}

static void elf_versions_of(struct buf *b, const struct elf_plan *p, struct elf_places *at)
{
	at->needs = b->n;
	for (size_t i = 0; i < p->needs; i++) {
		Elf64_Verneed need = { 1, (Elf64_Half)p->versions, plan_name(p, i),
				       (Elf64_Word)(sizeof(need) * (p->needs - i)),
				       i + 1 < p->needs ? sizeof(need) : 0 };

		elf_add(b, &need, sizeof(need));
	}
	for (size_t i = 0; i < p->versions; i++) {
		Elf64_Vernaux v = { (Elf64_Word)i, 0, (Elf64_Half)(i % 32000 + 2), plan_name(p, i),
				    i + 1 < p->versions ? sizeof(v) : 0 };

		elf_add(b, &v, sizeof(v));
	}
	at->definitions = b->n;
	for (size_t i = 0; i < p->definitions; i++) {
		Elf64_Verdef d = { 1,
				   0,
				   (Elf64_Half)(i % 32000 + 2),
				   1,
				   0,
				   sizeof(d),
				   i + 1 < p->definitions ? sizeof(d) + sizeof(Elf64_Verdaux) : 0 };
		Elf64_Verdaux name = { plan_name(p, i), 0 };

		elf_add(b, &d, sizeof(d));
		elf_add(b, &name, sizeof(name));
	}
	while (b->n % 8)
		buf_putc(b, '\0');
}

static void elf_entry(struct buf *b, int64_t tag, size_t value)
{
	Elf64_Dyn d = { .d_tag = tag, .d_un = { .d_val = value } };

	elf_add(b, &d, sizeof(d));
}

static void elf_dynamic_of(struct buf *b, const struct elf_plan *p, struct elf_places *at)
{
	at->dynamic = b->n;
	for (size_t i = 0; i < p->needed; i++)
		elf_entry(b, DT_NEEDED, plan_name(p, i));
	elf_entry(b, DT_STRTAB, at->strings);
	elf_entry(b, DT_STRSZ, at->strings_n);
	elf_entry(b, DT_SYMTAB, at->symbols);
	elf_entry(b, DT_SYMENT, sizeof(Elf64_Sym));
	if (p->symbols)
		elf_entry(b, p->gnu_hash ? DT_GNU_HASH : DT_HASH, at->hash);
	if (p->needs)
		elf_entry(b, DT_VERNEED, at->needs);
	if (p->definitions)
		elf_entry(b, DT_VERDEF, at->definitions);
	if (p->rpath)
		elf_entry(b, DT_RUNPATH, at->strings_n - strlen(p->rpath) - 1);
	elf_entry(b, DT_NULL, 0);
	at->dynamic_n = b->n - at->dynamic;
}

static void elf_notes_of(struct buf *b, const struct elf_plan *p, struct elf_places *at)
{
	at->notes = b->n;
	for (size_t i = 0; i < p->notes; i++) {
		Elf64_Nhdr note = { 4, (Elf64_Word)p->note.n, ELF_NOTE_DLOPEN };

		elf_add(b, &note, sizeof(note));
		elf_add(b, "FDO", 4);
		buf_add(b, p->note);
		while (b->n % 4)
			buf_putc(b, '\0');
	}
	at->notes_n = b->n - at->notes;
}

static void elf_make(struct buf *out, const struct elf_plan *p)
{
	struct elf_places at = { 0 };
	Elf64_Ehdr head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			    .e_type = ET_DYN,
			    .e_machine = EM_X86_64,
			    .e_version = EV_CURRENT,
			    .e_phoff = sizeof(head),
			    .e_ehsize = sizeof(head),
			    .e_phentsize = sizeof(Elf64_Phdr),
			    .e_phnum = 3 };
	Elf64_Phdr load = { .p_type = PT_LOAD, .p_flags = PF_R, .p_align = 4096 },
		   dynamic = { .p_type = PT_DYNAMIC }, note = { .p_type = PT_NOTE, .p_align = 4 };

	for (size_t i = 0; i < HEADERS; i++)
		buf_putc(out, '\0');
	elf_strings(out, p, &at);
	elf_symbols_of(out, p, &at);
	elf_versions_of(out, p, &at);
	elf_dynamic_of(out, p, &at);
	elf_notes_of(out, p, &at);
	load.p_filesz = load.p_memsz = out->n;
	dynamic.p_offset = dynamic.p_vaddr = at.dynamic;
	dynamic.p_filesz = dynamic.p_memsz = at.dynamic_n;
	note.p_offset = note.p_vaddr = at.notes;
	note.p_filesz = note.p_memsz = at.notes_n;
	memcpy(out->p, &head, sizeof(head));
	memcpy(out->p + sizeof(head), &load, sizeof(load));
	memcpy(out->p + sizeof(head) + sizeof(load), &dynamic, sizeof(dynamic));
	memcpy(out->p + sizeof(head) + 2 * sizeof(load), &note, sizeof(note));
}

static void elf_make_needed(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .needed = n });
}

static void elf_make_needed_long(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .needed = n, .long_name = n });
}

static void elf_make_needs(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .needs = n, .versions = 1 });
}

static void elf_make_needs_shared(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .needs = n, .versions = n });
}

static void elf_make_needs_long(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .needs = n, .versions = 0, .long_name = n });
}

static void elf_make_versions(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .needs = 1, .versions = n });
}

static void elf_make_definitions(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .definitions = n });
}

static void elf_make_definitions_long(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .definitions = n, .long_name = n });
}

static void elf_make_symbols(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .symbols = n });
}

static void elf_make_symbols_gnu(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .symbols = n, .gnu_hash = true });
}

static void elf_make_symbols_long(struct buf *out, size_t n)
{
	elf_make(out, &(struct elf_plan){ .symbols = n, .long_name = n });
}

static void elf_make_notes(struct buf *out, size_t n)
{
	elf_make(out,
		 &(struct elf_plan){ .notes = n, .note = STR("[{\"soname\":[\"liba.so.1\"]}]") });
}

static void elf_make_dlopens(struct buf *out, size_t n)
{
	struct buf note = { .a = out->a };

	buf_puts(&note, "[{\"soname\":[\"x\"");
	for (size_t i = 0; i < n; i++)
		buf_printf(&note, ",\"lib%06zu.so\"", i);
	buf_puts(&note, "]}]");
	elf_make(out, &(struct elf_plan){ .notes = 1, .note = buf_str(&note) });
}

static bool growth_elf_run(struct arena *a, struct str input, struct error *e)
{
	struct elf elf;
	struct elf_symbols symbols;
	struct elf_dlopens dlopens = { 0 };
	struct item item = { .path = "a" };
	struct buf said = { .a = a };
	struct wire w = { .a = a };

	if (!elf_read_header(input, &elf, e) || !elf_read(a, input, &elf, e) ||
	    !elf_read_alone(a, input, &elf, e) || !elf_read_symbols(a, input, &symbols, e) ||
	    !elf_read_dlopens(a, &elf, &dlopens, e))
		return false;
	elf_wire_put(&said, &elf);
	w.rest = buf_str(&said);
	elf_wire_get(&w, &elf);
	elf_facts_make(a, input, &item);
	return wire_end(&w);
}

/* "entry" lines become a cache, which is read. */
static void elf_make_cache(struct buf *out, size_t n)
{
	struct ldcache c = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct ldcache_entry *x = list_push(out->a, &c.entries);

		x->soname = arena_printf(out->a, "lib%06zu.so.1", n - i);
		x->path = arena_printf(out->a, "/usr/lib/lib%06zu.so.1", n - i);
		x->flags = 0x303;
	}
	ldcache_write(out->a, &c, out);
}

/* All entries have the same long name. */
static void elf_make_cache_long(struct buf *out, size_t n)
{
	struct ldcache c = { 0 };
	char *name = arena_alloc(out->a, n + 1);

	memset(name, 'a', n);
	for (size_t i = 0; i < n; i++)
		*list_push(out->a, &c.entries) =
			(struct ldcache_entry){ .soname = name, .path = name, .flags = 0x303 };
	ldcache_write(out->a, &c, out);
}

static bool elf_run_cache(struct arena *a, struct str input, struct error *e)
{
	struct ldcache cache = { 0 };
	struct buf again = { .a = a };

	if (!ldcache_read(a, input, &cache, e))
		return false;
	ldcache_find(&cache, "lib000001.so.1", &machine_rows[MACHINE_AMD64], 3);
	ldcache_write(a, &cache, &again);
	return true;
}

/* ld.so.conf and as many files as it has lines beyond its first NUL. */
struct elf_conf {
	struct ldconf_source base;
	struct arena *a;
	struct str text;
};

static bool elf_conf_read(struct ldconf_source *s, const char *path, struct str *text, bool *found,
			  struct error *e)
{
	struct elf_conf *c = (struct elf_conf *)s;

	(void)e;
	*found = true;
	*text = strcmp(path, "/etc/ld.so.conf") == 0 ? c->text : STR("/usr/lib/x\n");
	return true;
}

static bool elf_conf_list(struct ldconf_source *s, const char *folder, struct strings *names,
			  struct error *e)
{
	struct elf_conf *c = (struct elf_conf *)s;

	(void)e;
	(void)folder;
	for (size_t i = 0; i < 500; i++)
		*list_push(c->a, names) = arena_printf(c->a, "%06zu.conf", 500 - i);
	return true;
}

static bool elf_run_conf(struct arena *a, struct str input, struct error *e)
{
	struct elf_conf c = { { elf_conf_read, elf_conf_list }, a, input };
	struct strings out = { NULL, 0, 0 };

	return ldconf_read(a, &c.base, "/etc/ld.so.conf", &out, e);
}

static bool elf_run_preload(struct arena *a, struct str input, struct error *e)
{
	struct strings out = { NULL, 0, 0 };

	(void)e;
	process_preload(a, input, &out);
	return out.n > 0;
}

static bool elf_run_search(struct arena *a, struct str input, struct error *e)
{
	const struct elf elf = { .is64 = true, .machine = EM_X86_64, .type = ET_DYN };
	struct strings out = { NULL, 0, 0 };

	(void)e;
	search_path_folders(a, &elf, str_dup(a, input), "/usr/lib", &out);
	search_expand(a, &elf, input, "/usr/lib");
	return true;
}

static const struct growth_case elf_table[] = {
	{ "elf_read elf_read_alone elf_read_header elf_read_dynamic elf_open",
	  "many needed libraries", 500, .make = elf_make_needed, .run = growth_elf_run },
	{ "elf_read_dynamic", "needed libraries that share one long name", 500,
	  .make = elf_make_needed_long, .run = growth_elf_run, .refused = true },
	{ "elf_read_versions", "many libraries with versions", 860, .make = elf_make_needs,
	  .run = growth_elf_run },
	{ "elf_read_versions", "libraries that share a chain of versions", 79,
	  .make = elf_make_needs_shared, .run = growth_elf_run, .refused = true },
	{ "elf_read_versions", "libraries that share one long name", 500,
	  .make = elf_make_needs_long, .run = growth_elf_run, .refused = true },
	{ "elf_read_versions", "many versions of one library", 1500, .make = elf_make_versions,
	  .run = growth_elf_run },
	{ "elf_read_versions", "many versions defined", 1200, .make = elf_make_definitions,
	  .run = growth_elf_run },
	{ "elf_read_versions", "versions that share one long name", 500,
	  .make = elf_make_definitions_long, .run = growth_elf_run, .refused = true },
	{ "elf_read_symbols elf_facts_make", "many symbols", 1000, .make = elf_make_symbols,
	  .run = growth_elf_run },
	{ "elf_read_symbols", "many symbols in a GNU hash table", 1000,
	  .make = elf_make_symbols_gnu, .run = growth_elf_run },
	{ "elf_read_symbols elf_facts_make", "symbols that share one long name", 750,
	  .make = elf_make_symbols_long, .run = growth_elf_run, .refused = true },
	{ "elf_read_notes", "as many notes as are kept", 120, .make = elf_make_notes,
	  .run = growth_elf_run },
	{ "elf_read_notes", "more notes than are kept", 290, .make = elf_make_notes,
	  .run = growth_elf_run },
	{ "elf_read_dlopens", "many names in one note", 520, .make = elf_make_dlopens,
	  .run = growth_elf_run },
	{ "ldcache_read", "many libraries", 750, .make = elf_make_cache, .run = elf_run_cache },
	{ "ldcache_read", "entries that share one long name", 500, .make = elf_make_cache_long,
	  .run = elf_run_cache, .refused = true },
	{ "ldconf_read", "many folders", 500, "", "/usr/lib/f#\n", "", .run = elf_run_conf },
	{ "ldconf_read", "the same folder in many lines", 5000, "", "/usr/lib\n", "",
	  .run = elf_run_conf },
	{ "ldconf_read", "many comments", 5000, "", "\1 c\n", "", .run = elf_run_conf },
	{ "ldconf_read", "many patterns for the same files", 16, "", "include d/*.conf\n", "",
	  .run = elf_run_conf },
	{ "ldconf_read", "many files", 330, "", "include d/f#\n", "", .run = elf_run_conf },
	{ "process_preload", "many names", 5000, "", "lib#.so ", "", .run = elf_run_preload },
	{ "search_path_folders", "many folders", 400, "/a", ":/usr/lib/f#", "",
	  .run = elf_run_search },
	{ "search_path_folders", "more folders than are looked at", 230, "/a", ":/usr/lib/f#", "",
	  .run = elf_run_search },
	{ "search_expand", "many tokens", 750, "/a", "/$LIB", "", .run = elf_run_search },
	{ "search_expand", "many dollars", 2800, "/a", "/$X${LI", "", .run = elf_run_search },
};
const struct growth_cases growth_elf_cases = { elf_table, ARRAY_SIZE(elf_table) };
