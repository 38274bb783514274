/* SPDX-License-Identifier: Apache-2.0 */
/* Lays an ELF file out front to back: header, program headers, strings, hash, symbols, versions,
 * dynamic section, note, section headers. Shares no code with the readers it tests. */

#include "support/gen_elf.h"

#include <assert.h>
#include <elf.h>

#define BASE 0x10000u /* address of offset 0 */
#define SIZE 16384u

/* A file on its way. */
struct maker {
	const struct elfgen *g;
	char *p;
	size_t at;
	size_t strings, strings_end; /* the string table grows in a room of its own */
	size_t dynamic;
	bool w64;
};

static void put_at(struct maker *m, size_t at, uint64_t v, unsigned width)
{
	assert(at + width <= SIZE);
	for (unsigned i = 0; i < width; i++) {
		unsigned shift = 8 * (m->g->big_endian ? width - 1 - i : i);

		m->p[at + i] = (char)(v >> shift & 0xff);
	}
}

static void elfgen_write(struct maker *m, uint64_t v, unsigned width)
{
	put_at(m, m->at, v, width);
	m->at += width;
}

static void elfgen_put_word(struct maker *m, uint64_t v)
{
	elfgen_write(m, v, m->w64 ? 8 : 4);
}

static void elfgen_align(struct maker *m, size_t to)
{
	m->at = (m->at + to - 1) / to * to;
}

static uint64_t elfgen_string(struct maker *m, const char *s)
{
	uint64_t offset = m->strings_end - m->strings;

	memcpy(m->p + m->strings_end, s, strlen(s) + 1);
	m->strings_end += strlen(s) + 1;
	assert(m->strings_end < m->strings + 6144);
	return offset;
}

static void elfgen_segment(struct maker *m, uint32_t type, uint32_t flags, uint64_t from,
			   uint64_t size, uint64_t alignment)
{
	elfgen_write(m, type, 4);
	if (m->w64)
		elfgen_write(m, flags, 4);
	elfgen_put_word(m, from);
	elfgen_put_word(m, from + BASE);
	elfgen_put_word(m, from + BASE);
	elfgen_put_word(m, size);
	elfgen_put_word(m, size);
	if (!m->w64)
		elfgen_write(m, flags, 4);
	elfgen_put_word(m, alignment);
}

static size_t elfgen_count(const char *const *list, size_t max)
{
	size_t n = 0;

	while (n < max && list[n])
		n++;
	return n;
}

/* The index of a version: offered ones from 2 on (1 is the file itself), then those needed. */
static uint16_t version_index(const struct elfgen *g, const char *name, bool defined)
{
	size_t offered = elfgen_count(g->offers, ELFGEN_MAX), index = 2 + offered;

	if (!name)
		return VER_NDX_GLOBAL;
	for (size_t i = 0; defined && i < offered; i++) {
		if (strcmp(g->offers[i], name) == 0)
			return (uint16_t)(2 + i);
	}
	for (size_t i = 0; i < ELFGEN_MAX && g->needs[i].library; i++) {
		for (size_t k = 0; k < elfgen_count(g->needs[i].versions, ELFGEN_MAX);
		     k++, index++) {
			if (strcmp(g->needs[i].versions[k], name) == 0)
				return (uint16_t)index;
		}
	}
	return VER_NDX_GLOBAL;
}

static size_t elfgen_symbol_count(const struct elfgen *g)
{
	size_t n = 0;

	while (n < ELFGEN_MAX && g->symbols[n].name)
		n++;
	return n;
}

static size_t elfgen_put_symbols(struct maker *m)
{
	size_t start;

	elfgen_align(m, 8);
	start = m->at;
	m->at += m->w64 ? 24 : 16;
	for (size_t i = 0; i < elfgen_symbol_count(m->g); i++) {
		const struct elfgen_symbol *s = &m->g->symbols[i];
		uint64_t shndx = s->defined ? SHN_ABS : SHN_UNDEF;

		elfgen_write(m, elfgen_string(m, s->name), 4);
		if (m->w64) {
			elfgen_write(m, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 1);
			elfgen_write(m, STV_DEFAULT, 1);
			elfgen_write(m, shndx, 2);
			elfgen_write(m, 0, 8);
			elfgen_write(m, 0, 8);
		} else {
			elfgen_write(m, 0, 4);
			elfgen_write(m, 0, 4);
			elfgen_write(m, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), 1);
			elfgen_write(m, STV_DEFAULT, 1);
			elfgen_write(m, shndx, 2);
		}
	}
	return start;
}

static size_t put_versym(struct maker *m)
{
	size_t start = m->at;

	elfgen_write(m, 0, 2);
	for (size_t i = 0; i < elfgen_symbol_count(m->g); i++) {
		const struct elfgen_symbol *s = &m->g->symbols[i];

		elfgen_write(m,
			     version_index(m->g, s->version, s->defined) |
				     (s->hidden ? 0x8000u : 0),
			     2);
	}
	return start;
}

static size_t put_hash(struct maker *m)
{
	size_t start, n = elfgen_symbol_count(m->g);

	elfgen_align(m, 8);
	start = m->at;
	if (m->g->gnu_hash) { /* one bucket, all symbols in one chain */
		elfgen_write(m, 1, 4);
		elfgen_write(m, 1, 4);
		elfgen_write(m, 1, 4);
		elfgen_write(m, 0, 4);
		elfgen_put_word(m, 0);
		elfgen_write(m, n ? 1 : 0, 4);
		for (size_t i = 0; i < n; i++)
			elfgen_write(m, i + 1 == n, 4);
	} else {
		elfgen_write(m, 1, 4);
		elfgen_write(m, n + 1, 4);
		elfgen_write(m, 0, 4);
		for (size_t i = 0; i <= n; i++)
			elfgen_write(m, 0, 4);
	}
	return start;
}

static size_t elfgen_put_needs(struct maker *m, size_t *records)
{
	size_t start, index = 2 + elfgen_count(m->g->offers, ELFGEN_MAX);

	elfgen_align(m, 8);
	start = m->at;
	for (*records = 0; *records < ELFGEN_MAX && m->g->needs[*records].library; (*records)++) {
		const struct elfgen_need *need = &m->g->needs[*records];
		size_t n = elfgen_count(need->versions, ELFGEN_MAX);
		bool last = *records + 1 == ELFGEN_MAX || !m->g->needs[*records + 1].library;

		elfgen_write(m, 1, 2);
		elfgen_write(m, n, 2);
		elfgen_write(m, elfgen_string(m, need->library), 4);
		elfgen_write(m, 16, 4);
		elfgen_write(m, last ? 0 : 16 + 16 * n, 4);
		for (size_t i = 0; i < n; i++, index++) {
			elfgen_write(m, 0, 4);
			elfgen_write(m, need->weak ? VER_FLG_WEAK : 0, 2);
			elfgen_write(m, index, 2);
			elfgen_write(m, elfgen_string(m, need->versions[i]), 4);
			elfgen_write(m, i + 1 == n ? 0 : 16, 4);
		}
	}
	return start;
}

static size_t put_offers(struct maker *m, size_t *records)
{
	size_t start, n = elfgen_count(m->g->offers, ELFGEN_MAX);

	elfgen_align(m, 8);
	start = m->at;
	*records = n ? n + 1 : 0;
	for (size_t i = 0; i < *records; i++) {
		const char *name = i == 0 ? (m->g->soname ? m->g->soname : "base")
					  : m->g->offers[i - 1];

		elfgen_write(m, 1, 2);
		elfgen_write(m, i == 0 ? VER_FLG_BASE : 0, 2);
		elfgen_write(m, i + 1, 2);
		elfgen_write(m, 1, 2);
		elfgen_write(m, 0, 4);
		elfgen_write(m, 20, 4);
		elfgen_write(m, i + 1 == *records ? 0 : 28, 4);
		elfgen_write(m, elfgen_string(m, name), 4);
		elfgen_write(m, 0, 4);
	}
	return start;
}

static void elfgen_put_dynamic(struct maker *m, uint64_t tag, uint64_t value)
{
	elfgen_put_word(m, tag);
	elfgen_put_word(m, value);
}

static void elfgen_put_named(struct maker *m, uint64_t tag, const char *s)
{
	if (s)
		elfgen_put_dynamic(m, tag, elfgen_string(m, s));
}

static void put_named(struct maker *m)
{
	const struct elfgen *g = m->g;

	for (size_t i = 0; i < ELFGEN_MAX * 2 && g->needed[i]; i++)
		elfgen_put_named(m, DT_NEEDED, g->needed[i]);
	elfgen_put_named(m, DT_SONAME, g->soname);
	elfgen_put_named(m, DT_RPATH, g->rpath);
	elfgen_put_named(m, DT_RUNPATH, g->runpath);
	elfgen_put_named(m, DT_FILTER, g->filter);
	elfgen_put_named(m, DT_AUXILIARY, g->auxiliary);
}

static size_t put_dynamic(struct maker *m)
{
	const struct elfgen *g = m->g;
	size_t needs, offers, need_records, offer_records, hash, symbols, versym, start, size_at;

	hash = put_hash(m);
	symbols = elfgen_put_symbols(m);
	versym = put_versym(m);
	needs = elfgen_put_needs(m, &need_records);
	offers = put_offers(m, &offer_records);
	elfgen_align(m, 16);
	start = m->dynamic = m->at;
	put_named(m);
	elfgen_put_dynamic(m, g->gnu_hash ? DT_GNU_HASH : DT_HASH, BASE + hash);
	elfgen_put_dynamic(m, DT_STRTAB, BASE + m->strings);
	elfgen_put_dynamic(m, DT_SYMTAB, BASE + symbols);
	elfgen_put_dynamic(m, DT_SYMENT, m->w64 ? 24 : 16);
	if (need_records || offer_records)
		elfgen_put_dynamic(m, DT_VERSYM, BASE + versym);
	if (need_records) {
		elfgen_put_dynamic(m, DT_VERNEED, BASE + needs);
		elfgen_put_dynamic(m, DT_VERNEEDNUM, need_records);
	}
	if (offer_records) {
		elfgen_put_dynamic(m, DT_VERDEF, BASE + offers);
		elfgen_put_dynamic(m, DT_VERDEFNUM, offer_records);
	}
	if (g->textrel)
		elfgen_put_dynamic(m, DT_TEXTREL, 0);
	if (g->bind_now)
		elfgen_put_dynamic(m, DT_BIND_NOW, 0);
	if (g->df)
		elfgen_put_dynamic(m, DT_FLAGS, g->df);
	if (g->df_1)
		elfgen_put_dynamic(m, DT_FLAGS_1, g->df_1);
	size_at = m->at;
	elfgen_put_dynamic(m, DT_STRSZ, 0);
	elfgen_put_dynamic(m, DT_NULL, 0);
	put_at(m, size_at + (m->w64 ? 8 : 4), m->strings_end - m->strings, m->w64 ? 8 : 4);
	return start;
}

static size_t put_note(struct maker *m)
{
	size_t start;

	elfgen_align(m, 8);
	start = m->at;
	elfgen_write(m, strlen(m->g->note_owner) + 1, 4);
	elfgen_write(m, strlen(m->g->note_desc), 4);
	elfgen_write(m, m->g->note_type, 4);
	memcpy(m->p + m->at, m->g->note_owner, strlen(m->g->note_owner) + 1);
	m->at += strlen(m->g->note_owner) + 1;
	elfgen_align(m, 4);
	memcpy(m->p + m->at, m->g->note_desc, strlen(m->g->note_desc));
	m->at += strlen(m->g->note_desc);
	elfgen_align(m, 4);
	return start;
}

/* Two sections: the empty one and the note. Returns where they stand. */
static size_t put_sections(struct maker *m, size_t note, size_t note_size)
{
	size_t start;

	elfgen_align(m, 8);
	start = m->at;
	m->at += m->w64 ? 64 : 40;
	elfgen_write(m, 0, 4);
	elfgen_write(m, SHT_NOTE, 4);
	elfgen_put_word(m, 0);
	elfgen_put_word(m, BASE + note);
	elfgen_put_word(m, note);
	elfgen_put_word(m, note_size);
	elfgen_write(m, 0, 4);
	elfgen_write(m, 0, 4);
	elfgen_put_word(m, 4);
	elfgen_put_word(m, 0);
	return start;
}

static void put_header(struct maker *m, size_t segments, size_t sections)
{
	const struct elfgen *g = m->g;
	uint16_t machine = g->machine ? g->machine : g->is32 ? EM_386 : EM_X86_64;

	memcpy(m->p, ELFMAG, SELFMAG);
	m->p[EI_CLASS] = g->is32 ? ELFCLASS32 : ELFCLASS64;
	m->p[EI_DATA] = g->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	m->p[EI_VERSION] = EV_CURRENT;
	m->at = EI_NIDENT;
	elfgen_write(m, g->fixed ? ET_EXEC : ET_DYN, 2);
	elfgen_write(m, machine, 2);
	elfgen_write(m, EV_CURRENT, 4);
	elfgen_put_word(m, 0);
	elfgen_put_word(m, m->w64 ? 64 : 52);
	elfgen_put_word(m, sections);
	elfgen_write(m, g->flags, 4);
	elfgen_write(m, m->w64 ? 64 : 52, 2);
	elfgen_write(m, m->w64 ? 56 : 32, 2);
	elfgen_write(m, segments, 2);
	elfgen_write(m, m->w64 ? 64 : 40, 2);
	elfgen_write(m, sections ? 2 : 0, 2);
	elfgen_write(m, 0, 2);
}

struct str elfgen_make(struct arena *a, const struct elfgen *g)
{
	struct maker m = { .g = g, .p = arena_alloc(a, SIZE), .w64 = !g->is32 };
	const char *interp = g->interp ? g->interp : "/lib64/ld-linux-x86-64.so.2";
	size_t segments = 2u + g->program + g->relro + !g->no_stack + (g->note_owner != NULL);
	size_t interp_at, dynamic, dynamic_end, note = 0, note_size = 0, sections = 0, end;

	m.strings = 1024;
	m.strings_end = m.strings + 1;
	m.at = 8192;
	interp_at = m.at;
	memcpy(m.p + m.at, interp, strlen(interp) + 1);
	m.at += strlen(interp) + 1;
	dynamic = put_dynamic(&m);
	dynamic_end = m.at;
	if (g->note_owner) {
		note = put_note(&m);
		note_size = m.at - note;
		sections = put_sections(&m, note, note_size);
	}
	end = m.at;
	put_header(&m, segments, sections);
	if (g->program)
		elfgen_segment(&m, PT_INTERP, PF_R, interp_at, strlen(interp) + 1, 1);
	elfgen_segment(&m, PT_LOAD, PF_R | PF_W | (g->write_exec ? PF_X : 0), 0, end, 0x1000);
	elfgen_segment(&m, PT_DYNAMIC, PF_R | PF_W, dynamic, dynamic_end - dynamic, 8);
	if (g->note_owner)
		elfgen_segment(&m, PT_NOTE, PF_R, note, note_size, 4);
	if (!g->no_stack)
		elfgen_segment(&m, PT_GNU_STACK, PF_R | PF_W | (g->exec_stack ? PF_X : 0), 0, 0,
			       16);
	if (g->relro)
		elfgen_segment(&m, PT_GNU_RELRO, PF_R, dynamic, dynamic_end - dynamic, 1);
	assert(m.at <= 1024);
	return (struct str){ m.p, end };
}

static uint64_t elfgen_get(const struct elfgen *g, struct str file, size_t at, unsigned width)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < width; i++)
		v = v << 8 | (unsigned char)file.p[g->big_endian ? at + i : at + width - 1 - i];
	return v;
}

size_t elfgen_segment_at(const struct elfgen *g, struct str file, uint32_t type)
{
	size_t at = g->is32 ? 52 : 64, n = elfgen_get(g, file, g->is32 ? 44 : 56, 2);

	for (size_t i = 0; i < n; i++, at += g->is32 ? 32 : 56) {
		if (elfgen_get(g, file, at, 4) == type)
			return at;
	}
	return 0;
}

size_t elfgen_dynamic_at(const struct elfgen *g, struct str file, uint64_t tag)
{
	size_t segment_at = elfgen_segment_at(g, file, PT_DYNAMIC);
	unsigned w = g->is32 ? 4 : 8;
	size_t at = elfgen_get(g, file, segment_at + (g->is32 ? 4 : 8), w);

	for (;; at += 2 * w) {
		uint64_t found = elfgen_get(g, file, at, w);

		if (found == tag)
			return at + w;
		if (found == DT_NULL)
			return 0;
	}
}

void elfgen_put(const struct elfgen *g, struct str file, size_t at, uint64_t v, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		unsigned shift = 8 * (g->big_endian ? width - 1 - i : i);

		((char *)(uintptr_t)file.p)[at + i] = (char)(v >> shift & 0xff);
	}
}
