/* SPDX-License-Identifier: Apache-2.0 */
/* Which libraries build systems ask for, and which packages they become. */

#include "explain/code/library_packages.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_own_project.h"
#include "support/fixture_relock.h"
#include "support/gen_index.h"

#define CRATE(name)                                                 \
	"[[package]]\nname = \"" name "\"\nversion = \"0.1.0\"\n"   \
	"source = \"registry+https://index.test/git\"\nchecksum = " \
	"\"0000000000000000000000000000000000000000000000000000000000000000\"\n\n"

static const struct {
	const char *name;
	own_project_read *read;
	const char *files[8], *asks;
} library_projects[] = {
	{ "Meson",
	  project_read_c,
	  { "meson.build", "project('x')\nz = dependency('zlib')\nt = dependency('threads')\n"
			   "dependency('zlib')\nexecutable('x', 'a.c', dependencies: [z, t])\n" },
	  "module zlib app/meson.build:2\n" },
	{ "CMake",
	  project_read_cxx,
	  { "CMakeLists.txt",
	    "find_package(PkgConfig)\nfind_package(CURL REQUIRED)\n"
	    "pkg_check_modules(SQL REQUIRED sqlite3>=3)\nadd_executable(a a.cc)\n" },
	  "cmake CURL app/CMakeLists.txt:2\nmodule sqlite3 app/CMakeLists.txt:3\n" },
	{ "Boost",
	  project_read_cxx,
	  { "CMakeLists.txt",
	    "find_package(Boost 1.74 REQUIRED COMPONENTS filesystem program_options\n"
	    "  OPTIONAL_COMPONENTS regex CONFIG x)\nadd_executable(a a.cc)\n" },
	  "package libboost-dev app/CMakeLists.txt:1\n"
	  "package libboost-filesystem-dev app/CMakeLists.txt:1\n"
	  "package libboost-program-options-dev app/CMakeLists.txt:1\n"
	  "package libboost-regex-dev app/CMakeLists.txt:1\n" },
	{ "Boost of autotools",
	  project_read_c,
	  { "configure.ac",
	    "AC_INIT([a],[1])\nBOOST_REQUIRE([1.42])\n AX_BOOST_PROGRAM_OPTIONS\n"
	    "BOOST_FOREACH\nAX_BOOST_UNIT_TEST_FRAMEWORK\n",
	    "Makefile.am", "bin_PROGRAMS = a\n" },
	  "package libboost-dev app/configure.ac:2\n"
	  "package libboost-program-options-dev app/configure.ac:3\n" },
	{ "libraries that CMake looks for",
	  project_read_cxx,
	  { "CMakeLists.txt", "find_library(U NAMES uuid ossp-uuid PATHS /x)\nfind_library(Z z)\n"
			      "find_library(V ${V})\nadd_executable(a a.cc)\n" },
	  "linked uuid app/CMakeLists.txt:1\nlinked z app/CMakeLists.txt:2\n" },
	{ "a Makefile",
	  project_read_c,
	  { "Makefile",
	    "CFLAGS = `pkg-config --cflags jansson`\nLDLIBS=-lz -lm -L. -lfoo-1.0 x-lno\n"
	    "L = \\\r\n-lev\r\nall: a\n\tls -l\n" },
	  "module jansson app/Makefile:1\nlinked z app/Makefile:2\nlinked m app/Makefile:2\n"
	  "linked foo-1.0 app/Makefile:2\nlinked ev app/Makefile:4\n" },
	{ "names of no library",
	  project_read_c,
	  { "Makefile", "X = `pkg-config --libs ../../x a\\b \033[1m zlib`\nall: a\n" },
	  "module zlib app/Makefile:1\n" },
	{ "curses of autotools",
	  project_read_c,
	  { "configure.ac", "AC_INIT([a],[1])\nAX_WITH_CURSES\n", "Makefile.am",
	    "bin_PROGRAMS = a\n" },
	  "package libncurses-dev app/configure.ac:2\n" },
	{ "CMake with examples",
	  project_read_cxx,
	  { "CMakeLists.txt", "add_subdirectory(examples)\nadd_executable(a a.cc)\n",
	    "examples/CMakeLists.txt",
	    "find_package(CURL)\nfind_package(FLEX)\npkg_check_modules(G glib-2.0)\n" },
	  "" },
	{ "autotools",
	  project_read_c,
	  { "configure.ac",
	    "AC_INIT([a],[1])\nPKG_CHECK_MODULES([P], [libpng >= 1.6 zlib])\n"
	    "AC_CHECK_LIB([bz2], [x])\nAC_CHECK_LIB($n, [x])\n",
	    "Makefile.am", "bin_PROGRAMS = a\n" },
	  "module libpng app/configure.ac:2\nmodule zlib app/configure.ac:2\n"
	  "linked bz2 app/configure.ac:3\n" },
	{ "what autoconf looks for",
	  project_read_c,
	  { "configure.ac", "AC_INIT([a],[1])\nAC_PROG_YACC\n"
			    "AC_SEARCH_LIBS([initscr], [ncursesw curses $more])\n" },
	  "linked ncursesw app/configure.ac:3\nlinked curses app/configure.ac:3\n"
	  "package bison app/configure.ac:2\n" },
	{ "headers of a project with a configure script",
	  project_read_c,
	  { "configure.ac", "AC_INIT([a],[1])\n", "src/a.c",
	    "#include <stdio.h>\n#ifdef X\n#  include <curses.h>\n#endif\n#include \"zlib.h\"\n"
	    "# include<event2/event.h>\r\n//#include <png.h>\n#include <openssl>\n#include <a\n",
	    "tests/t.c", "#include <expat.h>\n" },
	  "module ncurses app/src/a.c:3\nmodule libevent app/src/a.c:6\n" },
	{ "sources alone",
	  project_read_c,
	  { "main.c", "#include <stdio.h>\n#include <zlib.h>\n" },
	  "module zlib app/main.c:2\n" },
	{ "programs of CMake, and a variable",
	  project_read_cxx,
	  { "CMakeLists.txt", "find_package(FLEX)\nfind_package(${X})\n"
			      "pkg_check_modules(D \"dlt >= 2\")\nadd_executable(a a.cc)\n" },
	  "package flex app/CMakeLists.txt:1\nmodule dlt app/CMakeLists.txt:3\n" },
	{ "Go with C",
	  project_read_go,
	  { "go.mod", "module x\n", "a.go",
	    "package main\n\n/*\n#cgo LDFLAGS: -lz -L/x -lm\n#cgo windows LDFLAGS: -lws2\n"
	    "#cgo linux,amd64 LDFLAGS: -lcap\n#cgo CFLAGS: -DX\n"
	    "#cgo pkg-config: --static jansson zlib\n*/\nimport \"C\"\n" },
	  "linked z app/a.go:4\nlinked m app/a.go:4\nlinked cap app/a.go:6\n"
	  "module jansson app/a.go:8\nmodule zlib app/a.go:8\n" },
	{ "Go with C in comments of lines",
	  project_read_go,
	  { "go.mod", "module x\n", "a.go",
	    "package main\n\n// #cgo LDFLAGS: -lz\nimport \"C\"\n" },
	  "linked z app/a.go:3\n" },
	{ "crates",
	  project_read_rust,
	  { "Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n", "src/main.rs", "",
	    "Cargo.lock",
	    "version = 4\n\n" CRATE("libsqlite3-sys") CRATE("openssl-sys") CRATE("pq-sys")
		    CRATE("pq-src") CRATE("zstd-sys") },
	  "module sqlite3 app/Cargo.lock:4\nmodule openssl app/Cargo.lock:10\n" },
	{ "crates of git",
	  project_read_rust,
	  { "Cargo.toml", "[package]\nname = \"a\"\nversion = \"0.1.0\"\n", "src/main.rs", "",
	    "Cargo.lock",
	    "version = 4\n\n[[package]]\nname = \"openssl-sys\"\nversion = \"1.0.0\"\n"
	    "source = \"git+https://git.test/x#1\"\n" },
	  "module openssl app/Cargo.lock:4\n" },
};

Test(library_packages, what_build_systems_ask_for)
{
	for (size_t i = 0; i < ARRAY_SIZE(library_projects); i++) {
		AUTO_ARENA a = { 0 };

		cr_expect_str_eq(own_project_libraries(&a, library_projects[i].read,
						       library_projects[i].files),
				 library_projects[i].asks, "%s", library_projects[i].name);
	}
}

#define LIB "usr/lib/x86_64-linux-gnu"

static const char library_contents[] = LIB
	"/cmake/Odd-2.0/OddConfig.cmake libdevel/odd-two-dev\n" LIB
	"/libbz2.so libdevel/bz-dev\n" LIB "/libm.so libdevel/libc6-dev\n" LIB
	"/pkgconfig/libcurl.pc libdevel/c-gnutls-dev,libdevel/c-openssl-dev\n" LIB
	"/pkgconfig/libpq.pc libdevel/pq-dev\n" LIB
	"/pkgconfig/zlib.pc libdevel/zz-dev,libdevel/z-dev\n"
	"usr/bin/frob utils/frobber\n"
	"usr/include/dbus-1.0/dbus/dbus.h libdevel/dd-dev\n"
	"usr/include/odd.h libdevel/odd-header-dev\n"
	"usr/include/other/odd.h libdevel/oo-dev\n"
	"usr/lib/python3/dist-packages/Yaml/__init__.py python/pyaml\n"
	"usr/lib/python3/dist-packages/six.py python/psix\n"
	"usr/lib/x86_64-linux-gnu/perl5/5.40/XML/Parser.pm perl/lxp\n"
	"usr/share/cmake/small/small-config.cmake libdevel/small-dev\n"
	"usr/share/perl/5.40.1/ExtUtils/MakeMaker.pm perl/perl-modules-5.40\n";

static const struct own_library library_asked[] = {
	{ LIBRARY_OF_CMAKE, "Odd", "a:1", NULL, NULL },
	{ LIBRARY_OF_CMAKE, "Small", "a:2", NULL, NULL },
	{ LIBRARY_LINKED, "m", "a:3", NULL, NULL },
	{ LIBRARY_LINKED, "bz2", "a:4", NULL, NULL },
	{ LIBRARY_LINKED, "own", "a:5", NULL, NULL },
	{ LIBRARY_OF_CMAKE, "CURL", "a:6", NULL, NULL },
	{ LIBRARY_OF_CMAKE, "PostgreSQL", "a:7", NULL, NULL },
	{ LIBRARY_MODULE, "zlib", "a:8", NULL, NULL },
	{ LIBRARY_MODULE, "none", "a:9", NULL, NULL },
	{ LIBRARY_PACKAGE, "libreal-dev", "a:10", NULL, NULL },
	{ LIBRARY_PACKAGE, "libno-dev", "a:11", NULL, NULL },
	{ LIBRARY_HEADER, "dbus/dbus.h", "the build", NULL, NULL },
	{ LIBRARY_HEADER, "odd.h", "the build", NULL, NULL },
	{ LIBRARY_PROGRAM, "frob", "the build", NULL, NULL },
	{ LIBRARY_PROGRAM, "msgfmt", "the build", NULL, NULL },
	{ LIBRARY_PYTHON, "Yaml.nodes", "the build", NULL, NULL },
	{ LIBRARY_PYTHON, "six", "the build", NULL, NULL },
	{ LIBRARY_PERL, "XML/Parser.pm", "the build", NULL, NULL },
	{ LIBRARY_PERL, "ExtUtils/MakeMaker.pm", "the build", NULL, NULL },
	{ LIBRARY_MACRO, "PKG_CHECK_MODULES", "the build", NULL, NULL },
};

Test(library_packages, packages_are_chosen)
{
	struct relock_scene s;
	struct init_draft d;
	struct own_project p;
	struct lock_order order;

	relock_open(&s);
	d = (struct init_draft){ .a = &s.a, .name = "x" };
	p = (struct own_project){ .a = &s.a, .d = &d, .plain = true };
	archivegen_add(&s.g,
		       &(struct archivegen_suite){
			       .codename = "trixie",
			       .date = relock_date(&s.a, 2),
			       .packages = indexgen_packages(&s.a,
							     "libreal-dev 1\ngettext 1\npkgconf 1"),
			       .contents = library_contents });
	archivegen_serve(&s.g);
	mirrors_add(&s.a, &s.mirrors, "debian", archivegen_mirror(&s.g), "test");
	for (size_t i = 0; i < ARRAY_SIZE(library_asked); i++)
		*list_push(&s.a, &p.libraries) = library_asked[i];
	order = relock_order(&s);
	cr_assert(library_packages_find(&p, &order, &s.e), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(
		strings_join(&s.a, &p.build_depends, " "),
		"odd-two-dev small-dev bz-dev c-openssl-dev pq-dev z-dev libreal-dev dd-dev "
		"odd-header-dev frobber gettext pyaml psix lxp perl pkgconf");
	cr_expect_str_eq(strings_join(&s.a, &p.modules, " "), "zlib");
	library_packages_leave(&p, true);
	cr_expect_str_eq(
		strings_join(&s.a, &d.open, "\n"),
		"a:9 asks for none, which no package of the archive is known to have: add "
		"the one with its headers (mostly lib...-dev) to \"build-depends\"\n"
		"a:11 asks for libno-dev, which no package of the archive is known to have: "
		"add the one with its headers (mostly lib...-dev) to \"build-depends\"");
	cr_expect_str_eq(d.choices.v[3].from,
			 "a:6 asks for CURL: /" LIB
			 "/pkgconfig/libcurl.pc is in c-gnutls-dev, c-openssl-dev");
	cr_expect_str_eq(d.choices.v[5].value, "z-dev");
	cr_expect_str_eq(d.choices.v[6].from, "a:10 asks for it");
	cr_expect_str_eq(
		d.choices.v[7].from,
		"the build asks for dbus/dbus.h: it has /usr/include/dbus-1.0/dbus/dbus.h");
	relock_close(&s);
}

/* The build says what it lacks, and a person what to do. */
Test(library_packages, without_an_archive_they_are_left_to_decide)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	char here[4096];
	struct oracle_run run;

	cr_assert(getcwd(here, sizeof(here)));
	files_put(arena_printf(&a, "%s/code/meson.build", dir),
		  "project('x', 'c')\nexecutable('x', 'a.c', dependencies: dependency('zlib'))\n");
	run = oracle_run(&a, (const char *const[]){
				     "sh", "-c",
				     arena_printf(&a,
						  "cd %s && %s/imgbuild init --c code --offline "
						  "--cache-dir store",
						  dir, here),
				     NULL });
	cr_expect_eq(run.status, 4, "%d: %s", run.status, run.err.p);
	cr_expect(strstr(run.err.p,
			 "warning: which Debian packages have the headers of libraries is "
			 "not known: archive debian13: the state of "),
		  "%s", run.err.p);
	cr_expect(strstr(run.err.p,
			 "left to decide: code/meson.build:2 asks for zlib: add the Debian "
			 "package with its headers (mostly lib...-dev) to "),
		  "%s", run.err.p);
	files_remove(dir);
}

/* The base with OpenSSL has what Debian lets libssl depend on, too. */
Test(library_packages, what_stands_on_openssl_has_its_base)
{
	static const struct {
		const char *package, *before, *base;
	} cases[] = {
		{ "libssl-dev", "base-nossl", "base" },
		{ "libcurl4-openssl-dev", "base-nossl", "base" },
		{ "libpq-dev", "base-nossl", "base" },
		{ "zlib1g-dev", "base-nossl", "base-nossl" },
		{ "libssl-dev", "python3", "python3" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct init_draft d = { .a = &a };
		struct own_project p = { .a = &a, .d = &d, .base = cases[i].before };

		draft_chose(&d, "base", p.base, "small");
		*list_push(&a, &p.build_depends) = cases[i].package;
		library_packages_shape_image(&p);
		cr_expect_str_eq(p.base, cases[i].base, "%zu", i);
		cr_expect_str_eq(d.choices.v[0].value, cases[i].base, "%zu", i);
	}
}

Test(library_packages, text_on_a_terminal_has_a_locale)
{
	static const struct {
		const char *package;
		bool locale;
	} cases[] = { { "libncurses-dev", true },
		      { "libreadline-dev", true },
		      { "zlib1g-dev", false } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct init_draft d = { .a = &a };
		struct own_project p = { .a = &a, .d = &d, .base = "cc" };

		*list_push(&a, &p.build_depends) = cases[i].package;
		library_packages_shape_image(&p);
		library_packages_shape_image(&p);
		cr_expect_eq(d.locale != NULL, cases[i].locale, "%s", cases[i].package);
		cr_expect_eq(d.terminals, cases[i].locale, "%s", cases[i].package);
		cr_expect_eq(p.image_env.n, cases[i].locale, "%s", cases[i].package);
	}
}
