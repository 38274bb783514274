/* SPDX-License-Identifier: Apache-2.0 */
/* The dynamic section: what the loader is told. Found and read as glibc does: the last PT_DYNAMIC
 * counts, by its address; of a tag that may stand once the last entry counts. */

#include "format/elf/elf_parts.h"

#define DYN elf_pick(f, 8, 16)

static const struct elf_segment *dynamic_segment(const struct elf_file *f)
{
	const struct elf_segment *found = NULL;

	for (size_t i = 0; i < f->n_segments; i++) {
		if (f->segments[i].type == PT_DYNAMIC)
			found = &f->segments[i];
	}
	return found;
}

static uint64_t tag_at(const struct elf_file *f, size_t i)
{
	return elf_word(f, f->dynamic, i * DYN, i * DYN);
}

static uint64_t value_at(const struct elf_file *f, size_t i)
{
	return elf_word(f, f->dynamic, i * DYN + 4, i * DYN + 8);
}

static size_t dynamic_entries(const struct elf_file *f)
{
	return f->dynamic.n / DYN;
}

/* Cuts the section behind its last entry before DT_NULL. */
static bool find_end(struct elf_file *f, struct error *e)
{
	for (size_t i = 0; i < dynamic_entries(f) && i < ELF_DYNAMIC_MAX; i++) {
		if (tag_at(f, i) == DT_NULL) {
			f->dynamic.n = i * DYN;
			return true;
		}
	}
	return err_set(e, ERR_INPUT, "the dynamic section has no end (DT_NULL)");
}

struct elf_value elf_dynamic_value(const struct elf_file *f, uint64_t tag)
{
	struct elf_value found = { false, 0 };

	for (size_t i = 0; i < dynamic_entries(f); i++) {
		if (tag_at(f, i) == tag)
			found = (struct elf_value){ true, value_at(f, i) };
	}
	return found;
}

bool elf_open_dynamic(struct elf_file *f, struct error *e)
{
	const struct elf_segment *s = dynamic_segment(f);
	struct elf_value table, size;

	if (!s)
		return true;
	if (!elf_mapped(f, s->vaddr, &f->dynamic))
		return err_set(e, ERR_INPUT, "the dynamic section is not in a loaded segment");
	if (!find_end(f, e))
		return false;
	table = elf_dynamic_value(f, DT_STRTAB);
	size = elf_dynamic_value(f, DT_STRSZ);
	if (!table.present)
		return true;
	if (!elf_mapped(f, table.v, &f->strings))
		return err_set(e, ERR_INPUT,
			       "the string table (DT_STRTAB) is not in a loaded segment");
	if (!size.present || size.v > f->strings.n)
		return err_set(e, ERR_INPUT, "the string table (DT_STRSZ) leaves its segment");
	f->strings.n = (size_t)size.v;
	return true;
}

static bool read_string(struct elf_names *names, uint64_t offset, size_t max, const char **out,
			struct error *e)
{
	return elf_names_take(names, offset, max, out) ||
	       err_set(e, ERR_INPUT, "a string of the dynamic section is malformed");
}

static bool push_library(struct elf_names *names, uint64_t offset, struct strings *to,
			 struct error *e)
{
	const char *name = NULL;

	if (to->n == ELF_NEEDED_MAX)
		return err_set(e, ERR_INPUT, "more than %d libraries are needed", ELF_NEEDED_MAX);
	if (!read_string(names, offset, ELF_PATH_MAX, &name, e))
		return false;
	*list_push(names->a, to) = name;
	return true;
}

static bool dynamic_read_entry(struct elf_names *names, const struct elf_file *f, size_t i,
			       struct elf *out, struct error *e)
{
	uint64_t value = value_at(f, i);

	switch (tag_at(f, i)) {
	case DT_NEEDED:
		return push_library(names, value, &out->needed, e);
	case DT_FILTER:
		return push_library(names, value, &out->filters, e);
	case DT_AUXILIARY:
		return push_library(names, value, &out->auxiliaries, e);
	case DT_BIND_NOW:
		out->bind_now = true;
		return true;
	case DT_TEXTREL:
		out->textrel = true;
		return true;
	default:
		return true;
	}
}

/* One optional string. */
static bool read_named(struct elf_names *names, const struct elf_file *f, uint64_t tag, size_t max,
		       const char **out, struct error *e)
{
	struct elf_value v = elf_dynamic_value(f, tag);

	return !v.present || read_string(names, v.v, max, out, e);
}

bool elf_read_dynamic(struct arena *a, const struct elf_file *f, struct elf *out, struct error *e)
{
	struct elf_names names = elf_names_of(a, f->bytes, f->strings);

	out->dynamic = dynamic_segment(f) != NULL;
	for (size_t i = 0; i < dynamic_entries(f); i++) {
		if (!dynamic_read_entry(&names, f, i, out, e))
			return false;
	}
	out->df = elf_dynamic_value(f, DT_FLAGS).v;
	out->df_1 = elf_dynamic_value(f, DT_FLAGS_1).v;
	out->bind_now = out->bind_now || (out->df & DF_BIND_NOW) || (out->df_1 & DF_1_NOW);
	out->textrel = out->textrel || (out->df & DF_TEXTREL);
	return read_named(&names, f, DT_SONAME, ELF_PATH_MAX, &out->soname, e) &&
	       read_named(&names, f, DT_RPATH, ELF_RPATH_MAX, &out->rpath, e) &&
	       read_named(&names, f, DT_RUNPATH, ELF_RPATH_MAX, &out->runpath, e);
}
