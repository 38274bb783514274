/* SPDX-License-Identifier: Apache-2.0 */
/* A Go module: go.mod, and the folder of package main that becomes the program. */

#include "explain/code/project.h"

#include "base/path.h"

/* Whether a folder holds a file of package main that is no test. */
static bool go_is_main(struct own_project *p, const char *folder, bool *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	*out = false;
	if (!own_names(p, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n && !*out; i++) {
		const char *name = folder[0] ? arena_printf(p->a, "%s/%s", folder, names.v[i])
					     : names.v[i];
		const char *at, *package;
		struct str text;

		if (!str_ends(str_of(name), STR(".go")) || str_ends(str_of(name), STR("_test.go")))
			continue;
		if (!own_text(p, name, &text, e))
			return false;
		package = own_word(p->a, text, "package ", &at);
		*out = package && strcmp(package, "main") == 0;
		if (own_word(p->a, text, "import \"C\"", &at) || strstr(text.p, "\nimport \"C\""))
			draft_leave(
				p->d,
				"%s has C in it (import \"C\"): the toolchain go compiles without C; "
				"set CGO_ENABLED=1 in \"env\", take the toolchain cxx with golang-1.24-go, "
				"and stand on cc",
				own_path(p, name));
	}
	return true;
}

/* The folders of programs: the module's own, else those below cmd. */
static bool go_find_programs(struct own_project *p, struct strings *out, struct error *e)
{
	struct strings names = { NULL, 0, 0 };
	bool is_main;

	if (!go_is_main(p, "", &is_main, e))
		return false;
	if (is_main) {
		*list_push(p->a, out) = ".";
		return true;
	}
	if (!own_names(p, "cmd", &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		const char *folder = arena_printf(p->a, "cmd/%s", names.v[i]);

		if (!go_is_main(p, folder, &is_main, e))
			return false;
		if (is_main)
			*list_push(p->a, out) = folder;
	}
	return true;
}

/* "example.com/team/app/v2" -> "app" */
static const char *go_module_name(struct arena *a, const char *module)
{
	const char *name = path_base(module);
	bool major = name[0] == 'v' && name[1] &&
		     strspn(name + 1, "0123456789") == strlen(name + 1);

	return major && name > module ? path_base(path_dir(a, module)) : name;
}

/* Of several programs that of the module's name, else the first. */
static const char *go_choose(struct own_project *p, const struct strings *programs)
{
	const char *chosen = programs->v[0];

	for (size_t i = 0; i < programs->n; i++) {
		if (strcmp(path_base(programs->v[i]), p->name) == 0)
			chosen = programs->v[i];
	}
	for (size_t i = 0; i < programs->n; i++) {
		if (programs->v[i] != chosen)
			draft_leave(p->d,
				    "%s is a program, too: the recipe has %s; a second one takes a "
				    "step and a line of \"keep\" more",
				    own_path(p, programs->v[i]), own_path(p, chosen));
	}
	return chosen;
}

static void go_choose_modules(struct own_project *p)
{
	if (own_has(p, "vendor/modules.txt")) {
		*list_push(p->a, &p->ignore) = "!vendor/";
		draft_chose(p->d, "modules", "vendor/", "%s is there",
			    own_path(p, "vendor/modules.txt"));
	} else if (own_has(p, "go.sum")) {
		p->lock = "go.sum";
		draft_chose(p->d, "dependencies", "go.sum",
			    "%s is there; servers: \"from\" of the recipe, or GOPROXY",
			    own_path(p, "go.sum"));
	}
}

bool project_read_go(struct own_project *p, struct error *e)
{
	struct strings programs = { NULL, 0, 0 };
	const char *at, *module, *program, *folder;
	struct str text;

	if (!own_has(p, "go.mod"))
		return err_set(e, ERR_INPUT,
			       "%s is not there: --go names the folder of a Go module; go mod init "
			       "makes one",
			       own_path(p, "go.mod"));
	if (!own_text(p, "go.mod", &text, e) ||
	    (module = own_word(p->a, text, "module ", &at), false))
		return false;
	if (!module)
		return err_set(e, ERR_INPUT, "%s names no module", own_path(p, "go.mod"));
	p->name = go_module_name(p->a, module);
	draft_chose(p->d, "name", p->name, "%s: module %s", own_place(p, "go.mod", text, at),
		    module);
	if (!go_find_programs(p, &programs, e))
		return false;
	if (programs.n == 0)
		return err_set(e, ERR_INPUT,
			       "%s has no program: neither it nor a folder below %s has a file of "
			       "package main",
			       p->folder, own_path(p, "cmd"));
	folder = go_choose(p, &programs);
	program = strcmp(folder, ".") == 0 ? p->name : path_base(folder);
	p->base = "static";
	p->toolchain = "go";
	go_choose_modules(p);
	PROJECT_STEP(p, "build", "go", "build", "-ldflags=-s -w", "-o",
		     arena_printf(p->a, "${destdir}/usr/bin/%s", program),
		     strcmp(folder, ".") == 0 ? "." : arena_printf(p->a, "./%s", folder));
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	draft_chose(p->d, "steps", arena_printf(p->a, "go build %s", folder),
		    "%s is of package main", own_path(p, folder));
	return true;
}
