/* SPDX-License-Identifier: Apache-2.0 */
/* Symbol versions (LSB Core 5.0, chapter 11.7): the chains behind DT_VERNEED and DT_VERDEF.
 * A chain only ever leads forward, and the versions of one file are counted against one cap, so
 * chains that overlap cannot make the work grow faster than the file. */

#include "format/elf/elf_parts.h"

#define VERNEED 16
#define VERNAUX 16
#define VERDEF 20
#define VERDAUX 8

static bool version_table_malformed(const char *what, struct error *e)
{
	return err_set(e, ERR_INPUT, "the table of %s symbol versions is malformed", what);
}

/* What may still be read: records, and bytes of their names. */
struct version_budget {
	size_t records;
	struct elf_names names;
};

/* Moves on to the next record of a chain; false when this was the last one. */
static bool version_chain_step(uint64_t *at, uint32_t next)
{
	*at += next;
	return next != 0;
}

static bool read_need(struct arena *a, const struct elf_file *f, struct str table, uint64_t at,
		      struct elf_need *need, struct version_budget *budget)
{
	struct str record;
	unsigned count;

	if (!elf_slice(table, at, VERNEED, &record))
		return false;
	count = elf_u16(f, record, 2);
	if (!elf_names_take(&budget->names, elf_u32(f, record, 4), ELF_PATH_MAX, &need->library))
		return false;
	at += elf_u32(f, record, 8);
	for (unsigned i = 0; i < count; i++) {
		struct elf_version *v;

		if (budget->records-- == 0 || !elf_slice(table, at, VERNAUX, &record))
			return false;
		v = list_push(a, &need->versions);
		v->weak = elf_u16(f, record, 4) & VER_FLG_WEAK;
		v->index = elf_u16(f, record, 6) & 0x7fff;
		if (!elf_names_take(&budget->names, elf_u32(f, record, 8), ELF_VERSION_MAX,
				    &v->name))
			return false;
		if (!version_chain_step(&at, elf_u32(f, record, 12)))
			break;
	}
	return true;
}

static bool read_version_needs(struct arena *a, const struct elf_file *f, struct elf *out,
			       struct version_budget *budget, struct error *e)
{
	struct elf_value where = elf_dynamic_value(f, DT_VERNEED);
	struct str table, record;
	uint64_t at = 0;

	if (!where.present)
		return true;
	if (!elf_mapped(f, where.v, &table))
		return version_table_malformed("needed", e);
	do {
		if (budget->records-- == 0 || !elf_slice(table, at, VERNEED, &record) ||
		    !read_need(a, f, table, at, list_push(a, &out->needs), budget))
			return version_table_malformed("needed", e);
	} while (version_chain_step(&at, elf_u32(f, record, 12)));
	return true;
}

/* A definition's first auxiliary record has its name; the others name its parents. */
static bool read_definition(struct elf_names *names, const struct elf_file *f, struct str table,
			    uint64_t at, struct elf_version *v)
{
	struct str record, aux;

	if (!elf_slice(table, at, VERDEF, &record) ||
	    !elf_slice(table, at + elf_u32(f, record, 12), VERDAUX, &aux))
		return false;
	v->base = elf_u16(f, record, 2) & VER_FLG_BASE;
	v->weak = elf_u16(f, record, 2) & VER_FLG_WEAK;
	v->index = elf_u16(f, record, 4) & 0x7fff;
	return elf_names_take(names, elf_u32(f, aux, 0), ELF_PATH_MAX, &v->name);
}

static bool read_definitions(struct arena *a, const struct elf_file *f, struct elf *out,
			     struct version_budget *budget, struct error *e)
{
	struct elf_value where = elf_dynamic_value(f, DT_VERDEF);
	struct str table, record;
	uint64_t at = 0;

	if (!where.present)
		return true;
	if (!elf_mapped(f, where.v, &table))
		return version_table_malformed("defined", e);
	do {
		if (budget->records-- == 0 || !elf_slice(table, at, VERDEF, &record) ||
		    !read_definition(&budget->names, f, table, at, list_push(a, &out->versions)))
			return version_table_malformed("defined", e);
	} while (version_chain_step(&at, elf_u32(f, record, 16)));
	return true;
}

bool elf_read_versions(struct arena *a, const struct elf_file *f, struct elf *out, struct error *e)
{
	struct version_budget budget = { ELF_VERSIONS_MAX, elf_names_of(a, f->bytes, f->strings) };

	return read_version_needs(a, f, out, &budget, e) && read_definitions(a, f, out, &budget, e);
}
