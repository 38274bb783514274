/* SPDX-License-Identifier: Apache-2.0 */
/* How ELF files were built: what the headers tell about defences. Static programs and libraries
 * are judged by what can apply to them. */

#include "inspect/audit/check.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/model/package.h"
#include "base/path.h"
#include "format/elf/loader_search.h"
#include "format/machine/machine.h"

/* Folders that others may have filled by the time a program runs. */
static bool is_filled_later(const char *path)
{
	static const char *const folders[] = { "tmp", "var/tmp", "dev", "proc",
					       "run", "var/run", "home" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		size_t n = strlen(folders[i]);

		if (strncmp(path, folders[i], n) == 0 && (path[n] == '/' || !path[n]))
			return true;
	}
	return false;
}

/* May somebody else put a file into the folder? `above`: it is enough to rename what is in it. */
static const char *folder_danger(const struct item *dir, bool above)
{
	if ((dir->mode & 0002) && !(above && (dir->mode & 01000)))
		return "a folder everybody may write to";
	return dir->uid && (dir->mode & 0200) ? "a folder that another user than root may write to"
					      : NULL;
}

/* A folder of a search path and those above it. `path` begins with "/". *absent: it is not there,
 * and only root could make it. */
static const char *path_danger(const struct audit_run *r, const char *path, bool *absent)
{
	AUTO_ARENA scratch = { 0 };
	const struct item *at;
	const char *why, *plain;
	bool root;

	*absent = false;
	while (!(at = model_resolve(r->m, "", path, &root)) && !root) {
		*absent = true;
		plain = path_follow(&scratch, "x", path);
		if (!plain || is_filled_later(plain))
			return "a folder that is not in the image, and that others may make";
		path = arena_printf(&scratch, "/%s", path_dir(&scratch, path + 1));
	}
	if (!at)
		return NULL;
	why = at->type == ITEM_DIR ? folder_danger(at, false) : NULL;
	for (const char *up = path_dir(&scratch, at->path); !why && *up;
	     up = path_dir(&scratch, up)) {
		at = model_resolve(r->m, "", up, NULL);
		why = at ? folder_danger(at, true) : NULL;
	}
	return why;
}

/* One element of a search path; empty ones mean the current folder. One with a token that has no
 * value here is dropped by the loader. */
static const char *element_danger(const struct audit_run *r, const struct item *i,
				  struct str element, bool *absent)
{
	AUTO_ARENA scratch = { 0 };
	const char *origin = arena_printf(&scratch, "/%s", path_dir(&scratch, i->path)), *folder,
		   *why;

	*absent = false;
	if (element.n == 0)
		return "an empty element: the current folder";
	folder = search_expand(&scratch, &i->elf->head, element, origin);
	if (!folder)
		return NULL;
	if (folder[0] != '/')
		return "a relative element";
	why = path_danger(r, folder, absent);
	/* of the machine that built it, or to be mounted: who fills it is not known */
	return !why && *absent && element.p[0] == '/' ? "a folder that is not in the image" : why;
}

static void check_search_path(struct audit_run *r, const struct item *i, const char *what,
			      const char *path)
{
	struct str rest = str_of(path ? path : ""), element;
	bool more = path != NULL;

	while (more) {
		const char *why;
		bool absent;

		more = str_cut(rest, ':', &element, &rest);
		why = element_danger(r, i, element, &absent);
		if (why)
			finding_add(r, "elf.rpath", i->path, "%s \"%s\" has %s", what, path, why);
		else if (absent)
			finding_add(r, "elf.rpath-absent", i->path, "%s \"%s\" has " STR_FMT, what,
				    path, STR_ARG(element));
	}
}

/* Debian's own builds of Python are not position independent: nobody who makes an image can change
 * that. */
static const struct audit_accept *debian_python(const struct item *i)
{
	static const struct audit_accept known = {
		.rule = "elf.no-pie", .reason = "Debian builds its Python without PIE"
	};
	AUTO_ARENA scratch = { 0 };
	const char *name = path_base(i->path);

	return i->package && strncmp(name, "python3.", 8) == 0 &&
			       strcmp(path_dir(&scratch, i->path), "usr/bin") == 0 &&
			       strcmp(i->package->name,
				      arena_printf(&scratch, "%s-minimal", name)) == 0
		       ? &known
		       : NULL;
}

static void check_linking(struct audit_run *r, const struct item *i, const struct elf_facts *f)
{
	bool fixed = f->program && f->head.type == ET_EXEC;
	struct finding *pie;

	if (f->go) {
		if (fixed || (f->head.dynamic && !f->head.relro))
			finding_add(r, "elf.go-defaults", i->path, "%s%s%s",
				    fixed ? "its type is ET_EXEC" : "",
				    fixed && f->head.dynamic && !f->head.relro ? ", " : "",
				    f->head.dynamic && !f->head.relro ? "no PT_GNU_RELRO segment"
								      : "");
		return;
	}
	if (f->head.dynamic && !f->head.relro)
		finding_add(r, "elf.no-relro", i->path, "no PT_GNU_RELRO segment");
	else if (f->head.dynamic && !f->head.bind_now)
		finding_add(r, "elf.no-bind-now", i->path,
			    "neither DF_BIND_NOW nor DF_1_NOW is set");
	pie = fixed ? finding_add(r, "elf.no-pie", i->path, "its type is ET_EXEC") : NULL;
	if (pie)
		pie->expected = debian_python(i);
}

static void check_segments(struct audit_run *r, const struct item *i, const struct elf_facts *f)
{
	if (f->head.exec_stack || !f->head.stack_header)
		finding_add(r, "elf.exec-stack", i->path, "%s",
			    f->head.stack_header ? "PT_GNU_STACK is executable"
						 : "no PT_GNU_STACK header");
	if (f->head.write_exec)
		finding_add(r, "elf.write-exec", i->path,
			    "a loaded segment is writable and executable");
	if (f->head.textrel)
		finding_add(r, "elf.text-relocations", i->path, "DT_TEXTREL is set");
	check_linking(r, i, f);
}

/* What the compiler could have done: only where functions are called that it could have checked. */
static void check_calls(struct audit_run *r, const struct item *i, const struct elf_facts *f)
{
	if (f->go || !f->head.needed.n || !(f->fortifiable || f->fortified))
		return;
	if (!f->protector)
		finding_add(r, "elf.no-stack-protector", i->path,
			    "it does not use __stack_chk_fail");
	if (!f->fortified)
		finding_add(r, "elf.no-fortify", i->path, "it uses none of the checked functions");
}

static void check_elf(struct audit_run *r, const struct item *i)
{
	const struct elf_facts *f = i->elf;
	const struct machine *m = machine_of_oci(r->m->image->architecture);

	if (!f || !f->readable) {
		finding_add(r, "elf.unreadable", i->path, "%s", f ? f->problem : "it is too large");
		return;
	}
	if (f->problem)
		finding_add(r, "elf.unreadable", i->path, "its symbols: %s", f->problem);
	if (f->head.type != ET_EXEC && f->head.type != ET_DYN)
		return; /* an object file or a core dump is not loaded */
	if (f->head.machine == EM_NONE)
		return; /* code for an interpreter, such as what Guile compiles */
	if (m && f->head.machine != m->elf) {
		finding_add(r, "elf.wrong-machine", i->path, "its machine is %u, %s is %u",
			    f->head.machine, r->m->image->architecture, m->elf);
		return;
	}
	check_segments(r, i, f);
	check_calls(r, i, f);
	check_search_path(r, i, "RPATH", f->head.runpath ? NULL : f->head.rpath);
	check_search_path(r, i, "RUNPATH", f->head.runpath);
}

void check_hardening(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];

		if (i->type == ITEM_FILE && i->kind == CONTENT_ELF && !i->shared)
			check_elf(r, i);
	}
}
