/* SPDX-License-Identifier: Apache-2.0 */
/* Condenses what format/elf/elf.h reads. The symbol table is read into a scratch arena and leaves
 * behind one hash for each symbol offered and one name for each symbol wanted. */

#include "inspect/layers/elf_facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "inspect/layers/content_kind.h"
#include "inspect/layers/content_shell.h"
#include "inspect/layers/embedded.h"
#include "inspect/layers/fortify.h"

#define NT_GO_BUILD_ID 4
#define SCAN_MAX (16u << 20) /* no shell is larger; keeps the mapped pages bounded */

static uint32_t symbol_hash_more(uint32_t h, struct str text)
{
	for (size_t i = 0; i < text.n; i++)
		h = h * 33 + (unsigned char)text.p[i];
	return h;
}

uint32_t symbol_hash(struct str name)
{
	return symbol_hash_more(5381, name);
}

/* Of NAME@VERSION; 0 for a version that is NULL. */
static uint32_t symbol_version_hash(struct str name, const char *version)
{
	if (!version)
		return 0;
	return symbol_hash_more(symbol_hash_more(symbol_hash(name), STR("@")), str_of(version));
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void take_versions(struct arena *a, struct elf_facts *f)
{
	for (size_t i = 0; i < f->head.needs.n; i++) {
		const struct elf_need *need = &f->head.needs.v[i];

		for (size_t v = 0; v < need->versions.n; v++)
			*list_push(a, &f->wants) = (struct version_need){
				need->library, need->versions.v[v].name, need->versions.v[v].weak
			};
	}
	for (size_t i = 0; i < f->head.versions.n; i++)
		if (!f->head.versions.v[i].base)
			*list_push(a, &f->offers) = f->head.versions.v[i].name;
	strings_sort(&f->offers);
}

static bool is_wanted_symbol(const struct elf_symbol *s)
{
	return !s->defined && s->bind == STB_GLOBAL && s->name.n;
}

static void take_symbol(const struct elf_symbol *s, char **names, struct elf_facts *f)
{
	if (s->defined) {
		f->defined[f->n_defined++] = symbol_hash(s->name);
		if (s->version)
			f->defined[f->n_defined++] = symbol_version_hash(s->name, s->version);
		return;
	}
	if (str_eq(s->name, STR("__stack_chk_fail")) || str_eq(s->name, STR("__stack_chk_guard")))
		f->protector = true;
	if (str_starts(s->name, STR("__")) && str_ends(s->name, STR("_chk")))
		f->fortified = true;
	f->fortifiable = f->fortifiable || fortify_has(s->name);
	if (!is_wanted_symbol(s))
		return;
	memcpy(*names, s->name.p, s->name.n);
	f->undefined.v[f->undefined.n++] = (struct symbol_need){
		symbol_hash(s->name), symbol_version_hash(s->name, s->version), *names
	};
	*names += s->name.n + 1;
}

/* Large images have millions of symbols: room is made once, names stand one behind the other. */
static bool take_symbols(struct arena *a, struct str bytes, struct elf_facts *f, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct elf_symbols list = { { NULL, 0, 0 } };
	size_t defined = 0, wanted = 0, room = 0;
	char *names;

	if (!elf_read_symbols(&scratch, bytes, &list, e))
		return false;
	for (size_t i = 0; i < list.v.n; i++) {
		defined += list.v.v[i].defined ? (list.v.v[i].version ? 2 : 1) : 0;
		wanted += is_wanted_symbol(&list.v.v[i]);
		room += is_wanted_symbol(&list.v.v[i]) ? list.v.v[i].name.n + 1 : 0;
	}
	f->defined = arena_array(a, defined + 1, sizeof(*f->defined));
	f->undefined.v = arena_array(a, wanted + 1, sizeof(*f->undefined.v));
	f->undefined.cap = wanted;
	names = arena_text(a, room);
	for (size_t i = 0; i < list.v.n; i++)
		take_symbol(&list.v.v[i], &names, f);
	if (f->n_defined)
		qsort(f->defined, f->n_defined, sizeof(*f->defined), by_value);
	return true;
}

/* Notes of text end in NUL bytes that pad them. */
static struct str elf_note_text(const struct elf_note *n)
{
	struct str s = n ? n->desc : (struct str){ "", 0 };

	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	return s;
}

static void take_notes(struct arena *a, struct elf_facts *f)
{
	struct str package = elf_note_text(elf_find_note(&f->head, "FDO", ELF_NOTE_PACKAGE));

	if (package.n)
		f->package_note = str_dup(a, package);
}

/* What it was built from, as far as it says so. */
static void take_embedded(struct arena *a, struct str bytes, const struct elf_go *go,
			  struct item *item)
{
	struct embedded *x = arena_alloc(a, sizeof(*x));
	struct error e = { .kind = ERR_NONE };
	struct str crates;

	if (go)
		go_modules_take(a, go, &x->purls);
	if (elf_find_section(bytes, ".dep-v0", &crates) &&
	    !rust_crates_read(a, crates, &x->purls, &e)) {
		x->purls.n = 0;
		x->problem = arena_printf(a, "%s%s", e.context, e.cause);
	}
	if (x->purls.n || x->problem)
		item->embedded = x;
}

static bool is_elf_program(const struct elf *elf, const struct item *item)
{
	return elf_is_program(elf) ||
	       (elf->type == ET_DYN && !elf->soname && !elf->dynamic && item->mode & 0111);
}

/* What was read of it up to the error goes; what its header says at fixed places stays. */
static void become_unreadable(struct arena *a, struct str bytes, const char *why,
			      struct elf_facts *f)
{
	struct error ignored = { .kind = ERR_NONE };

	*f = (struct elf_facts){ .problem = arena_strdup(a, why) };
	if (!elf_read_header(bytes, &f->head, &ignored))
		f->head = (struct elf){ 0 };
}

void elf_facts_make(struct arena *a, struct str bytes, struct item *item)
{
	struct elf_facts *f = arena_alloc(a, sizeof(*f));
	struct error e = { .kind = ERR_NONE };
	struct elf_go go;
	bool of_go = elf_go_info(bytes, &go);

	item->elf = f;
	f->readable = elf_read(a, bytes, &f->head, &e);
	if (!f->readable)
		become_unreadable(a, bytes, e.cause, f);
	else if (f->head.dynamic && !take_symbols(a, bytes, f, &e))
		f->problem = arena_strdup(a, e.cause);
	take_versions(a, f);
	take_notes(a, f);
	f->program = is_elf_program(&f->head, item);
	f->go = of_go || elf_find_note(&f->head, "Go", NT_GO_BUILD_ID) || elf_go_has_code(bytes);
	f->is_static = f->program && !f->head.interp && f->head.needed.n == 0;
	take_embedded(a, bytes, of_go ? &go : NULL, item);
	if (bytes.n > SCAN_MAX)
		return;
	f->build_path = content_build_path(a, bytes);
	if (f->head.type != ET_REL)
		item->shell = content_shell(bytes);
}

bool elf_facts_define(const struct elf_facts *f, uint32_t hash)
{
	size_t lo = 0, hi = f->n_defined;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->defined[mid] < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < f->n_defined && f->defined[lo] == hash;
}
