/* SPDX-License-Identifier: Apache-2.0 */
/* C and C++: CMake, Meson, a Makefile, or source files alone. */

#include "explain/code/project.h"

#include "base/path.h"

#define CXX_FLAGS "-O2 -fstack-protector-strong -D_FORTIFY_SOURCE=3 -ffile-prefix-map=${source}=."

static void cxx_add_program(struct own_project *p, const char *program)
{
	*list_push(p->a, &p->keep) = arena_printf(p->a, "/usr/bin/%s", program);
	*list_push(p->a, &p->entrypoint) = p->keep.v[0];
	if (!p->name)
		p->name = program;
}

/* What CMake and Meson make: they are told of flags and of the folder by variables, and may install
 * libraries of the project's own. */
static void cxx_add_built(struct own_project *p, const char *program)
{
	own_add_env(p, "DESTDIR", "${destdir}");
	own_add_env(p, "CFLAGS", CXX_FLAGS);
	own_add_env(p, "CXXFLAGS", CXX_FLAGS);
	cxx_add_program(p, program);
	*list_push(p->a, &p->keep) = "/usr/lib/**/*.so*";
}

/* Where the build system installs nothing itself. */
static void cxx_install_program(struct own_project *p, const char *built, const char *program)
{
	PROJECT_STEP(p, "install", "install", "-D", "-s", built,
		     arena_printf(p->a, "${destdir}/usr/bin/%s", program));
}

/* What a build system asks for has a package with headers in Debian; which, only people know. */
static void cxx_tell_needs(struct own_project *p, const char *file, struct str text,
			   const char *const *words)
{
	for (; *words; words++) {
		struct str rest = text;
		const char *at, *name;

		while ((name = own_word(p->a, rest, *words, &at))) {
			draft_leave(p->d,
				    "%s asks for %s: add the Debian package with its headers "
				    "(mostly lib...-dev) to \"build-depends\"",
				    own_place(p, file, text, at), name);
			rest = str_from(text, (size_t)(at - text.p));
		}
	}
}

static bool cxx_read_cmake(struct own_project *p, struct error *e)
{
	static const char file[] = "CMakeLists.txt";
	static const char *const needs[] = { "find_package(", "pkg_check_modules(", NULL };
	const char *at, *program, *project;
	struct str text;

	if (!own_text(p, file, &text, e))
		return false;
	project = own_word(p->a, text, "project(", &at);
	program = own_word(p->a, text, "add_executable(", &at);
	if (!program)
		return err_set(e, ERR_INPUT, "%s has no add_executable(...) of its own",
			       own_path(p, file));
	if (strncmp(program, "${", 2) == 0 && project)
		program = project;
	p->toolchain = "cmake";
	PROJECT_STEP(p, "configure", "cmake", "-S", ".", "-B", "build", "-G", "Ninja",
		     "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_INSTALL_PREFIX=/usr",
		     "-DCMAKE_INSTALL_LIBDIR=lib/${target}", "-DCMAKE_SYSTEM_NAME=Linux");
	PROJECT_STEP(p, "build", "cmake", "--build", "build", "-j", "${jobs}");
	if (own_word(p->a, text, "install(", &at))
		PROJECT_STEP(p, "install", "cmake", "--install", "build", "--strip");
	else
		cxx_install_program(p, arena_printf(p->a, "build/%s", program), program);
	cxx_add_built(p, program);
	draft_chose(p->d, "steps", "cmake, ninja", "%s: add_executable(%s)", own_path(p, file),
		    program);
	cxx_tell_needs(p, file, text, needs);
	return true;
}

/* "dependency('sqlite3')", wherever it stands. */
static void cxx_tell_meson(struct own_project *p, const char *file, struct str text)
{
	static const struct str call = STR("dependency('");
	const char *at;

	for (struct str rest = text; (at = memmem(rest.p, rest.n, call.p, call.n));
	     rest = str_from(text, (size_t)(at - text.p) + call.n)) {
		struct str name, after;

		str_cut(str_from(text, (size_t)(at - text.p) + call.n), '\'', &name, &after);
		draft_leave(p->d,
			    "%s asks for " STR_FMT
			    ": add the Debian package with its headers (mostly "
			    "lib...-dev) to \"build-depends\"",
			    own_place(p, file, text, at), STR_ARG(name));
	}
}

static bool cxx_read_meson(struct own_project *p, struct error *e)
{
	static const char file[] = "meson.build";
	const char *at, *program;
	struct str text, rest, line;

	if (!own_text(p, file, &text, e))
		return false;
	program = own_word(p->a, text, "executable(", &at);
	for (rest = text; !program && str_next(&rest, '\n', &line);) {
		const char *call = memmem(line.p, line.n, "executable(", 11);

		if (call) /* "app = executable('app', ...)" */
			program = own_word(p->a,
					   (struct str){ call, line.n - (size_t)(call - line.p) },
					   "executable(", &at);
	}
	if (!program)
		return err_set(e, ERR_INPUT, "%s has no executable(...) of its own",
			       own_path(p, file));
	p->toolchain = "meson";
	PROJECT_STEP(p, "configure", "meson", "setup", "build", "--prefix=/usr",
		     "--libdir=lib/${target}", "--buildtype=release", "--wrap-mode=nodownload");
	PROJECT_STEP(p, "build", "ninja", "-C", "build", "-j", "${jobs}");
	if (memmem(text.p, text.n, "install: true", 13) ||
	    memmem(text.p, text.n, "install : true", 14))
		PROJECT_STEP(p, "install", "meson", "install", "-C", "build", "--no-rebuild",
			     "--strip");
	else
		cxx_install_program(p, arena_printf(p->a, "build/%s", program), program);
	cxx_add_built(p, program);
	draft_chose(p->d, "steps", "meson, ninja", "%s: executable('%s')", own_path(p, file),
		    program);
	cxx_tell_meson(p, file, text);
	return true;
}

/* What a Makefile makes is known by what its rule "install" installs, else by the folder's name. */
static bool cxx_read_make(struct own_project *p, const char *file, struct error *e)
{
	const char *at, *program;
	struct str text;

	if (!own_text(p, file, &text, e))
		return false;
	program = own_word(p->a, text, "PROGRAM =", &at);
	if (!program)
		program = own_word(p->a, text, "TARGET =", &at);
	if (!program)
		program = p->d->name;
	p->toolchain = "cxx";
	PROJECT_STEP(p, "build", "make", "-j", "${jobs}", "CC=${cc}", "CXX=${cxx}");
	if (own_word(p->a, text, "install:", &at) || memmem(text.p, text.n, "\ninstall:", 9))
		PROJECT_STEP(p, "install", "make", "install", "DESTDIR=${destdir}", "PREFIX=/usr",
			     "prefix=/usr");
	else
		cxx_install_program(p, program, program);
	cxx_add_program(p, program);
	draft_chose(p->d, "steps", "make", "%s", own_path(p, file));
	draft_leave(p->d,
		    "the program is taken to be %s, as %s does not say it in one way: change "
		    "\"keep\" and \"entrypoint\" if it is another",
		    program, own_path(p, file));
	return true;
}

/* A folder of sources is one program. */
static bool cxx_read_plain(struct own_project *p, const char *const *endings, struct error *e)
{
	struct strings names = { NULL, 0, 0 };

	if (!own_names(p, "", &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		for (const char *const *x = endings; *x; x++) {
			if (!str_ends(str_of(names.v[i]), str_of(*x)))
				continue;
			p->plain = true;
			p->toolchain = "cxx";
			p->name = p->d->name;
			*list_push(p->a, &p->entrypoint) = arena_printf(p->a, "/usr/bin/%s",
									p->d->name);
			draft_chose(p->d, "programs", p->entrypoint.v[0],
				    "%s and the other sources: no build system is there",
				    own_path(p, names.v[i]));
			return true;
		}
	}
	return err_set(e, ERR_INPUT,
		       "%s has no CMakeLists.txt, meson.build or Makefile, and no source file (%s)",
		       p->folder, endings[0]);
}

static bool cxx_read(struct own_project *p, const char *const *endings, struct error *e)
{
	static const char *const makefiles[] = { "GNUmakefile", "makefile", "Makefile" };

	if (own_has(p, "CMakeLists.txt"))
		return cxx_read_cmake(p, e);
	if (own_has(p, "meson.build"))
		return cxx_read_meson(p, e);
	for (size_t i = 0; i < ARRAY_SIZE(makefiles); i++) {
		if (own_has(p, makefiles[i]))
			return cxx_read_make(p, makefiles[i], e);
	}
	return cxx_read_plain(p, endings, e);
}

bool project_read_c(struct own_project *p, struct error *e)
{
	static const char *const endings[] = { ".c", NULL };

	p->base = "base-nossl";
	return cxx_read(p, endings, e);
}

bool project_read_cxx(struct own_project *p, struct error *e)
{
	static const char *const endings[] = { ".cc", ".cpp", ".cxx", NULL };

	p->base = "cc";
	p->cxx = true;
	return cxx_read(p, endings, e);
}
