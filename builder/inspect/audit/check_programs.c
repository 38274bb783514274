/* SPDX-License-Identifier: Apache-2.0 */
/* Programs by what they are: shells, interpreters, package managers, compilers, download tools.
 * Names decide, after version suffixes are cut off; shells are known by their content, too. */

#include "inspect/audit/check.h"
#include "base/path.h"
#include "format/text/glob.h"
#include "inspect/model/package.h"

/* Names after version suffixes are gone. */
static const char *const shells[] = {
	"ash",	"bash",	 "busybox",   "csh",  "dash",	"elvish", "es",	  "fish",
	"hush", "ksh",	 "ksh93",     "lksh", "loksh",	"mksh",	  "nu",	  "oksh",
	"osh",	"pdksh", "posh",      "pwsh", "rbash",	"rc",	  "rksh", "rzsh",
	"sash", "sh",	 "static-sh", "tcsh", "toybox", "xonsh",  "yash", "zsh",
};

static const char *const interpreters[] = {
	"awk",	"bun", "deno",	 "erl",	   "expect", "gawk",  "groovy", "guile",
	"java", "lua", "luajit", "mawk",   "nawk",   "node",  "nodejs", "ocaml",
	"perl", "php", "pypy",	 "python", "ruby",   "tclsh", "wish",
};

static const char *const package_managers[] = {
	"aptitude", "apk",	"apt", "apt-get",  "conda", "debconf", "dnf",
	"dpkg",	    "dpkg-deb", "gem", "microdnf", "npm",   "opkg",    "pacman",
	"pip",	    "pipx",	"rpm", "uv",	   "yarn",  "yum",     "zypper",
};

static const char *const compilers[] = {
	"ar",	   "as",      "c++",	 "c89",	  "c99",    "cc",	 "clang", "clang++",
	"cmake",   "cpp",     "g++",	 "gcc",	  "gdb",    "gdbserver", "go",	  "gold",
	"ld",	   "ld.bfd",  "ld.gold", "lldb",  "ltrace", "make",	 "nasm",  "nm",
	"objcopy", "objdump", "perf",	 "rustc", "strace", "tcc",	 "yasm",
};

static const char *const downloaders[] = {
	"aria2c", "curl", "ftp",  "lftp",  "nc",  "nc.openbsd", "nc.traditional", "ncat",
	"rsync",  "scp",  "sftp", "socat", "ssh", "telnet",	"wget",
};

static const struct {
	const char *rule;
	const char *const *names;
	size_t n;
	const char *what;
} kinds[] = {
	{ "program.interpreter", interpreters, ARRAY_SIZE(interpreters), "an interpreter" },
	{ "program.package-manager", package_managers, ARRAY_SIZE(package_managers),
	  "a package manager" },
	{ "program.compiler", compilers, ARRAY_SIZE(compilers), "a development tool" },
	{ "program.download", downloaders, ARRAY_SIZE(downloaders), "a network tool" },
};

/* "python3.13" -> "python", "gcc-14" -> "gcc", "x86_64-linux-gnu-gcc-14" -> "gcc"; a number of three
 * digits is no version: "cc1541" is for a disk drive. */
static const char *program_stem(struct arena *a, const char *name)
{
	static const char triplet[] = "-linux-gnu";
	const char *at = strstr(name, triplet);
	size_t n;

	if (at && at[strlen(triplet)] == '-')
		name = at + strlen(triplet) + 1;
	n = strlen(name);
	while (n > 1 && strchr("0123456789.-", name[n - 1]))
		n--;
	if (strspn(name + n, "0123456789") > 2)
		n = strlen(name);
	return arena_strndup(a, name, n);
}

static bool in_path(const char *path)
{
	AUTO_ARENA scratch = { 0 };
	const char *dir = path_base(path_dir(&scratch, path));

	return strcmp(dir, "bin") == 0 || strcmp(dir, "sbin") == 0 || strcmp(dir, "games") == 0 ||
	       strcmp(dir, "busybox") == 0 || strcmp(dir, "") == 0;
}

/* Something a user could run by this name: a file, or a link that leads to one. */
static bool is_runnable(const struct audit_run *r, const struct item *i)
{
	const struct item *to = i;
	AUTO_ARENA scratch = { 0 };

	if (i->type == ITEM_LINK)
		to = model_resolve(r->m, path_dir(&scratch, i->path), i->target, NULL);
	return to && to->type == ITEM_FILE && to->mode & 0111;
}

static bool check_shell(struct audit_run *r, const struct item *i, const char *base)
{
	if (i->shell) {
		finding_add(r, "shell.program", i->path, "its content is that of %s", i->shell);
		return true;
	}
	if (!name_among(base, shells, ARRAY_SIZE(shells)) || !in_path(i->path) ||
	    !is_runnable(r, i))
		return false;
	if (i->type == ITEM_LINK)
		finding_add(r, "shell.program", i->path, "a shell's name, a link to %s", i->target);
	else
		finding_add(r, "shell.program", i->path, "a shell's name");
	return true;
}

/* An interpreter that the recipe itself names, or whose package it names, is there on purpose. */
static const struct audit_accept *expected_interpreter(const struct audit_run *r,
						       const struct item *i)
{
	const struct audit_expected *x = r->expected;
	const char *path = arena_printf(r->a, "/%s", i->path), *name = NULL;
	struct audit_accept *out;

	for (size_t n = 0; n < x->paths.n && !name; n++)
		name = path_glob(x->paths.v[n], i->path) ||
				       model_resolve(r->m, "", x->paths.v[n], NULL) == i
			       ? x->paths.v[n]
			       : NULL;
	if (!name && i->package && strings_has(&x->packages, i->package->name))
		name = i->package->name;
	if (!name)
		return NULL;
	out = arena_alloc(r->a, sizeof(*out));
	*out = (struct audit_accept){ .rule = "program.interpreter",
				      .path = path,
				      .where = x->where,
				      .reason = arena_printf(r->a, "the recipe names %s", name) };
	return out;
}

static void kind_found(struct audit_run *r, const struct item *i, size_t kind)
{
	struct finding *f = finding_add(r, kinds[kind].rule, i->path, "%s", kinds[kind].what);

	if (f && kinds[kind].names == interpreters)
		f->expected = expected_interpreter(r, i);
}

static void check_program_kind(struct audit_run *r, const struct item *i, const char *base)
{
	AUTO_ARENA scratch = { 0 };
	const char *cut = program_stem(&scratch, base);

	if (i->type == ITEM_LINK || !in_path(i->path) || !is_runnable(r, i))
		return; /* the file it leads to is reported */
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if (name_among(base, kinds[k].names, kinds[k].n) ||
		    name_among(cut, kinds[k].names, kinds[k].n))
			kind_found(r, i, k);
}

void check_programs(struct audit_run *r)
{
	for (size_t n = 0; n < r->m->items.n; n++) {
		const struct item *i = r->m->items.v[n];
		const char *base = path_base(i->path);

		if ((i->type == ITEM_FILE || i->type == ITEM_LINK) && !check_shell(r, i, base))
			check_program_kind(r, i, base);
	}
}
