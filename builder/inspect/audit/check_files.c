/* SPDX-License-Identifier: Apache-2.0 */
/* Modes, kinds, owners and leftovers: what can be told from an item alone. */

#include "inspect/audit/check.h"
#include "inspect/layers/elf_facts.h"
#include "base/path.h"

#define OTHERS_WRITE 0002
#define STICKY 01000
#define SETGID 02000
#define SETUID 04000

static void check_mode(struct audit_run *r, const struct item *i)
{
	if (i->type == ITEM_FILE && i->mode & SETUID)
		finding_add(r, "file.setuid", i->path, "mode %04o, owner %u", i->mode, i->uid);
	if (i->type == ITEM_FILE && i->mode & SETGID && i->mode & 0010)
		finding_add(r, "file.setgid", i->path, "mode %04o, group %u", i->mode, i->gid);
	if (i->type == ITEM_FILE && i->capabilities)
		finding_add(r, "file.capabilities", i->path,
			    "the attribute security.capability is set");
	if (i->type == ITEM_FILE && i->mode & OTHERS_WRITE)
		finding_add(r, "file.world-writable", i->path, "mode %04o", i->mode);
	if (i->type == ITEM_DIR && i->mode & OTHERS_WRITE && !(i->mode & STICKY))
		finding_add(r, "file.world-writable", i->path,
			    "a folder of mode %04o without the sticky bit", i->mode);
}

static void check_type(struct audit_run *r, const struct item *i)
{
	if (i->type == ITEM_CHAR || i->type == ITEM_BLOCK)
		finding_add(r, "file.device", i->path, "a %s device",
			    i->type == ITEM_CHAR ? "character" : "block");
	if (i->type == ITEM_FIFO)
		finding_add(r, "file.fifo", i->path, "a named pipe");
	if (i->type == ITEM_HARD)
		finding_add(r, "link.hard-dangling", i->path, "it names /%s, which is not there",
			    i->target);
}

static void check_file_owner(struct audit_run *r, const struct item *i)
{
	bool program = i->type == ITEM_FILE &&
		       (i->kind == CONTENT_ELF || (i->kind == CONTENT_SCRIPT && i->mode & 0111));

	if (i->owned || i->type != ITEM_FILE)
		return; /* md5sums list files only */
	if (i->elf && i->elf->package_note)
		return; /* says itself what it is, and scanners read that */
	if (program)
		finding_add(r, "file.unowned-program", i->path, "a%s in no package record",
			    i->kind == CONTENT_ELF ? "n ELF file" : " script");
	else
		finding_add(r, "file.unowned", i->path, "in no package record");
}

/* Files below these folders that are not empty, and these names anywhere. */
static const char *leftover_kind(const struct item *i)
{
	static const struct {
		struct str dir;
		const char *what;
	} dirs[] = {
		{ STR("var/lib/apt/lists/"), "a package list" },
		{ STR("var/cache/"), "a cache" },
		{ STR("var/log/"), "a log" },
		{ STR("var/tmp/"), "a temporary file" },
		{ STR("tmp/"), "a temporary file" },
		{ STR("root/.cache/"), "a cache" },
		{ STR("proc/"), "part of a mounted file system" },
		{ STR("sys/"), "part of a mounted file system" },
	};
	static const char *const suffixes[] = { ".dpkg-old", ".dpkg-new", ".dpkg-dist", ".orig",
						".rej",	     ".swp",	  "~" };
	static const char *const names[] = { ".bash_history", ".python_history", ".wget-hsts",
					     ".viminfo", "core" };
	struct str path = str_of(i->path);
	const char *base = path_base(i->path);

	for (size_t d = 0; d < ARRAY_SIZE(dirs); d++)
		if (i->size && str_starts(path, dirs[d].dir))
			return dirs[d].what;
	for (size_t s = 0; s < ARRAY_SIZE(suffixes); s++)
		if (str_ends(path, str_of(suffixes[s])))
			return "an old copy";
	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		if (strcmp(base, names[n]) == 0 &&
		    (n + 1 < ARRAY_SIZE(names) || i->kind == CONTENT_ELF))
			return "a trace of somebody's work";
	return NULL;
}

static void check_build_path(struct audit_run *r, const struct item *i)
{
	if (i->elf && i->elf->build_path && !i->shared)
		finding_add(r, "file.build-path", i->path, "it holds %s", i->elf->build_path);
}

static void check_leftover(struct audit_run *r, const struct item *i)
{
	static const char *const folders[] = { ".git", ".svn", ".hg" };
	const char *base = path_base(i->path);
	const char *what = i->type == ITEM_FILE ? leftover_kind(i) : NULL;

	if (what)
		finding_add(r, "file.leftover", i->path, "%s, %llu bytes", what,
			    (unsigned long long)i->size);
	for (size_t f = 0; i->type == ITEM_DIR && f < ARRAY_SIZE(folders); f++)
		if (strcmp(base, folders[f]) == 0)
			finding_add(r, "file.leftover", i->path,
				    "a folder of a version control system");
}

/* bin, sbin and lib* at the root are links into usr, unless there is no usr at all. */
static void check_merged_usr(struct audit_run *r)
{
	static const char *const names[] = { "bin", "lib", "lib32", "lib64", "libx32", "sbin" };

	if (!model_at(r->m, "usr"))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct item *at = model_at(r->m, names[i]);

		if (at && at->type != ITEM_LINK)
			finding_add(r, "layout.merged-usr", at->path,
				    "it should be a link to usr/%s", names[i]);
	}
}

void check_files(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];

		check_mode(r, i);
		check_type(r, i);
		check_file_owner(r, i);
		check_leftover(r, i);
		check_build_path(r, i);
	}
	check_merged_usr(r);
}
