/* SPDX-License-Identifier: Apache-2.0 */
/* A Go module, or a workspace of modules (go.work): the folder of package main that becomes the
 * program. */

#include "explain/code/go_package.h"

#include "base/path.h"
#include "format/text/go_mod.h"

#define GO_DEPTH_MAX 24

struct go_project {
	struct own_project *p;
	struct strings modules;	 /* folders below the project's; "" is that itself */
	struct strings programs; /* folders of package main; "." is the project's */
	struct strings cgo;	 /* files with C in them */
	struct strings paths;	 /* of the modules: "example.org/app" */
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
	       !own_has(p, arena_printf(p->a, "%s/.", path)) ||
	       own_has(p, arena_printf(p->a, "%s/go.mod", path));
}

static bool go_walk(struct go_project *g, const char *folder, unsigned depth, struct error *e)
{
	struct own_project *p = g->p;
	struct strings names = { NULL, 0, 0 };
	struct go_package package;

	if (!go_package_read(p, folder, &package, e))
		return false;
	if (package.name && strcmp(package.name, "main") == 0)
		*list_push(p->a, &g->programs) = folder[0] ? folder : ".";
	if (package.cgo)
		*list_push(p->a, &g->cgo) = package.cgo;
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
		       "%s: " STR_FMT " is outside of %s: --go names the folder that holds both, "
		       "with a go.work, which go work init makes",
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

/* A module that stands elsewhere on the disk: "replace x => ../x". */
static bool go_check_replaced(const struct go_project *g, const char *folder, struct str text,
			      struct error *e)
{
	struct own_project *p = g->p;
	struct go_mod_lines lines = { .rest = text, .word = STR("replace") };
	struct str line;

	while (go_mod_next(&lines, &line)) {
		const char *arrow = memmem(line.p, line.n, "=>", 2);
		struct str path = arrow ? str_trim(str_from(line, (size_t)(arrow - line.p) + 2))
					: line;

		if (arrow && path.n && strchr("./", path.p[0]) &&
		    !path_in_folder(p->a, folder, path))
			return go_refuse_outside(g,
						 own_place(p, go_path_in(p, folder, "go.mod"), text,
							   line.p),
						 path, e);
	}
	return true;
}

static bool go_read_module(struct go_project *g, const char *folder, struct error *e)
{
	struct own_project *p = g->p;
	const char *file = go_path_in(p, folder, "go.mod"), *at, *module;
	struct str text;

	if (!own_has(p, file))
		return err_set(e, ERR_INPUT, "%s is not there, and %s names its folder",
			       own_path(p, file), own_path(p, "go.work"));
	if (!own_text(p, file, &text, e) || !go_check_replaced(g, folder, text, e))
		return false;
	module = own_word(p->a, text, "module ", &at);
	if (!module)
		return err_set(e, ERR_INPUT, "%s names no module", own_path(p, file));
	*list_push(p->a, &g->paths) = module;
	if (!p->name) {
		p->name = go_module_name(p->a, module);
		draft_chose(p->d, "name", p->name, "%s: module %s", own_place(p, file, text, at),
			    module);
	}
	return go_walk(g, folder, 0, e);
}

/* How near a program is to what people start: that of the module itself, those below cmd. */
static unsigned go_rank(const struct go_project *g, const char *program)
{
	struct str path = str_of(program);

	if (strings_has(&g->modules, strcmp(program, ".") == 0 ? "" : program))
		return 0;
	return str_starts(path, STR("cmd/")) || memmem(path.p, path.n, "/cmd/", 5) ? 1 : 2;
}

/* Of several programs the nearest; of those that of the module's name, else the first. */
static const char *go_choose(const struct go_project *g)
{
	struct own_project *p = g->p;
	const char *chosen = g->programs.v[0];

	list_each(x, &g->programs) {
		unsigned rank = go_rank(g, *x), best = go_rank(g, chosen);

		if (rank < best || (rank == best && strcmp(path_base(*x), p->name) == 0 &&
				    strcmp(path_base(chosen), p->name) != 0))
			chosen = *x;
	}
	list_each(x, &g->programs) {
		if (*x != chosen)
			draft_leave(p->d,
				    "%s is a program, too: the recipe has %s; a second one takes a "
				    "step and a line of \"keep\" more",
				    own_path(p, *x), own_path(p, chosen));
	}
	return chosen;
}

/* "example.org/x" of "example.org/x v1.0.0 => ./x" */
static const char *go_first_word(struct arena *a, struct str line)
{
	size_t n = 0;

	while (n < line.n && !strchr(" \t", line.p[n]))
		n++;
	return str_dup(a, go_mod_unquoted((struct str){ line.p, n }));
}

/* Modules that a folder stands for: "replace example.org/x => ./x". */
static bool go_find_replaced(struct own_project *p, const char *file, struct strings *out,
			     struct error *e)
{
	struct go_mod_lines lines = { .word = STR("replace") };
	struct str text, line;

	if (!own_has(p, file))
		return true;
	if (!own_text(p, file, &text, e))
		return false;
	for (lines.rest = text; go_mod_next(&lines, &line);) {
		const char *arrow = memmem(line.p, line.n, "=>", 2);
		struct str path = arrow ? str_trim(str_from(line, (size_t)(arrow - line.p) + 2))
					: line;

		if (arrow && path.n && strchr("./\"`", path.p[0]))
			*list_push(p->a, out) = go_first_word(p->a, line);
	}
	return true;
}

/* A module that go.mod wants, and that is neither here nor locked. */
static bool go_check_required(const struct go_project *g, const char *folder, struct error *e)
{
	struct own_project *p = g->p;
	const char *file = go_path_in(p, folder, "go.mod"), *name;
	struct strings here = { NULL, 0, 0 };
	struct go_mod_lines lines;
	struct str text, line;

	list_each(path, &g->paths)
		*list_push(p->a, &here) = *path;
	if (!own_text(p, file, &text, e) || !go_find_replaced(p, file, &here, e) ||
	    !go_find_replaced(p, "go.work", &here, e))
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
static bool go_choose_modules(const struct go_project *g, struct error *e)
{
	struct own_project *p = g->p;
	struct strings files = { NULL, 0, 0 };

	if (own_has(p, "vendor/modules.txt")) {
		*list_push(p->a, &p->ignore) = "!vendor/";
		draft_chose(p->d, "modules", "vendor/", "%s is there",
			    own_path(p, "vendor/modules.txt"));
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

	if (g->cgo.n == 0)
		return;
	p->base = "base-nossl";
	own_add_env(p, "CGO_ENABLED", "1");
	*list_push(p->a, &p->build_depends) = "gcc";
	*list_push(p->a, &p->build_depends) = "libc6-dev";
	draft_chose(p->d, "build-depends", "gcc, libc6-dev",
		    "%s has C in it (import \"C\"), for which the program needs libc", g->cgo.v[0]);
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
			    g->cgo.v[0]);
}

/* The go command reads a go.work of any folder above; the image has only what is below. */
static void go_tell_work(const struct go_project *g)
{
	struct own_project *p = g->p;
	const char *work = "go.work";

	for (const char *c = strcmp(p->folder, ".") == 0 ? NULL : p->folder; c;
	     c = strchr(c + 1, '/')) {
		work = arena_printf(p->a, "../%s", work);
		if (own_has(p, work))
			draft_leave(p->d,
				    "%s is outside of %s: if the program needs another module that "
				    "it names, run imgbuild init --go with the folder of go.work",
				    own_path(p, work), p->folder);
	}
}

static bool go_find_modules(struct go_project *g, struct error *e)
{
	struct own_project *p = g->p;

	if (own_has(p, "go.work")) {
		if (!go_read_work(g, e))
			return false;
	} else if (own_has(p, "go.mod")) {
		*list_push(p->a, &g->modules) = "";
		go_tell_work(g);
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
			       p->folder);
	return true;
}

bool project_read_go(struct own_project *p, struct error *e)
{
	struct go_project g = { .p = p };
	const char *program, *folder;

	if (!go_find_modules(&g, e))
		return false;
	folder = go_choose(&g);
	program = strcmp(folder, ".") == 0 ? p->name : path_base(folder);
	p->base = "static";
	p->toolchain = "go";
	if (!go_choose_modules(&g, e))
		return false;
	go_choose_cgo(&g);
	PROJECT_STEP(p, "build", "go", "build", "-ldflags=-s -w", "-o",
		     arena_printf(p->a, "${destdir}/usr/bin/%s", program),
		     strcmp(folder, ".") == 0 ? "." : arena_printf(p->a, "./%s", folder));
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	draft_chose(p->d, "steps", arena_printf(p->a, "go build %s", folder),
		    "%s is of package main", own_path(p, folder));
	return true;
}
