/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the loader: open_verify, open_path and _dl_map_object of glibc 2.41 (elf/dl-load.c). */

#include "format/elf/process_lookup.h"

#include <elf.h>

#include "format/elf/elf_machine.h"
#include "format/elf/loader_search.h"

/* Does the loader go on behind a file for this other machine, as if it were not there? It looks at
 * class, machine (in its own byte order) and calling convention first; what is wrong else is an
 * error (Debian's open_verify). */
static bool machine_is_passed(const struct elf *like, const struct elf *elf)
{
	uint16_t swapped = (uint16_t)(elf->machine << 8 | elf->machine >> 8);

	return elf->is64 != like->is64 || elf->big_endian == like->big_endian ||
	       swapped != like->machine;
}

static bool machine_is_taken(const struct machine *m, const struct elf *like, const struct elf *elf)
{
	if (elf_same_machine(like, elf))
		return true;
	return m && elf->machine == m->elf && elf->is64 == m->is64 &&
	       elf->big_endian == m->big_endian &&
	       ((elf->flags & m->mask) == m->value || (m->unmarked && (elf->flags & m->mask) == 0));
}

/* Why the loader does not take an ELF file of its machine, or NULL. */
static const char *file_fault(const struct process_file *file)
{
	const struct elf *elf = file->elf;

	if (elf->type != ET_DYN || (elf->df_1 & DF_1_PIE))
		return "is a program, no library";
	if (elf->os_abi != ELFOSABI_SYSV && elf->os_abi != ELFOSABI_GNU &&
	    !(elf->machine == EM_ARM && elf->os_abi == ELFOSABI_ARM_AEABI))
		return "is for another system";
	return NULL;
}

/* Can the loader take this file? Else it passes it over (another machine) or gives up. */
static bool process_accepts(struct process *p, struct process_lookup *l, const char *path,
			    const struct process_file *file)
{
	const struct elf *like = p->objects.v[0]->file->elf;
	const char *why = NULL;

	if (!file->is_elf)
		why = "is not an ELF file";
	else if (file->bad)
		why = arena_printf(p->a, "is malformed: %s", file->bad);
	else if (machine_is_taken(p->machine, like, file->elf))
		why = file_fault(file);
	else if (machine_is_passed(like, file->elf)) {
		if (!l->passed)
			l->passed = arena_printf(p->a, "%s is for another machine", path);
		return false;
	} else {
		why = "is for another machine";
	}
	if (why)
		l->stop = arena_printf(p->a, "%s %s", path, why);
	return !why;
}

/* Tries one file. Whether it was found, or the search ends here, is in the lookup. */
bool process_lookup_at(struct process *p, struct process_lookup *l, const char *path,
		       const char *how, struct error *e)
{
	struct process_file *file = NULL;
	bool folder = false;

	if (!p->w->open(p->w, path, &file, &folder, e))
		return false;
	if (folder)
		l->stop = arena_printf(p->a, "%s is a folder", path);
	if (file && process_accepts(p, l, path, file)) {
		l->file = file;
		l->opened = path;
		l->how = how;
	}
	return true;
}

bool process_lookup_ended(const struct process_lookup *l)
{
	return l->file || l->stop;
}

/* One folder: what its glibc-hwcaps has for the processor comes before it. */
static bool process_try_folder(struct process *p, struct process_lookup *l, const char *folder,
			       const char *how, struct error *e)
{
	const char *slash = strcmp(folder, "/") == 0 ? "" : "/";

	for (size_t i = 0; p->machine && i < MACHINE_HWCAPS && !process_lookup_ended(l); i++) {
		if (machine_has_hwcaps(p->machine, i, p->w->hwcaps) &&
		    !process_lookup_at(p, l,
				       arena_printf(p->a, "%s%sglibc-hwcaps/%s/%s", folder, slash,
						    p->machine->hwcaps[i], l->name),
				       how, e))
			return false;
	}
	return process_lookup_ended(l) ||
	       process_lookup_at(p, l, arena_printf(p->a, "%s%s%s", folder, slash, l->name), how,
				 e);
}

static bool process_try_folders(struct process *p, struct process_lookup *l,
				const struct strings *folders, const char *how, struct error *e)
{
	for (size_t i = 0; i < folders->n && !process_lookup_ended(l); i++) {
		if (!process_try_folder(p, l, folders->v[i], how, e))
			return false;
	}
	return true;
}

/* DT_RPATH of the object, of those that led to it, and of the program. An object with DT_RUNPATH
 * neither uses its own nor theirs. */
static bool process_try_rpath(struct process *p, struct process_lookup *l, struct error *e)
{
	if (l->by->file->elf->runpath)
		return true;
	for (const struct process_object *at = l->by; at && !process_lookup_ended(l);
	     at = at->loader) {
		if (!process_try_folders(p, l, &at->rpath, "rpath", e))
			return false;
	}
	return process_try_folders(p, l, &p->objects.v[0]->rpath, "rpath", e);
}

/* In a default folder, or below one: who says DF_1_NODEFLIB does not take it from the cache. */
static bool is_below_default(const struct process *p, const char *path)
{
	for (size_t i = 0; i < p->defaults.n; i++) {
		size_t n = strlen(p->defaults.v[i]);

		if (strncmp(path, p->defaults.v[i], n) == 0 && path[n] == '/')
			return true;
	}
	return false;
}

static bool process_try_cache(struct process *p, struct process_lookup *l, struct error *e)
{
	const struct ldcache_entry *entry;

	for (size_t i = 0; i < p->w->cache_folders.n && !process_lookup_ended(l); i++) {
		const char *path = arena_printf(p->a, "%s/%s", p->w->cache_folders.v[i], l->name);

		if (!process_lookup_at(p, l, path, "cache", e))
			return false;
	}
	if (!p->w->cache || !p->machine || process_lookup_ended(l))
		return true;
	entry = ldcache_find(p->w->cache, l->name, p->machine, p->w->hwcaps);
	if (!entry ||
	    ((l->by->file->elf->df_1 & DF_1_NODEFLIB) && is_below_default(p, entry->path)))
		return true;
	return process_lookup_at(p, l, entry->path, "cache", e);
}

bool process_lookup_find(struct process *p, struct process_lookup *l, struct error *e)
{
	const struct elf *elf = l->by->file->elf;

	if (strchr(l->name, '/') || strchr(l->name, '$')) {
		const char *path = search_expand(p->a, elf, str_of(l->name), l->by->origin);

		if (!path || path[0] != '/') {
			l->stop = "depends on the working directory";
			return true;
		}
		return process_lookup_at(p, l, path, "path", e);
	}
	return process_try_rpath(p, l, e) &&
	       process_try_folders(p, l, &l->by->runpath, "runpath", e) &&
	       process_try_cache(p, l, e) &&
	       ((elf->df_1 & DF_1_NODEFLIB) ||
		process_try_folders(p, l, &p->defaults, "default", e));
}

bool process_suits(const struct process *p, const struct process_file *file)
{
	return file->is_elf && !file->bad &&
	       machine_is_taken(p->machine, p->objects.v[0]->file->elf, file->elf) &&
	       !file_fault(file);
}
