/* SPDX-License-Identifier: Apache-2.0 */
/* How ELF files were built: what the headers tell about defences. Static programs and libraries
 * are judged by what can apply to them. */

#include "inspect/audit/check.h"
#include "inspect/layers/elf_facts.h"
#include "base/path.h"
#include "format/machine/machine.h"

/* One element of a search path; empty ones mean the current folder. */
static const char *danger(const struct audit_run *r, struct str element, const char *origin)
{
	AUTO_ARENA scratch = { 0 };
	static const struct str variable[] = { STR("$ORIGIN"), STR("${ORIGIN}") };
	const struct item *dir;
	bool root;

	if (element.n == 0)
		return "an empty element: the current folder";
	for (size_t i = 0; i < 2; i++)
		if (str_starts(element, variable[i]))
			element = str_of(arena_printf(&scratch, "/%s" STR_FMT, origin,
				STR_ARG(str_from(element, variable[i].n))));
	if (element.p[0] != '/')
		return "a relative element";
	dir = model_resolve(r->m, "", str_dup(&scratch, element), &root);
	if (!dir && !root)
		return "a folder that is not in the image";
	if (dir && dir->mode & 0002)
		return "a folder everybody may write to";
	return dir && dir->uid && dir->mode & 0200 ? "a folder that another user than root may write to"
						   : NULL;
}

static void check_path(struct audit_run *r, const struct item *i, const char *what, const char *path)
{
	AUTO_ARENA scratch = { 0 };
	struct str rest = str_of(path ? path : ""), element;
	bool more = path != NULL;

	while (more) {
		const char *why;

		more = str_cut(rest, ':', &element, &rest);
		why = danger(r, element, path_dir(&scratch, i->path));
		if (why)
			found(r, "elf.rpath", i->path, "%s \"%s\" has %s", what, path, why);
	}
}

static void check_segments(struct audit_run *r, const struct item *i, const struct elf_facts *f)
{
	if (f->head.exec_stack || !f->head.stack_header)
		found(r, "elf.exec-stack", i->path, "%s", f->head.stack_header ? "PT_GNU_STACK is executable"
									 : "no PT_GNU_STACK header");
	if (f->head.write_exec)
		found(r, "elf.write-exec", i->path, "a loaded segment is writable and executable");
	if (f->head.textrel)
		found(r, "elf.text-relocations", i->path, "DT_TEXTREL is set");
	if (f->head.dynamic && !f->head.relro)
		found(r, "elf.no-relro", i->path, "no PT_GNU_RELRO segment");
	else if (f->head.dynamic && !f->head.bind_now)
		found(r, "elf.no-bind-now", i->path, "neither DF_BIND_NOW nor DF_1_NOW is set");
	if (f->program && f->head.type == ET_EXEC)
		found(r, "elf.no-pie", i->path, "its type is ET_EXEC");
}

static void check_calls(struct audit_run *r, const struct item *i, const struct elf_facts *f)
{
	if (!f->head.needed.n || !f->undefined.n)
		return;
	if (!f->protector)
		found(r, "elf.no-stack-protector", i->path, "it does not use __stack_chk_fail");
	if (!f->fortified)
		found(r, "elf.no-fortify", i->path, "it uses none of the checked functions");
}

static void check_elf(struct audit_run *r, const struct item *i)
{
	const struct elf_facts *f = i->elf;
	const struct machine *m = machine_of_oci(r->m->image->architecture);

	if (!f || !f->readable) {
		found(r, "elf.unreadable", i->path, "%s", f ? f->problem : "it is too large");
		return;
	}
	if (m && f->head.machine != m->elf) {
		found(r, "elf.wrong-machine", i->path, "its machine is %u, %s is %u", f->head.machine,
		      r->m->image->architecture, m->elf);
		return;
	}
	if (f->head.type != ET_EXEC && f->head.type != ET_DYN)
		return;		/* an object file or a core dump is not loaded */
	check_segments(r, i, f);
	check_calls(r, i, f);
	check_path(r, i, "RPATH", f->head.runpath ? NULL : f->head.rpath);
	check_path(r, i, "RUNPATH", f->head.runpath);
}

void check_hardening(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];

		if (i->type == ITEM_FILE && i->kind == CONTENT_ELF && !i->shared)
			check_elf(r, i);
	}
}
