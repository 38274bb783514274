/* SPDX-License-Identifier: Apache-2.0 */
/* C and C++: CMake, Meson, a Makefile, or source files alone. */

#include "explain/code/project.h"

#include "base/path.h"
#include "explain/code/autotools.h"
#include "explain/code/cmake_lists.h"
#include "explain/code/folder_names.h"
#include "explain/code/header_libraries.h"
#include "explain/code/makefile_program.h"
#include "explain/code/meson_builds.h"
#include "explain/code/other_builds.h"

#define PLAIN_DEPTH_MAX 16
/* what is linked says which package it is */
#define CXX_LINK "${package-note}"
#define CXX_FLAGS "-O2 -fstack-protector-strong -D_FORTIFY_SOURCE=3 -ffile-prefix-map=${source}=."

static void cxx_add_program(struct own_project *p, const char *program, bool sbin)
{
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/%s/%s", sbin ? "sbin" : "bin",
						  program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	if (!p->name)
		p->name = program;
}

/* What CMake and Meson make: they are told of flags and of the folder by variables, and may install
 * libraries of the project's own. */
static void cxx_add_built(struct own_project *p, const char *program, bool sbin, bool libraries)
{
	own_add_env(p, "DESTDIR", "${destdir}");
	own_add_env(p, "CFLAGS", CXX_FLAGS);
	own_add_env(p, "CXXFLAGS", CXX_FLAGS);
	own_add_env(p, "LDFLAGS", CXX_LINK);
	cxx_add_program(p, program, sbin);
	if (libraries)
		*list_push(p->a, &p->keep) = OWN_LIBRARIES;
}

/* Where the build system installs nothing itself. */
static void cxx_install_program(struct own_project *p, const char *built, const char *program)
{
	PROJECT_STEP(p, "install", "install", "-D", "-s", built,
		     arena_printf(p->a, "${destdir}/usr/bin/%s", program));
}

static void cxx_tell_cmake(struct own_project *p, const struct cmake_lists *l,
			   const struct cmake_program *chosen)
{
	struct strings others = { NULL, 0, 0 };

	list_each(x, &l->programs) {
		if (!x->for_tests && !strstr(x->output, "${"))
			*list_push(p->a, &others) = x->output;
	}
	own_tell_programs(p, &others, chosen->output, chosen->at);
	list_each(x, &l->needs) {
		if (x->fetched)
			draft_leave(p->d,
				    "%s downloads %s, and the sandbox has no network: take it from "
				    "a Debian package (\"build-depends\"), or into the folder",
				    x->at, x->name);
		else
			own_add_library(p, x->form, x->name, x->at);
	}
}

/* Where only a variable names it, the build tells which one it is. */
static const char *cxx_cmake_output(struct own_project *p, const struct cmake_program *x)
{
	if (!strstr(x->output, "${"))
		return x->output;
	p->doubt = arena_printf(p->a, "%s calls it %s", x->at, x->output);
	return p->d->name;
}

/* An image has no use for tests, examples and manuals. */
static void cxx_leave_aside(struct own_project *p, const struct cmake_lists *l,
			    const struct cmake_program *x)
{
	struct strings words = { NULL, 0, 0 };

	if (x->for_tests)
		return;
	list_each(name, &l->off)
		*list_push(p->a, &words) = arena_printf(p->a, "-D%s=OFF", *name);
	list_append(p->a, &p->steps.v[0].run, &words);
	if (words.n)
		draft_chose(p->d, "options", strings_join(p->a, &words, " "),
			    "%s: no image needs it", l->off_at);
}

static bool cxx_read_autotools(struct own_project *p, struct error *e)
{
	own_add_env(p, "CFLAGS", CXX_FLAGS);
	own_add_env(p, "CXXFLAGS", CXX_FLAGS);
	own_add_env(p, "LDFLAGS", CXX_LINK);
	return autotools_add(p, e) && header_libraries_add(p, e);
}

static bool cxx_read_cmake(struct own_project *p, struct error *e)
{
	static const char file[] = "CMakeLists.txt";
	const struct cmake_program *x;
	const char *output;
	struct cmake_lists l;

	if (!cmake_lists_read(p, &l, e))
		return false;
	x = cmake_lists_choose(&l, p->d->name);
	if (!x && autotools_are_there(p)) /* which makes the program, beside libraries */
		return cxx_read_autotools(p, e);
	if (!x)
		return err_set(e, ERR_INPUT,
			       "%s and those that it names by add_subdirectory() have no program: "
			       "no add_executable()",
			       own_path(p, file));
	output = cxx_cmake_output(p, x);
	p->toolchain = "cmake";
	p->version = l.version;
	PROJECT_STEP(p, "configure", "cmake", "-S", ".", "-B", "build", "-G", "Ninja",
		     "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_INSTALL_PREFIX=/usr",
		     "-DCMAKE_INSTALL_LIBDIR=lib/${target}", "-DCMAKE_SYSTEM_NAME=${cross-system}");
	cxx_leave_aside(p, &l, x);
	PROJECT_STEP(p, "build", "cmake", "--build", "build", "-j", "${jobs}");
	if (l.installs)
		PROJECT_STEP(p, "install", "cmake", "--install", "build", "--strip");
	if (!x->installed)
		cxx_install_program(p,
				    l.outputs ? arena_printf(p->a, "%s/%s", l.outputs, output)
				    : x->folder[0]
					    ? arena_printf(p->a, "build/%s/%s", x->folder, output)
					    : arena_printf(p->a, "build/%s", output),
				    output);
	cxx_add_built(p, output, x->sbin, l.libraries && l.installs);
	draft_chose(p->d, "steps", "cmake, ninja", "%s: add_executable(%s)", x->at, x->name);
	cxx_tell_cmake(p, &l, x);
	return true;
}

static void meson_add_needs(struct own_project *p, const struct meson_build *b)
{
	struct str rest, name;

	for (rest = b->text; meson_next(&rest, "dependency(", &name);) {
		if (!str_eq(name, STR("threads")))
			own_read_library(p, LIBRARY_MODULE, name, b->file, b->text, name.p);
	}
}

static bool cxx_read_meson(struct own_project *p, struct error *e)
{
	struct meson_builds builds = { NULL, 0, 0 };
	const struct meson_build *b;
	const char *program;
	struct str name;

	if (!meson_builds_read(p, &builds, e))
		return false;
	b = meson_find_program(p, &builds, &name);
	if (!b)
		return err_set(e, ERR_INPUT,
			       "%s and those that it names by subdir() have no program: no "
			       "executable('...')",
			       own_path(p, "meson.build"));
	program = str_dup(p->a, name);
	p->toolchain = "meson";
	PROJECT_STEP(p, "configure", "meson", "setup", "build", "--prefix=/usr",
		     "--libdir=lib/${target}", "--buildtype=release", "--wrap-mode=nodownload");
	if (!meson_leave_aside(p, &p->steps.v[0].run, e))
		return false;
	PROJECT_STEP(p, "build", "ninja", "-C", "build", "-j", "${jobs}");
	if (meson_installs(&builds))
		PROJECT_STEP(p, "install", "meson", "install", "-C", "build", "--no-rebuild",
			     "--strip");
	else
		cxx_install_program(p,
				    b->folder[0]
					    ? arena_printf(p->a, "build/%s/%s", b->folder, program)
					    : arena_printf(p->a, "build/%s", program),
				    program);
	cxx_add_built(p, program, false, meson_has_libraries(&builds));
	p->version = meson_version(p->a, builds.v[0].text);
	draft_chose(p->d, "steps", "meson, ninja", "%s: executable('%s')", own_path(p, b->file),
		    program);
	list_each(x, &builds)
		meson_add_needs(p, x);
	if (memmem(builds.v[0].text.p, builds.v[0].text.n, "'cpp'", 5))
		p->has_cxx = own_path(p, "meson.build");
	return true;
}

static void cxx_add_libraries(struct own_project *p, const char *file, struct str text)
{
	struct str rest = text, name;
	bool within = false;

	while (makefile_next_module(&rest, &within, &name))
		own_read_library(p, LIBRARY_MODULE, name, file, text, name.p);
	for (rest = text; makefile_next_library(&rest, &name);)
		own_read_library(p, LIBRARY_LINKED, name, file, text, name.p);
}

/* Where a Makefile does not say what it makes, that has the folder's name. */
static bool cxx_read_make(struct own_project *p, const char *file, struct error *e)
{
	const char *at = NULL, *built, *program, *note;
	struct str text;

	if (!own_text(p, file, &text, e))
		return false;
	built = makefile_program(p->a, text, &at);
	program = built ? path_base(built) : p->d->name;
	p->toolchain = "cxx";
	own_add_env(p, "LDFLAGS", CXX_LINK); /* unless the Makefile has its own */
	note = memmem(text.p, text.n, "LDFLAGS", 7) ? "" : " " CXX_LINK;
	PROJECT_STEP(p, "build", "make", "-j", "${jobs}", arena_printf(p->a, "CC=${cc}%s", note),
		     arena_printf(p->a, "CXX=${cxx}%s", note));
	if (makefile_installs(text))
		PROJECT_STEP(p, "install", "make", "install", "DESTDIR=${destdir}", "PREFIX=/usr",
			     "prefix=/usr");
	else
		cxx_install_program(p, built ? built : program, program);
	cxx_add_program(p, program, makefile_installs(text) && makefile_has_sbin(text));
	draft_chose(p->d, "steps", "make", "%s", own_path(p, file));
	makefile_add_libraries(p, text);
	cxx_add_libraries(p, file, text);
	p->doubt = arena_printf(p->a, "%s does not say it in one way", own_path(p, file));
	return true;
}

/* Whether a folder or one below it has a source; *headers: or a header. */
static bool cxx_find_sources(struct own_project *p, const char *folder, const char *const *endings,
			     unsigned depth, bool *sources, bool *headers, struct error *e)
{
	static const char *const ends[] = { ".h", ".hh", ".hpp", ".hxx", NULL };
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, folder, &names, e))
		return false;
	list_each(x, &names) {
		const char *path = arena_printf(p->a, "%s/%s", folder, *x);

		*sources = *sources || own_name_ends(*x, endings);
		*headers = *headers || own_name_ends(*x, ends);
		if (depth < PLAIN_DEPTH_MAX && (*x)[0] != '.' && own_is_folder(p, path) &&
		    !cxx_find_sources(p, path, endings, depth + 1, sources, headers, e))
			return false;
	}
	return true;
}

/* Folders that make up the program where the project's own has no source: "src", "include". The
 * first has the program's sources. */
static bool cxx_find_folders(struct own_project *p, const char *const *endings, struct error *e)
{
	struct strings names = { NULL, 0, 0 }, more = { NULL, 0, 0 };

	if (!own_names(p, "", &names, e))
		return false;
	list_each(x, &names) {
		bool sources = false, headers = false;

		if ((*x)[0] == '.' || folder_is_for_tests(*x) || own_ignored(p, *x) ||
		    !own_is_folder(p, *x))
			continue;
		if (!cxx_find_sources(p, *x, endings, 0, &sources, &headers, e))
			return false;
		if (sources && (!p->trees.n || strcmp(*x, "src") == 0)) {
			list_append(p->a, &more, &p->trees);
			p->trees = (struct strings){ NULL, 0, 0 };
			*list_push(p->a, &p->trees) = *x;
		} else if (sources || headers) {
			*list_push(p->a, &more) = *x;
		}
		if (headers)
			*list_push(p->a, &p->options) = arena_printf(p->a, "-I%s", *x);
	}
	list_each(y, &more) {
		if (p->trees.n)
			*list_push(p->a, &p->trees) = *y;
	}
	return true;
}

/* "import words;", "export module words;", "module;" at the beginning of a line. */
static bool cxx_line_is_of_module(struct str line)
{
	static const struct str words[] = { STR("import "), STR("export module "), STR("module ") };
	struct str text = str_trim(line), name, rest;

	if (str_eq(text, STR("module;")))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!str_starts(text, words[i]) ||
		    !str_cut(str_from(text, words[i].n), ';', &name, &rest))
			continue;
		name = str_trim(name);
		return name.n && !strchr("=(", name.p[0]) && !memchr(name.p, ' ', name.n) &&
		       !memchr(name.p, '(', name.n);
	}
	return false;
}

/* Whether a comment of several lines goes on behind a line. */
static bool cxx_comment_goes_on(struct str line, bool inside)
{
	for (size_t i = 0; i + 1 < line.n; i++) {
		if (!inside && line.p[i] == '/' && line.p[i + 1] == '/')
			return false;
		if (line.p[i] == (inside ? '*' : '/') && line.p[i + 1] == (inside ? '/' : '*')) {
			inside = !inside;
			i++;
		}
	}
	return inside;
}

/* Modules of C++20 have to be compiled in the order of their needs, which one call cannot do. */
static bool cxx_check_modules(struct own_project *p, const char *folder, const char *const *endings,
			      struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!p->cxx || !own_names(p, folder, &names, e))
		return !p->cxx;
	list_each(x, &names) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, *x) : *x;
		struct str text, rest, line;
		AUTO_ARENA scratch = { 0 };
		bool comment = false;

		if (!own_name_ends(*x, endings))
			continue;
		if (!own_head(&scratch, p, path, &text, e))
			return false;
		for (rest = text; str_next(&rest, '\n', &line);
		     comment = cxx_comment_goes_on(line, comment)) {
			if (!comment && cxx_line_is_of_module(line))
				return err_set(e, ERR_INPUT,
					       "%s: modules of C++20 take a build system: in a "
					       "CMakeLists.txt target_sources(... FILE_SET "
					       "CXX_MODULES FILES ...) names them",
					       own_place(p, path, text, line.p));
		}
	}
	return true;
}

static void cxx_add_plain(struct own_project *p, const char *where)
{
	p->plain = true;
	p->toolchain = "cxx";
	p->name = p->d->name;
	*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "/usr/bin/%s", p->d->name);
	draft_chose(p->d, "programs", p->entrypoint.v[0],
		    "%s and the other sources: no build system is there", own_path(p, where));
}

/* All sources below the folder are one program: those of tests have a main() of their own. */
static bool cxx_tell_tests(struct own_project *p, const struct strings *names,
			   const char *const *endings, struct error *e)
{
	list_each(x, names) {
		bool sources = false, headers = false;

		if (!folder_is_for_tests(*x) || own_ignored(p, *x))
			continue;
		if (!cxx_find_sources(p, *x, endings, 0, &sources, &headers, e))
			return false;
		if (sources)
			draft_leave(p->d,
				    "%s has sources, too, and all below %s become one program: put "
				    "those of the program into a folder of their own, src, and run "
				    "imgbuild init again",
				    own_path(p, *x), p->folder);
	}
	return true;
}

/* What a Makefile or a configure script makes may have a part in C++: its first source, here or
 * below. */
static bool cxx_find_cxx(struct own_project *p, const char *folder, unsigned depth, struct error *e)
{
	static const char *const endings[] = { ".cc", ".cpp", ".cxx", ".C", NULL };
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, folder, &names, e))
		return false;
	for (size_t i = 0; i < names.n && !p->has_cxx; i++) {
		const char *path = folder[0] ? arena_printf(p->a, "%s/%s", folder, names.v[i])
					     : names.v[i];

		if (own_name_ends(path, endings))
			p->has_cxx = own_path(p, path);
		else if (names.v[i][0] != '.' && depth < PLAIN_DEPTH_MAX &&
			 !folder_is_for_tests(names.v[i]) && own_is_folder(p, path) &&
			 !cxx_find_cxx(p, path, depth + 1, e))
			return false;
	}
	return true;
}

static const char *const cxx_endings[] = { ".cc", ".cpp", ".cxx", NULL };

/* A folder of sources is one program; without any in C one in C++. */
static bool cxx_read_plain(struct own_project *p, const char *const *endings, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, "", &names, e))
		return false;
	list_each(x, &names) {
		if (own_name_ends(*x, endings)) {
			cxx_add_plain(p, *x);
			return cxx_check_modules(p, "", endings, e) && header_libraries_add(p, e) &&
			       cxx_tell_tests(p, &names, endings, e);
		}
	}
	if (!cxx_find_folders(p, endings, e))
		return false;
	if (p->trees.n == 0 && !p->cxx) {
		if (!cxx_find_cxx(p, "", 0, e))
			return false;
		p->cxx = p->has_cxx != NULL;
		if (p->cxx)
			return cxx_read_plain(p, cxx_endings, e);
	}
	if (p->trees.n == 0)
		return err_set(e, ERR_INPUT,
			       "%s has no CMakeLists.txt, meson.build, configure.ac or Makefile, "
			       "and no source file (%s)",
			       p->folder, endings[0]);
	cxx_add_plain(p, p->trees.v[0]);
	return cxx_check_modules(p, p->trees.v[0], endings, e) && header_libraries_add(p, e);
}

static bool cxx_read(struct own_project *p, const char *const *endings, struct error *e)
{
	static const char *const makefiles[] = { "GNUmakefile", "makefile", "Makefile" };

	if (own_has(p, "CMakeLists.txt"))
		return cxx_read_cmake(p, e);
	if (own_has(p, "meson.build"))
		return cxx_read_meson(p, e);
	if (autotools_are_there(p))
		return cxx_read_autotools(p, e);
	for (size_t i = 0; i < ARRAY_SIZE(makefiles); i++) {
		if (own_has(p, makefiles[i]) && !own_ignored(p, makefiles[i]))
			return cxx_read_make(p, makefiles[i], e);
	}
	return other_builds_refuse(p, e) && cxx_read_plain(p, endings, e);
}

/* A program with one source in C++ needs the library of that. */
bool project_read_c(struct own_project *p, struct error *e)
{
	static const char *const endings[] = { ".c", NULL };

	p->base = "base-nossl";
	if (!cxx_read(p, endings, e) || (strcmp(p->toolchain, "cxx") == 0 && !p->plain &&
					 !p->has_cxx && !cxx_find_cxx(p, "", 0, e)))
		return false;
	if (p->has_cxx) {
		own_needs_cxx(p);
		draft_chose(p->d, "language", "C++", "%s has it", p->has_cxx);
	}
	return true;
}

bool project_read_cxx(struct own_project *p, struct error *e)
{
	p->base = "base-nossl";
	own_needs_cxx(p);
	p->cxx = true;
	return cxx_read(p, cxx_endings, e);
}
