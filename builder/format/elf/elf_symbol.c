/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic symbols. The format has no field for the size of the table: it follows from the hash
 * tables, as in the loader and in readelf -D. */

#include "format/elf/elf.h"

#include <sys/param.h>

#include "format/elf/elf_parts.h"

#define SYM elf_pick(f, 16, 24)
#define NAME_MAX_BYTES 65536 /* C++ templates make names of tens of KiB */

/* The number of symbols that a GNU hash table tells of: the end of the chain that the highest
 * bucket starts. Symbols before `first` are not hashed. */
static bool gnu_hash_count(const struct elf_file *f, struct str table, uint64_t *count, bool *whole)
{
	uint64_t buckets, first, words, highest = 0, chains_at;
	struct str head, chains;

	if (!elf_slice(table, 0, 16, &head))
		return false;
	buckets = elf_u32(f, head, 0);
	first = elf_u32(f, head, 4);
	words = elf_u32(f, head, 8);
	if (!elf_table(table, 16 + words * elf_pick(f, 4, 8), buckets, 4, &head))
		return false;
	for (uint64_t i = 0; i < buckets; i++) {
		uint64_t bucket = elf_u32(f, head, i * 4);

		highest = MAX(bucket, highest);
	}
	*count = first;
	*whole = highest >= first;
	if (!*whole)
		return true;
	chains_at = 16 + words * elf_pick(f, 4, 8) + buckets * 4;
	for (uint64_t i = highest;; i++) {
		if (!elf_slice(table, chains_at + (i - first) * 4, 4, &chains))
			return false;
		if (elf_u32(f, chains, 0) & 1) {
			*count = i + 1;
			return true;
		}
	}
}

/* `whole`: the table tells of the last symbol, as linkers write it. */
static bool elf_hashed_count(const struct elf_file *f, uint64_t *count, bool *whole,
			     struct error *e)
{
	struct elf_value sysv = elf_dynamic_value(f, DT_HASH);
	struct elf_value gnu = elf_dynamic_value(f, DT_GNU_HASH);
	struct str table, head;

	*count = 0;
	*whole = false;
	if (gnu.present) {
		if (!elf_mapped(f, gnu.v, &table) || !gnu_hash_count(f, table, count, whole))
			return err_set(e, ERR_INPUT, "the hash table of its symbols is malformed");
	} else if (sysv.present) {
		if (!elf_mapped(f, sysv.v, &table) || !elf_slice(table, 0, 8, &head))
			return err_set(e, ERR_INPUT, "the hash table of its symbols is malformed");
		*count = elf_u32(f, head, 4);
		*whole = true;
	}
	return true;
}

/* The highest symbol that a table of relocations names, and 1. */
static uint64_t elf_relocated(const struct elf_file *f, uint64_t at_tag, uint64_t size_tag,
			      uint64_t entry)
{
	struct elf_value at = elf_dynamic_value(f, at_tag), size = elf_dynamic_value(f, size_tag);
	uint64_t highest = 0;
	struct str all, table;

	if (!at.present || !size.present || !elf_mapped(f, at.v, &all) ||
	    !elf_slice(all, 0, size.v, &table))
		return 0;
	for (size_t i = 0; i + entry <= table.n; i += entry) {
		struct str one = { table.p + i, entry };
		uint64_t symbol = elf_pick(f, 0, 1) ? elf_u64(f, one, 8) >> 32
						    : elf_u32(f, one, 4) >> 8;

		highest = MAX(symbol + 1, highest);
	}
	return highest;
}

/* A program that exports nothing has an empty hash table: then the symbols that it takes from
 * others are known by its relocations alone, which is how the loader comes to them. */
static uint64_t elf_relocated_count(const struct elf_file *f)
{
	uint64_t rela = elf_pick(f, 12, 24), rel = elf_pick(f, 8, 16);
	struct elf_value kind = elf_dynamic_value(f, DT_PLTREL);
	uint64_t counts[] = {
		elf_relocated(f, DT_RELA, DT_RELASZ, rela),
		elf_relocated(f, DT_REL, DT_RELSZ, rel),
		elf_relocated(f, DT_JMPREL, DT_PLTRELSZ,
			      kind.present && kind.v == DT_REL ? rel : rela),
	};
	uint64_t most = 0;

	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		most = MAX(counts[i], most);
	return most;
}

/* What the hash table tells of, and what relocations name beyond it. */
static bool elf_symbol_count(const struct elf_file *f, uint64_t *count, struct error *e)
{
	uint64_t relocated = elf_relocated_count(f);
	bool whole;

	if (!elf_hashed_count(f, count, &whole, e))
		return false;
	*count = MAX(relocated, *count);
	return true;
}

/* A version by its index. */
struct label {
	const char *name, *library;
};

/* The tables a symbol is read from. */
struct tables {
	const struct elf_file *f;
	struct label *offered, *asked; /* labels of each, by index */
	size_t labels;
	struct str symbols, versions; /* versions is empty if the file has none */
	uint64_t budget;	      /* bytes of names that may still be read */
};

static size_t label_count(const struct elf *elf)
{
	size_t n = 0;

	for (size_t i = 0; i < elf->versions.n; i++) {
		if (elf->versions.v[i].index >= n)
			n = elf->versions.v[i].index + 1u;
	}
	for (size_t i = 0; i < elf->needs.n; i++) {
		const struct elf_need *need = &elf->needs.v[i];

		for (size_t k = 0; k < need->versions.n; k++) {
			if (need->versions.v[k].index >= n)
				n = need->versions.v[k].index + 1u;
		}
	}
	return n;
}

static void label_versions(struct arena *a, const struct elf *elf, struct tables *t)
{
	t->labels = label_count(elf);
	t->offered = arena_array(a, t->labels, sizeof(*t->offered));
	t->asked = arena_array(a, t->labels, sizeof(*t->asked));
	for (size_t i = 0; i < elf->versions.n; i++) {
		const struct elf_version *v = &elf->versions.v[i];

		if (!v->base)
			t->offered[v->index].name = v->name;
	}
	for (size_t i = 0; i < elf->needs.n; i++) {
		const struct elf_need *need = &elf->needs.v[i];

		for (size_t k = 0; k < need->versions.n; k++) {
			const struct elf_version *v = &need->versions.v[k];

			t->asked[v->index] = (struct label){ v->name, need->library };
		}
	}
}

/* A defined symbol has a version that is offered; or, copied from a library into a program, one
 * that is asked for. */
static void name_version(const struct tables *t, uint16_t index, struct elf_symbol *s)
{
	struct label label;

	if (index <= VER_NDX_GLOBAL || index >= t->labels)
		return;
	label = t->asked[index];
	if (s->defined && t->offered[index].name)
		label = t->offered[index];
	s->version = label.name;
	s->library = label.library;
}

static bool read_symbol(struct tables *t, size_t i, struct elf_symbol *s)
{
	const struct elf_file *f = t->f;
	struct str entry;
	unsigned char info;

	if (!elf_slice(t->symbols, i * SYM, SYM, &entry) ||
	    !elf_string(f->strings, elf_u32(f, entry, 0), NAME_MAX_BYTES, &s->name) ||
	    s->name.n > t->budget)
		return false;
	t->budget -= s->name.n;
	info = (unsigned char)entry.p[elf_pick(f, 12, 4)];
	s->bind = ELF64_ST_BIND(info);
	s->type = ELF64_ST_TYPE(info);
	s->visibility = ELF64_ST_VISIBILITY((unsigned char)entry.p[elf_pick(f, 13, 5)]);
	s->defined = elf_u16(f, entry, elf_pick(f, 14, 6)) != SHN_UNDEF;
	if (t->versions.n) {
		uint16_t index = elf_u16(f, t->versions, i * 2);

		s->hidden_version = s->defined && (index & 0x8000);
		name_version(t, index & 0x7fff, s);
	}
	return true;
}

static bool open_tables(struct tables *t, uint64_t count, struct error *e)
{
	const struct elf_file *f = t->f;
	struct elf_value symbols = elf_dynamic_value(f, DT_SYMTAB);
	struct elf_value versions = elf_dynamic_value(f, DT_VERSYM);
	struct elf_value size = elf_dynamic_value(f, DT_SYMENT);
	struct str all;

	if (size.present && size.v != SYM)
		return err_set(e, ERR_INPUT, "dynamic symbols of an unknown size");
	if (!symbols.present || !elf_mapped(f, symbols.v, &all) ||
	    !elf_table(all, 0, count, SYM, &t->symbols))
		return err_set(e, ERR_INPUT, "the dynamic symbol table leaves its segment");
	if (versions.present &&
	    (!elf_mapped(f, versions.v, &all) || !elf_table(all, 0, count, 2, &t->versions)))
		return err_set(e, ERR_INPUT, "the versions of its symbols leave their segment");
	return true;
}

bool elf_read_symbols(struct arena *a, struct str bytes, struct elf_symbols *out, struct error *e)
{
	struct elf_file f;
	struct elf elf = { 0 };
	struct tables t = { .f = &f, .budget = 16 * (uint64_t)bytes.n };
	uint64_t count;

	*out = (struct elf_symbols){ 0 };
	if (!elf_open(a, bytes, &f, e) || !elf_open_dynamic(&f, e) ||
	    !elf_symbol_count(&f, &count, e))
		return false;
	if (count == 0)
		return true;
	if (!open_tables(&t, count, e) || !elf_read_versions(a, &f, &elf, e))
		return false;
	if (t.versions.n)
		label_versions(a, &elf, &t);
	for (size_t i = 1; i < count; i++) {
		if (!read_symbol(&t, i, list_push(a, &out->v)))
			return err_set(e, ERR_INPUT, "dynamic symbol %zu is malformed", i);
	}
	return true;
}

/* Is one of the first `count` symbols, from `from` on, a function that opens modules, to be had
 * from elsewhere? */
static bool elf_opens_among(const struct elf_file *f, uint64_t from, uint64_t count)
{
	struct tables t = { .f = f };
	struct error ignored = { 0 };
	struct str name;

	if (from >= count || !open_tables(&t, count, &ignored))
		return false;
	for (size_t i = from; i < count; i++) {
		struct str entry = { t.symbols.p + i * SYM, SYM };

		if (elf_u16(f, entry, elf_pick(f, 14, 6)) == SHN_UNDEF &&
		    elf_string(f->strings, elf_u32(f, entry, 0), sizeof("dlmopen") - 1, &name) &&
		    (str_eq(name, STR("dlopen")) || str_eq(name, STR("dlmopen"))))
			return true;
	}
	return false;
}

/* Whether the name of a symbol may end so. */
static bool elf_strings_end(const struct elf_file *f, struct str end)
{
	return f->strings.n && memmem(f->strings.p, f->strings.n, end.p, end.n + 1);
}

/* Relocations are the largest of these tables, and are read last: of what has an empty hash table,
 * and the name. */
bool elf_opens(const struct elf_file *f)
{
	struct error ignored = { 0 };
	uint64_t count;
	bool whole;

	if (!elf_hashed_count(f, &count, &whole, &ignored))
		return false;
	if (elf_opens_among(f, 1, count))
		return true;
	return !whole && elf_strings_end(f, STR("open")) &&
	       elf_opens_among(f, MAX(count, 1), elf_relocated_count(f));
}
