/* SPDX-License-Identifier: Apache-2.0 */
/* A Go module, or a workspace of modules (go.work): the folder of package main that becomes the
 * program. */

#include "explain/code/go_reach.h"

#include <ctype.h>

#include "base/path.h"
#include "explain/code/go_package.h"
#include "format/text/go_mod.h"

#define GO_DEPTH_MAX 24

#define GO_TAKES_VENDOR 14 /* Go 1.14 takes vendor/ by itself, for a go.mod of it or newer */

struct go_project {
	struct own_project *p;
	const char *inner;	 /* the module that was named, below the project's folder; or "" */
	const char *chdir;	 /* of the go command: that module, where no go.work is; or NULL */
	struct strings modules;	 /* folders below the project's; "" is that itself */
	struct strings programs; /* of package main; "." is the project's folder */
	bool old;		 /* a module is of a Go that asks for -mod=vendor */
	struct go_own_modules known; /* also those that stand for others ("replace") */
	struct go_reach reach;	     /* of the program */
};

/* "app/go.mod"; a module of its own begins there. */
static const char *go_path_in(struct own_project *p, const char *folder, const char *name)
{
	return folder[0] ? arena_printf(p->a, "%s/%s", folder, name) : name;
}

/* What the go command passes by, and what is no part of the module. */
static bool go_passes(struct own_project *p, const char *name, const char *path)
{
	static const char *const names[] = { "testdata", "vendor", "node_modules" };

	return name[0] == '.' || name[0] == '_' || name_among(name, names, ARRAY_SIZE(names)) ||
	       !own_is_folder(p, path) || own_has(p, arena_printf(p->a, "%s/go.mod", path));
}

static bool go_walk(struct go_project *g, const char *folder, unsigned depth, struct error *e)
{
	struct own_project *p = g->p;
	struct strings names = { NULL, 0, 0 };
	const char *package;

	if (!go_package_name(p, folder, &package, e))
		return false;
	if (package && strcmp(package, "main") == 0)
		*list_push(p->a, &g->programs) = folder[0] ? folder : ".";
	if (depth == GO_DEPTH_MAX)
		return true;
	if (!own_names(p, folder, &names, e))
		return false;
	list_each(name, &names) {
		const char *path = go_path_in(p, folder, *name);

		if (!go_passes(p, *name, path) && !go_walk(g, path, depth + 1, e))
			return false;
	}
	return true;
}

/* "example.test/team/app/v2" -> "app" */
static const char *go_module_name(struct arena *a, const char *module)
{
	const char *name = path_base(module);
	bool major = name[0] == 'v' && name[1] &&
		     strspn(name + 1, "0123456789") == strlen(name + 1);

	return major && name > module ? path_base(path_dir(a, module)) : name;
}

static bool go_refuse_outside(const struct go_project *g, const char *place, struct str path,
			      struct error *e)
{
	return err_set(e, ERR_INPUT,
		       "%s: " STR_FMT " is outside of %s: run imgbuild init in the folder that "
		       "holds both, for a repository holds what its images are made of",
		       place, STR_ARG(path), g->p->folder);
}

static bool go_read_work(struct go_project *g, struct error *e)
{
	struct own_project *p = g->p;
	struct go_mod_lines lines = { .word = STR("use") };
	struct str text, path;

	if (!own_text(p, "go.work", &text, e))
		return false;
	for (lines.rest = text; go_mod_next(&lines, &path);) {
		const char *folder = path_in_folder(p->a, "", go_mod_unquoted(path));

		if (!folder)
			return go_refuse_outside(g, own_place(p, "go.work", text, path.p), path, e);
		*list_push(p->a, &g->modules) = folder;
	}
	return true;
}

/* "./x" of "example.org/x v1.0.0 => ./x"; n == 0: a version of another module stands for it. */
static struct str go_replacement(struct str line)
{
	const char *arrow = memmem(line.p, line.n, "=>", 2);
	struct str path = { "", 0 };

	if (arrow)
		path = go_mod_unquoted(str_trim(str_from(line, (size_t)(arrow - line.p) + 2)));
	return path.n && path.p[0] == '.' ? path : (struct str){ "", 0 };
}

/* "example.org/x" of it. */
static const char *go_first_word(struct arena *a, struct str line)
{
	size_t n = 0;

	while (n < line.n && !strchr(" \t", line.p[n]))
		n++;
	return str_dup(a, go_mod_unquoted((struct str){ line.p, n }));
}

/* Modules that a folder stands for: "replace example.org/x => ../x" of go.mod or go.work. */
static bool go_read_replaced(struct go_project *g, const char *folder, const char *name,
			     struct error *e)
{
	struct own_project *p = g->p;
	const char *file = go_path_in(p, folder, name);
	struct go_mod_lines lines = { .word = STR("replace") };
	struct str text, line;

	if (!own_text(p, file, &text, e))
		return false;
	for (lines.rest = text; go_mod_next(&lines, &line);) {
		struct str path = go_replacement(line);
		const char *to = path_in_folder(p->a, folder, path);

		if (path.n && !to)
			return go_refuse_outside(g, own_place(p, file, text, line.p), path, e);
		if (path.n)
			*list_push(p->a, &g->known.v) =
				(struct go_own_module){ go_first_word(p->a, line), to };
	}
	return true;
}

/* 25 of "go 1.25.0"; 0: the file does not say. */
static uint64_t go_release(struct str text, struct str *release)
{
	struct go_mod_lines lines = { .rest = text, .word = STR("go") };
	struct str rest, minor;
	uint64_t number;

	if (!go_mod_next(&lines, release) || !str_starts(*release, STR("1.")))
		return 0;
	rest = str_from(*release, 2);
	for (minor = rest, minor.n = 0;
	     minor.n < rest.n && isdigit((unsigned char)rest.p[minor.n]);)
		minor.n++;
	return str_u64(minor, &number) ? number : 0;
}

/* An older go command refuses the module. */
static bool go_check_release(const struct go_project *g, const char *file, struct str text,
			     struct error *e)
{
	struct str release;

	if (go_release(text, &release) <= GO_RELEASE || !own_toolchain_has(g->p, "go", GO_PACKAGE))
		return true;
	return err_set(
		e, ERR_INPUT,
		"%s: Go " STR_FMT " is asked for, and the toolchain go is Debian 13's Go "
		"1.%d: go mod edit -go=1.%d says so, if no dependency asks for a newer one; how "
		"to have a newer Go is in docs/how-to/compile.md, \"A newer compiler\"",
		own_place(g->p, file, text, release.p), STR_ARG(release), GO_RELEASE, GO_RELEASE);
}

static bool go_read_module(struct go_project *g, const char *folder, struct error *e)
{
	struct own_project *p = g->p;
	const char *file = go_path_in(p, folder, "go.mod"), *at, *module;
	bool named = !g->inner[0] || strcmp(folder, g->inner) == 0;
	struct str text;

	if (!own_has(p, file))
		return err_set(e, ERR_INPUT, "%s is not there, and %s names its folder",
			       own_path(p, file), own_path(p, "go.work"));
	if (!own_text(p, file, &text, e) || !go_check_release(g, file, text, e) ||
	    !go_read_replaced(g, folder, "go.mod", e))
		return false;
	g->old = g->old || go_release(text, &(struct str){ NULL, 0 }) < GO_TAKES_VENDOR;
	module = own_word(p->a, text, "module ", &at);
	if (!module)
		return err_set(e, ERR_INPUT, "%s names no module", own_path(p, file));
	*list_push(p->a, &g->known.v) = (struct go_own_module){ module, folder };
	if (!p->name && named) {
		p->name = go_module_name(p->a, module);
		draft_chose(p->d, "name", p->name, "%s: module %s", own_place(p, file, text, at),
			    module);
	}
	return !named || go_walk(g, folder, 0, e);
}

/* A module that go.mod wants, and that is neither here nor locked. */
static bool go_check_required(const struct go_project *g, const char *folder, struct error *e)
{
	struct own_project *p = g->p;
	const char *file = go_path_in(p, folder, "go.mod"), *name;
	struct strings here = { NULL, 0, 0 };
	struct go_mod_lines lines;
	struct str text, line;

	list_each(m, &g->known.v)
		*list_push(p->a, &here) = m->path;
	if (!own_text(p, file, &text, e))
		return false;
	lines = (struct go_mod_lines){ .rest = text, .word = STR("require") };
	while (go_mod_next(&lines, &line)) {
		name = go_first_word(p->a, line);
		if (!strings_has(&here, name))
			return err_set(e, ERR_INPUT,
				       "%s: the module needs %s, and %s is not there: go mod tidy "
				       "writes it, and it belongs into the repository",
				       own_place(p, file, text, line.p), name,
				       own_path(p, go_path_in(p, folder, "go.sum")));
	}
	return true;
}

/* Of a workspace with several files of sums, go.work stands for all. */
static bool go_choose_modules(struct go_project *g, struct error *e)
{
	struct own_project *p = g->p;
	struct strings files = { NULL, 0, 0 };
	const char *vendor = go_path_in(p, g->chdir ? g->chdir : "", "vendor");

	if (own_has(p, arena_printf(p->a, "%s/modules.txt", vendor))) {
		g->known.vendor = vendor;
		*list_push(p->a, &p->ignore) = arena_printf(p->a, "!%s/", vendor);
		draft_chose(p->d, "modules", arena_printf(p->a, "%s/", vendor), "%s is there",
			    own_path(p, arena_printf(p->a, "%s/modules.txt", vendor)));
		return true;
	}
	list_each(folder, &g->modules) {
		const char *sums = go_path_in(p, *folder, "go.sum");

		if (own_has(p, sums))
			*list_push(p->a, &files) = sums;
	}
	if (own_has(p, "go.work.sum"))
		*list_push(p->a, &files) = "go.work.sum";
	for (size_t i = 0; files.n == 0 && i < g->modules.n; i++) {
		if (!go_check_required(g, g->modules.v[i], e))
			return false;
	}
	if (files.n == 0)
		return true;
	p->lock = files.n > 1 || strcmp(files.v[0], "go.work.sum") == 0 ? "go.work" : files.v[0];
	for (size_t i = 0; i < files.n; i++)
		files.v[i] = own_path(p, files.v[i]);
	draft_chose(p->d, "dependencies", p->lock,
		    "%s; servers: \"from\" of the recipe, or GOPROXY",
		    strings_join(p->a, &files, ", "));
	return true;
}

/* C needs a compiler beside Go's, and the C library in the image. */
static void go_choose_cgo(const struct go_project *g)
{
	struct own_project *p = g->p;
	const char *compiler = g->reach.cxx ? "g++" : "gcc";

	if (!g->reach.cgo)
		return;
	p->base = "base-nossl";
	if (g->reach.cxx)
		own_needs_cxx(p);
	own_add_env(p, "CGO_ENABLED", "1");
	*list_push(p->a, &p->build_depends) = compiler;
	*list_push(p->a, &p->build_depends) = "libc6-dev";
	draft_chose(p->d, "build-depends", arena_printf(p->a, "%s, libc6-dev", compiler),
		    "%s has C in it (import \"C\"), for which the program needs libc",
		    g->reach.cgo);
	list_each(l, &p->libraries) {
		if (l->form == LIBRARY_MODULE) {
			*list_push(p->a, &p->build_depends) = "pkgconf";
			draft_chose(p->d, "build-depends", "pkgconf", "%s asks pkg-config", l->at);
			break;
		}
	}
	if (p->libraries.n == 0)
		draft_leave(p->d,
			    "%s has C in it (import \"C\"): if it asks for a library, add the "
			    "Debian package with its headers (mostly lib...-dev) to "
			    "\"build-depends\"",
			    g->reach.cgo);
}

/* Whether go.work in `folder` names the module that is `inner` there. */
static bool go_work_uses(struct own_project *p, const char *inner, bool *out, struct error *e)
{
	struct go_mod_lines lines = { .word = STR("use") };
	struct str text, path;

	*out = false;
	if (!own_text(p, "go.work", &text, e))
		return false;
	for (lines.rest = text; go_mod_next(&lines, &path);) {
		const char *folder = path_in_folder(p->a, "", go_mod_unquoted(path));

		*out |= folder && strcmp(folder, inner) == 0;
	}
	return true;
}

/* Whether all that go.mod of `inner` replaces stands below the folder. */
static bool go_holds_replaced(struct own_project *p, const char *inner, bool *out, struct error *e)
{
	struct go_mod_lines lines = { .word = STR("replace") };
	struct str line;

	*out = true;
	if (!own_text(p, go_path_in(p, inner, "go.mod"), &lines.rest, e))
		return false;
	while (go_mod_next(&lines, &line))
		*out &= path_in_folder(p->a, inner, go_replacement(line)) != NULL;
	return true;
}

static void go_take_folder(struct go_project *g, const struct own_project *at, const char *inner,
			   const char *by)
{
	g->inner = inner;
	draft_chose(g->p->d, "folder", at->folder, "%s needs what stands there", by);
	g->p->folder = at->folder;
}

/* A module of a workspace. */
static bool go_enter_work(struct go_project *g, struct error *e)
{
	struct own_project at = *g->p;
	const char *inner = "";
	bool uses = false;

	while (!uses && own_up(&at, &inner)) {
		if (own_has(&at, "go.work") && !go_work_uses(&at, inner, &uses, e))
			return false;
	}
	if (uses)
		go_take_folder(g, &at, inner, own_path(&at, "go.work"));
	return true;
}

/* A module that needs folders beside it: the build has only what is below the folder of its source.
 */
static bool go_enter_replaced(struct go_project *g, struct error *e)
{
	struct own_project at = *g->p;
	const char *inner = "";
	bool holds;

	do {
		if (!go_holds_replaced(&at, inner, &holds, e))
			return false;
	} while (!holds && own_up(&at, &inner));
	if (holds && inner[0]) {
		g->chdir = inner;
		go_take_folder(g, &at, inner, own_path(g->p, "go.mod"));
	}
	return true;
}

static bool go_find_folder(struct go_project *g, struct error *e)
{
	if (own_has(g->p, "go.work") || !own_has(g->p, "go.mod"))
		return true;
	return go_enter_work(g, e) && (g->inner[0] || go_enter_replaced(g, e));
}

static bool go_find_modules(struct go_project *g, struct error *e)
{
	struct own_project *p = g->p;
	struct str text;

	if (own_has(p, "go.work")) {
		if (!own_text(p, "go.work", &text, e) || !go_check_release(g, "go.work", text, e) ||
		    !go_read_work(g, e) || !go_read_replaced(g, "", "go.work", e))
			return false;
	} else if (own_has(p, go_path_in(p, g->inner, "go.mod"))) {
		*list_push(p->a, &g->modules) = g->inner;
	} else {
		return err_set(e, ERR_INPUT,
			       "%s is not there: --go names the folder of a Go module; go mod init "
			       "makes one",
			       own_path(p, "go.mod"));
	}
	list_each(folder, &g->modules) {
		if (!go_read_module(g, *folder, e))
			return false;
	}
	if (g->programs.n == 0)
		return err_set(e, ERR_INPUT, "%s has no program: no file of package main is in it",
			       g->inner[0] ? own_path(p, g->inner) : p->folder);
	return true;
}

/* As the go command takes a package: "./cmd/app". */
static const char *go_target(const struct go_project *g, const char *folder)
{
	if (g->chdir)
		folder = folder[strlen(g->chdir)] ? folder + strlen(g->chdir) + 1 : ".";
	return strcmp(folder, ".") == 0 ? "." : arena_printf(g->p->a, "./%s", folder);
}

static void go_add_build(const struct go_project *g, const char *folder, const char *program)
{
	struct own_project *p = g->p;
	const char *file = arena_printf(p->a, "${destdir}/usr/bin/%s", program);
	struct strings words = { NULL, 0, 0 };

	*list_push(p->a, &words) = "go";
	*list_push(p->a, &words) = "build";
	if (g->chdir) {
		*list_push(p->a, &words) = "-C";
		*list_push(p->a, &words) = g->chdir;
	}
	if (g->known.vendor && g->old)
		*list_push(p->a, &words) = "-mod=vendor";
	*list_push(p->a, &words) = "-ldflags=-s -w";
	*list_push(p->a, &words) = "-o";
	*list_push(p->a, &words) = file;
	*list_push(p->a, &words) = go_target(g, folder);
	*list_push(p->a, &words) = NULL;
	own_add_step(p, "build", words.v);
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	draft_chose(p->d, "steps", arena_printf(p->a, "go build %s", folder),
		    "%s is of package main", own_path(p, folder));
}

bool project_read_go(struct own_project *p, struct error *e)
{
	struct go_project g = { .p = p, .inner = "" };
	const char *program, *folder;

	if (!go_find_folder(&g, e) || !go_find_modules(&g, e))
		return false;
	folder = go_choose_program(p, &g.known, &g.programs);
	program = strcmp(folder, ".") == 0 || strcmp(folder, g.inner) == 0 ? p->name
									   : path_base(folder);
	p->base = "static";
	p->toolchain = "go";
	if (!go_choose_modules(&g, e) ||
	    !go_reach_read(p, &g.known, strcmp(folder, ".") == 0 ? "" : folder, &g.reach, e))
		return false;
	go_choose_cgo(&g);
	go_add_build(&g, folder, program);
	go_tell_version(p);
	return true;
}
