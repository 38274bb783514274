/* SPDX-License-Identifier: Apache-2.0 */
/* Writes and reads struct elf, member by member in the order of its declaration. */

#include "format/elf/elf_wire.h"

static void put_flags(struct buf *out, const struct elf *elf)
{
	const bool flags[] = {
		elf->is64,	   elf->big_endian, elf->dynamic,    elf->relro,
		elf->stack_header, elf->exec_stack, elf->write_exec, elf->odd_sections,
		elf->odd_notes,	   elf->bind_now,   elf->textrel,    elf->opens,
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		wire_put(out, flags[i]);
}

static void get_flags(struct wire *w, struct elf *elf)
{
	bool *const flags[] = {
		&elf->is64,	    &elf->big_endian, &elf->dynamic,	&elf->relro,
		&elf->stack_header, &elf->exec_stack, &elf->write_exec, &elf->odd_sections,
		&elf->odd_notes,    &elf->bind_now,   &elf->textrel,	&elf->opens,
	};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		*flags[i] = wire_flag(w);
}

static void put_version(struct buf *out, const struct elf_version *v)
{
	wire_put_text(out, v->name);
	wire_put(out, v->index);
	wire_put(out, v->weak);
	wire_put(out, v->base);
}

static void get_version(struct wire *w, struct elf_version *v)
{
	v->name = wire_name(w);
	v->index = (uint16_t)wire_get(w, UINT16_MAX);
	v->weak = wire_flag(w);
	v->base = wire_flag(w);
}

static void put_version_needs(struct buf *out, const struct elf *elf)
{
	wire_put(out, elf->needs.n);
	for (size_t k = 0; k < elf->needs.n; k++) {
		const struct elf_need *n = &elf->needs.v[k];

		wire_put_text(out, n->library);
		wire_put(out, n->versions.n);
		for (size_t i = 0; i < n->versions.n; i++)
			put_version(out, &n->versions.v[i]);
	}
}

static void get_needs(struct wire *w, struct elf *elf)
{
	for (size_t n = wire_count(w); n && !w->bad; n--) {
		struct elf_need *need = list_push(w->a, &elf->needs);

		need->library = wire_name(w);
		for (size_t k = wire_count(w); k && !w->bad; k--)
			get_version(w, list_push(w->a, &need->versions));
	}
}

static void put_notes(struct buf *out, const struct elf *elf)
{
	wire_put(out, elf->notes.n);
	for (size_t i = 0; i < elf->notes.n; i++) {
		const struct elf_note *n = &elf->notes.v[i];

		wire_put_text(out, n->owner);
		wire_put(out, n->type);
		wire_put_str(out, n->desc);
	}
}

static void get_notes(struct wire *w, struct elf *elf)
{
	for (size_t n = wire_count(w); n && !w->bad; n--) {
		struct elf_note *note = list_push(w->a, &elf->notes);

		note->owner = wire_name(w);
		note->type = (uint32_t)wire_get(w, UINT32_MAX);
		note->desc = wire_str(w);
	}
}

static void put_dlopens(struct buf *out, const struct elf *elf)
{
	wire_put_text(out, elf->odd_dlopen);
	wire_put(out, elf->dlopens.v.n);
	for (size_t i = 0; i < elf->dlopens.v.n; i++) {
		const struct elf_dlopen *d = &elf->dlopens.v.v[i];

		wire_put_text(out, d->feature);
		wire_put_text(out, d->description);
		wire_put(out, d->priority);
		wire_put_texts(out, &d->sonames);
	}
}

static void get_dlopens(struct wire *w, struct elf *elf)
{
	elf->odd_dlopen = wire_text(w);
	for (size_t n = wire_count(w); n && !w->bad; n--) {
		struct elf_dlopen *d = list_push(w->a, &elf->dlopens.v);

		d->feature = wire_text(w);
		d->description = wire_text(w);
		d->priority = (enum elf_dlopen_priority)wire_get(w, ELF_DLOPEN_REQUIRED);
		wire_texts(w, &d->sonames);
	}
}

void elf_wire_put(struct buf *out, const struct elf *elf)
{
	put_flags(out, elf);
	wire_put(out, elf->type);
	wire_put(out, elf->machine);
	wire_put(out, elf->os_abi);
	wire_put(out, elf->flags);
	wire_put_text(out, elf->interp);
	wire_put_text(out, elf->soname);
	wire_put_text(out, elf->rpath);
	wire_put_text(out, elf->runpath);
	wire_put_texts(out, &elf->needed);
	wire_put_texts(out, &elf->filters);
	wire_put_texts(out, &elf->auxiliaries);
	wire_put(out, elf->df);
	wire_put(out, elf->df_1);
	put_version_needs(out, elf);
	wire_put(out, elf->versions.n);
	for (size_t i = 0; i < elf->versions.n; i++)
		put_version(out, &elf->versions.v[i]);
	put_notes(out, elf);
	put_dlopens(out, elf);
}

void elf_wire_get(struct wire *w, struct elf *out)
{
	*out = (struct elf){ 0 };
	get_flags(w, out);
	out->type = (uint16_t)wire_get(w, UINT16_MAX);
	out->machine = (uint16_t)wire_get(w, UINT16_MAX);
	out->os_abi = (uint8_t)wire_get(w, UINT8_MAX);
	out->flags = (uint32_t)wire_get(w, UINT32_MAX);
	out->interp = wire_text(w);
	out->soname = wire_text(w);
	out->rpath = wire_text(w);
	out->runpath = wire_text(w);
	wire_texts(w, &out->needed);
	wire_texts(w, &out->filters);
	wire_texts(w, &out->auxiliaries);
	out->df = wire_get(w, UINT64_MAX);
	out->df_1 = wire_get(w, UINT64_MAX);
	get_needs(w, out);
	for (size_t n = wire_count(w); n && !w->bad; n--)
		get_version(w, list_push(w->a, &out->versions));
	get_notes(w, out);
	get_dlopens(w, out);
}
