/* SPDX-License-Identifier: Apache-2.0 */
/* Build systems of C and C++ as people have them: files in subfolders, autotools, Makefiles that
 * name their program in some way, sources without any. */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define FILES 14

struct cxx_case {
	const char *name, *files[FILES], *says;
};

static void expect_texts(const struct cxx_case *c, own_project_read *read)
{
	AUTO_ARENA a = { 0 };
	const char *text = own_project_texts(&a, read, c->files);

	cr_expect(strstr(text, c->says), "%s: %s", c->name, text);
}

static void expect_left(const struct cxx_case *c, own_project_read *read)
{
	AUTO_ARENA a = { 0 };
	const char *text = own_project_left(&a, read, c->files);

	cr_expect(strstr(text, c->says), "%s: %s", c->name, text);
}

static const struct cxx_case cmake[] = {
	{ "commands in capitals, words in lines of their own",
	  { "CMakeLists.txt",
	    "PROJECT(\n  sums\n  VERSION 2.0)\nADD_EXECUTABLE (\n  sums # it\n  a.cc)\n" },
	  "\"version\": \"2.0\"," },
	{ "a program of a subfolder",
	  { "CMakeLists.txt", "project(x)\nadd_subdirectory(src)\n", "src/CMakeLists.txt",
	    "add_subdirectory(app)\n", "src/app/CMakeLists.txt", "add_executable(tool a.cc)\n" },
	  "\"build/src/app/tool\", \"${destdir}/usr/bin/tool\"]" },
	{ "folders that name themselves",
	  { "CMakeLists.txt", "project(x)\nsubdirs(. . . .)\nadd_executable(a a.cc)\n" },
	  "\"build/a\"" },
	{ "one that is installed there",
	  { "CMakeLists.txt", "project(x)\nadd_subdirectory(app)\n", "app/CMakeLists.txt",
	    "add_executable(${PROJECT_NAME}-cli a.cc)\ninstall(TARGETS ${PROJECT_NAME}-cli)\n" },
	  "\"cmake\", \"--install\", \"build\", \"--strip\"] }\n],\n\"keep\": [\"/usr/bin/x-cli\"" },
	{ "a library that is installed, and a program that is not",
	  { "CMakeLists.txt", "project(x)\nadd_executable(a a.cc)\ninstall(TARGETS lib)\n" },
	  "\"--strip\"] },\n{ \"name\": \"install\", \"run\": [\"install\", \"-D\", \"-s\", "
	  "\"build/a\"" },
	{ "a folder of programs",
	  { "CMakeLists.txt",
	    "project(x)\nset(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)\n"
	    "add_executable(a a.cc)\n" },
	  "\"build/bin/a\"" },
	{ "quotes in a definition",
	  { "CMakeLists.txt", "add_definitions(-DV=\\\"${V}\\\")\nproject(x)\n"
			      "message(\"no\")\nadd_executable(a a.cc)\n" },
	  "\"build/a\", \"${destdir}/usr/bin/a\"" },
	{ "a program in sbin",
	  { "CMakeLists.txt", "project(x)\nadd_executable(d d.cc)\ninstall(TARGETS d RUNTIME "
			      "DESTINATION ${CMAKE_INSTALL_SBINDIR})\n" },
	  "\"keep\": [\"/usr/sbin/d\"]" },
	{ "another name of the file",
	  { "CMakeLists.txt",
	    "project(x)\nadd_executable(a a.cc)\nset_target_properties(a PROPERTIES OUTPUT_NAME b)\n" },
	  "\"build/b\", \"${destdir}/usr/bin/b\"" },
	{ "no library that is shared",
	  { "CMakeLists.txt",
	    "add_library(l STATIC l.cc)\nadd_executable(a a.cc)\ninstall(TARGETS a)\n" },
	  "\"keep\": [\"/usr/bin/a\"]" },
	{ "a library that may be shared",
	  { "CMakeLists.txt",
	    "add_library(l l.cc)\nadd_executable(a a.cc)\ninstall(TARGETS a l)\n" },
	  "\"keep\": [\"/usr/bin/a\", \"/usr/lib/**/*.so*\"]" },
	{ "Meson's version, and a library",
	  { "meson.build", "project('x', 'cpp', meson_version: '>= 1.0',\n  version : '1.3.0')\n"
			   "l = library('l', 'l.cc')\nexecutable('a', 'a.cc')\n" },
	  "\"version\": \"1.3.0\"," },
	{ "a library of Meson",
	  { "meson.build",
	    "project('x')\nl = shared_library('l', 'l.cc')\nexecutable('a', 'a.cc')\n" },
	  "\"keep\": [\"/usr/bin/a\", \"/usr/lib/**/*.so*\"]" },
	{ "options of Meson that no image needs",
	  { "meson.build", "project('x')\nexecutable('a', 'a.c')\n", "meson_options.txt",
	    "option('man-pages', type : 'feature',\n  value : 'enabled', description: 'a (b)')\n"
	    "# option('docs', type: 'boolean')\noption('build_tests', type: 'boolean')\n"
	    "option('examples', type: 'boolean', value: false)\n"
	    "option('test', type: 'feature', value: 'auto')\noption('tls', type: 'boolean')\n"
	    "option('introspection', type: 'boolean', value: true)\n"
	    "option('no_docs', type: 'boolean')\noption('doc', type: 'string', value: 'x')\n" },
	  "\"--wrap-mode=nodownload\", \"-Dman-pages=disabled\", \"-Dbuild_tests=false\", "
	  "\"-Dintrospection=false\"]" },
	{ "the newer name of that file",
	  { "meson.build", "project('x')\nexecutable('a', 'a.c')\n", "meson.options",
	    "option('docs', type: 'boolean', value: true)\n" },
	  "\"-Ddocs=false\"]" },
	{ "a library of a Makefile that installs nothing",
	  { "Makefile", "app: libx.so\n\t$(CC) -o app a.c -L. -lx\nlibx.so: x.c\n"
			"\t$(CC) -shared -o libx.so x.c\n" },
	  "\"find\", \".\", \"-name\", \"lib*.so*\", \"!\", \"-type\", \"d\", \"-exec\", "
	  "\"cp\", \"-d\", \"-t\", \"${destdir}/usr/lib/${target}\", \"{}\", \"+\"] }" },
	{ "one of a Makefile that does",
	  { "Makefile", "libx.so: x.c\n\t$(CC) -shared -o libx.so x.c\ninstall:\n"
			"\tinstall -D app $(DESTDIR)$(PREFIX)/bin/app\n" },
	  "\"keep\": [\"/usr/bin/app\", \"/usr/lib/**/*.so*\"]" },
	{ "a variable for the folder of programs",
	  { "Makefile", "BIN = bin\nall: tool\n" },
	  "\"tool\", \"${destdir}/usr/bin/tool\"]" },
	{ "a static library of Meson",
	  { "meson.build",
	    "project('x')\nl = static_library('l', 'l.cc')\nexecutable('a', 'a.cc')\n" },
	  "\"keep\": [\"/usr/bin/a\"]" },
	{ "no comment of Meson",
	  { "meson.build", "project('x#y')\n# executable('old', 'a.cc')\n"
			   "executable('a#b', 'a.cc') # executable('other')\n" },
	  "\"build/a#b\", \"${destdir}/usr/bin/a#b\"]" },
	{ "no test",
	  { "CMakeLists.txt",
	    "#[[ add_executable(no) ]]\nadd_subdirectory(tests)\nadd_executable(a a.cc)\n",
	    "tests/CMakeLists.txt", "add_executable(check c.cc)\n" },
	  "\"build/a\"" },
	{ "a variable that grows",
	  { "CMakeLists.txt",
	    "set(A aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa)\nset(A ${A}${A}${A}${A})\n"
	    "set(A ${A}${A}${A}${A})\nset(A ${A}${A}${A}${A})\nset(A ${A}${A}${A}${A})\n"
	    "set(A ${A}${A}${A}${A})\nset(A ${A}${A}${A}${A})\nset(A ${A}${A}${A}${A})\n"
	    "set(A ${A}${A}${A}${A})\nset(A ${A}${A}${A}${A})\nadd_executable(a a.cc)\n" },
	  "\"build/a\"" },
	{ "brackets that do not end",
	  { "CMakeLists.txt", "add_executable(a \"b\\" },
	  "\"build/a\"" },
	{ "the program of Meson that has the project's name",
	  { "meson.build", "project('tool', 'c')\nexecutable('a', 'a.c')\n"
			   "executable(meson.project_name(), 't.c')\n" },
	  "\"build/tool\", \"${destdir}/usr/bin/tool\"]" },
	{ "Meson in a subfolder",
	  { "meson.build", "project('x')\nsubdir('tests')\nsubdir('src')\n", "src/meson.build",
	    "executable(\n  'tool', 'a.cc')\n", "tests/meson.build",
	    "executable('check', 'c.cc')\n" },
	  "\"build/src/tool\", \"${destdir}/usr/bin/tool\"]" },
};

static const struct cxx_case autotools[] = {
	{ "what autoreconf needs",
	  { "configure.ac", "AC_INIT([greeter], [1.2.0], [x@y])\nLT_INIT\n", "Makefile.am",
	    "SUBDIRS = src\n", "src/Makefile.am", "bin_PROGRAMS = greet more\n" },
	  "\"version\": \"1.2.0\",\n\"toolchain\": \"cxx\",\n\"build-depends\": [\"autoconf\", "
	  "\"automake\", \"libtool\"],\n" },
	{ "the program",
	  { "configure.ac", "AC_INIT([greeter], [1.2.0])\n", "src/Makefile.am",
	    "bin_PROGRAMS = greet more\n" },
	  "\"entrypoint\": [\"/usr/bin/greet\"]" },
	{ "a configure script of long ago",
	  { "configure", "", "configure.in", "", "makefile.in", "" },
	  "\"run\": [\"./configure\", \"--prefix=/usr\"" },
	{ "no library",
	  { "configure.ac", "AC_INIT([a],[1])\n", "Makefile.am", "bin_PROGRAMS = a\n" },
	  "\"keep\": [\"/usr/bin/a\"]" },
	{ "a program in sbin",
	  { "configure.ac", "AC_INIT(d.c)\n", "src/Makefile.am", "sbin_PROGRAMS = d\n" },
	  "\"entrypoint\": [\"/usr/sbin/d\"]" },
	{ "the name of a source file",
	  { "configure.ac", "AC_INIT(d.c)\n" },
	  "\"entrypoint\": [\"/usr/bin/folder\"]" },
	{ "a version by a macro",
	  { "configure.ac", "AC_INIT(greeter,m4_esyscmd([git describe]))\n" },
	  "\"folder\": \"../../app\",\n\"toolchain\"" },
	{ "a configure script of a tarball",
	  { "configure", "", "Makefile.in", "", "Makefile", "", ".gitignore", "/Makefile\n" },
	  "\"steps\": [\n{ \"name\": \"configure\", \"run\": [\"./configure\", \"--prefix=/usr\", "
	  "\"--libdir=/usr/lib/${target}\"" },
	{ "a configure script that git does not have",
	  { "configure.ac", "AC_INIT([a],[1])\n", "configure", "", ".gitignore", "/configure\n" },
	  "{ \"name\": \"autoreconf\", \"run\": [\"autoreconf\", \"--force\", \"--install\"] }" },
};

static const struct cxx_case programs[] = {
	{ "one with a blank line before it",
	  { "configure.ac", "AC_INIT([x],[1])\n", "Makefile.am",
	    "bin_PROGRAMS =\nif A\n  bin_PROGRAMS += tool # it\nendif\n" },
	  "\"entrypoint\": [\"/usr/bin/tool\"]" },
	{ "a line that goes on",
	  { "configure.ac", "AC_INIT([x],[1])\n", "Makefile.am",
	    "bin_PROGRAMS=\\\n\t$(MORE) @MORE@ \\\n\ttool\\\n other\n" },
	  "\"entrypoint\": [\"/usr/bin/tool\"]" },
	{ "that of the project's name",
	  { "configure.ac", "AC_INIT([b],[1])\n", "a/Makefile.am", "bin_PROGRAMS = a\n",
	    "b/Makefile.am", "sbin_PROGRAMS = c b\n" },
	  "\"entrypoint\": [\"/usr/sbin/b\"]" },
	{ "configure.in alone",
	  { "configure.in", "AC_INIT([x],[1.5])\n", "GNUmakefile.in", "", "Makefile", "" },
	  "\"version\": \"1.5\"" },
};

/* What only CMake itself would know for sure. */
static const struct cxx_case cmake_forms[] = {
	{ "a function that makes programs",
	  { "CMakeLists.txt", "function(x_add text name)\nadd_executable(\"${name}\" ${ARGN})\n"
			      "install(TARGETS ${name})\nendfunction()\nX_ADD(1 tool a.cc)\n" },
	  "\"--strip\"] }\n],\n\"keep\": [\"/usr/bin/tool\"" },
	{ "a loop",
	  { "CMakeLists.txt",
	    "set(ALL tool other)\nforeach(P IN LISTS ALL)\nadd_executable(${P} ${P}.cc)\n"
	    "endforeach()\n" },
	  "\"build/tool\"" },
	{ "words of a loop",
	  { "CMakeLists.txt", "foreach(P tool other)\nadd_executable(${P} ${P}.cc)\n" },
	  "\"build/tool\"" },
	{ "a name that nothing tells",
	  { "CMakeLists.txt", "add_executable(${X} a.cc)\n" },
	  "\"build/folder\", \"${destdir}/usr/bin/folder\"" },
	{ "the name of the program alone",
	  { "CMakeLists.txt", "add_executable(a a.cc)\nset_target_properties(a PROPERTIES "
			      "RUNTIME_OUTPUT_NAME b)\n" },
	  "\"build/b\"" },
	{ "a property",
	  { "CMakeLists.txt",
	    "add_executable(a a.cc)\nset_property (TARGET a PROPERTY OUTPUT_NAME \"b\")\n" },
	  "\"build/b\"" },
	{ "the project's name in other letters",
	  { "CMakeLists.txt", "project(SUMS)\nadd_executable(a a.cc)\n"
			      "add_executable(sums s.cc)\nset(PROJECT_NAME x)\n" },
	  "\"build/sums\"" },
	{ "a program of others",
	  { "CMakeLists.txt",
	    "add_subdirectory(third_party)\nadd_subdirectory(none)\nadd_executable(a a.cc)\n",
	    "third_party/CMakeLists.txt", "add_executable(t t.cc)\n" },
	  "\"build/a\"" },
	{ "a file that is included, and left out by git",
	  { "CMakeLists.txt", "include(own)\ninclude(cmake/own.cmake)\ninclude(CTest)\n",
	    "cmake/own.cmake", "add_executable(a a.cc)\n", ".gitignore", "*.cmake\n" },
	  "\"ignore\": [\"!cmake/*.cmake\"]" },
	{ "folders of an old command",
	  { "CMakeLists.txt", "SUBDIRS(src)\n", "src/CMakeLists.txt", "add_executable(a a.cc)\n" },
	  "\"build/src/a\"" },
	{ "a library of CMake, and a program of autotools",
	  { "CMakeLists.txt", "add_library(l l.cc)\n", "configure.ac", "AC_INIT([a],[1])\n",
	    "Makefile.am", "bin_PROGRAMS = a\n" },
	  "\"./configure\"" },
	{ "what no image needs",
	  { "CMakeLists.txt", "option(X_BUILD_TESTS \"x\" ON)\noption(SKIP_TESTS \"x\" ON)\n"
			      "option(BUILD_DOCS \"x\" OFF)\noption(WITH_TLS \"x\" ON)\n"
			      "cmake_dependent_option(INSTALL_MANPAGES \"x\" ON \"X\" OFF)\n"
			      "add_executable(a a.cc)\n" },
	  "\"-DCMAKE_SYSTEM_NAME=${cross-system}\", \"-DX_BUILD_TESTS=OFF\", "
	  "\"-DINSTALL_MANPAGES=OFF\"] }" },
};

static const struct cxx_case makefiles[] = {
	{ "a variable",
	  { "Makefile", "TARGET  := bin/app\n" },
	  "\"-s\", \"bin/app\", \"${destdir}/usr/bin/app\"]" },
	{ "where it is put",
	  { "Makefile", "install: x\n\tinstall -m 755 x $(DESTDIR)$(PREFIX)/bin/tool\n" },
	  "\"keep\": [\"/usr/bin/tool\"]" },
	{ "what is put there",
	  { "Makefile", "install: x\n\tinstall -m 755 tool $(DESTDIR)$(PREFIX)/bin\n" },
	  "\"keep\": [\"/usr/bin/tool\"]" },
	{ "a library before the program",
	  { "Makefile", "all: libown.so.1 own.a app\n" },
	  "\"keep\": [\"/usr/bin/app\"]" },
	{ "a rule with a blank before its colon",
	  { "Makefile", "all : a\ninstall : all\n\tcp a $(DESTDIR)$(BINDIR)/a\n" },
	  "{ \"name\": \"install\", \"run\": [\"make\", \"install\", \"DESTDIR=${destdir}\"" },
	{ "a program in sbin",
	  { "Makefile", "BINDIR = $(PREFIX)/sbin\nTARGET = d\nhelp install: all\n" },
	  "\"keep\": [\"/usr/sbin/d\"]" },
	{ "a variable called install",
	  { "Makefile", "TARGET = d\ninstall := cp\ninstall-all: d\n" },
	  "\"run\": [\"install\", \"-D\", \"-s\", \"d\", \"${destdir}/usr/bin/d\"]" },
	{ "the rule all",
	  { "Makefile", "all: tool\ntool: a.o\n" },
	  "\"-s\", \"tool\", \"${destdir}/usr/bin/tool\"]" },
	{ "a folder that is made and a name that is no file",
	  { "Makefile", ".PHONY: all lib\nall: lib tool\ninstall:\n"
			"\tmkdir -p $(DESTDIR)/bin\n\tinstall -d $(DESTDIR)/bin/\n" },
	  "\"keep\": [\"/usr/bin/tool\"]" },
	{ "what the linker is told",
	  { "Makefile", "TARGET = a\n" },
	  "\"env\": {\n\"LDFLAGS\": \"${package-note}\"\n}," },
	{ "what make would put in",
	  { "Makefile", "TARGET = $(NAME)\nall: $(TARGET)\n" },
	  "\"${destdir}/usr/bin/folder\"]" },
	{ "one that git does not have",
	  { "Makefile", "", ".gitignore", "/Makefile\n", "main.c", "" },
	  "\"programs\": [\n{ \"source\": \"../app\"" },
};

static const struct cxx_case plain[] = {
	{ "sources and headers in folders",
	  { "include/w.h", "", "lib/w.c", "", "src/main.c", "", "src/p.h", "", "tests/t.c", "",
	    "docs/x", "" },
	  "{ \"source\": \"../app/src\", \"with\": [\"../app/include\", \"../app/lib\"], "
	  "\"toolchain\": \"cxx\", \"to\": \"/usr/bin/folder\", \"options\": [\"-Iinclude\", "
	  "\"-Isrc\"] }" },
	{ "a build system that is not known",
	  { "SConstruct", "", "main.c", "" },
	  "app/SConstruct is there, and imgbuild init does not know how scons builds: write a "
	  "source recipe with its steps, as in docs/how-to/compile.md" },
	{ "a program with Qt",
	  { "app.pro", "QT += core network\nSOURCES += main.c\n", "main.c", "" },
	  "app/app.pro is there, and imgbuild init does not know how qmake builds: write a source "
	  "recipe with its steps, as in docs/how-to/compile.md" },
	{ "a program of qmake without Qt",
	  { "app.pro", "CONFIG -= qt\nSOURCES += main.c\n", "main.c", "" },
	  "\"programs\": [\n{ \"source\": \"../app\"" },
	{ "headers alone",
	  { "include/w.h", "" },
	  "app has no CMakeLists.txt, meson.build, configure.ac or Makefile, and no source file" },
};

Test(cxx_builds, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(cmake); i++)
		expect_texts(&cmake[i], project_read_cxx);
	for (size_t i = 0; i < ARRAY_SIZE(autotools); i++)
		expect_texts(&autotools[i], project_read_c);
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		expect_texts(&programs[i], project_read_c);
	for (size_t i = 0; i < ARRAY_SIZE(cmake_forms); i++)
		expect_texts(&cmake_forms[i], project_read_cxx);
	for (size_t i = 0; i < ARRAY_SIZE(makefiles); i++)
		expect_texts(&makefiles[i], project_read_c);
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		expect_texts(&plain[i], project_read_c);
}

static const struct cxx_case left[] = {
	{ "modules of pkg-config in CMake",
	  { "CMakeLists.txt",
	    "find_package(Threads)\npkg_check_modules(SQL REQUIRED IMPORTED_TARGET sqlite3>=3)\n"
	    "add_executable(a a.cc)\n" },
	  "app/CMakeLists.txt:2 asks for sqlite3: add the Debian package" },
	{ "a download in CMake",
	  { "CMakeLists.txt", "add_executable(a a.cc)\nFetchContent_Declare(fmt URL x)\n" },
	  "app/CMakeLists.txt:2 downloads fmt, and the sandbox has no network" },
	{ "another program in CMake",
	  { "CMakeLists.txt", "add_executable(a a.cc)\nadd_executable(b b.cc)\n" },
	  "the project has the program b, too: the recipe has a (" },
	{ "programs of Meson",
	  { "meson.build", "project('b', 'c')\nexecutable('a', 'a.c')\nexecutable('b', 'b.c')\n"
			   "executable('c', 'c.c')\nexecutable('a', 'a2.c')\n" },
	  "the project has the programs a, c, too: the recipe has b (" },
	{ "programs of autotools",
	  { "configure.ac", "AC_INIT([b],[1])\n", "Makefile.am", "bin_PROGRAMS = a b c\n" },
	  "the project has the programs a, c, too: the recipe has b (" },
	{ "modules of autotools",
	  { "configure.ac",
	    "AC_INIT([a],[1])\nPKG_CHECK_MODULES([Z],\n  [zlib >= 1.2 sqlite3])\n" },
	  "app/configure.ac:2 asks for sqlite3: add the Debian package" },
	{ "tests beside sources",
	  { "main.c", "", "tests/t.c", "", "docs/x", "" },
	  "app/tests has sources, too, and all below " },
	{ "several modules of one call in a Makefile",
	  { "Makefile", "TARGET = a\nM = `pkg-config --libs zlib libpng` \nall: a\n" },
	  "app/Makefile:2 asks for libpng: add the Debian package" },
	{ "modules of a Makefile",
	  { "Makefile",
	    "TARGET = a\nL = $(shell pkg-config --libs $(X) zlib)\nM = `pkg-config --libs sqlite3`\n" },
	  "app/Makefile:3 asks for sqlite3: add the Debian package" },
};

/* Whoever says --c has a program with C++ in it. */
Test(cxx_builds, cxx_in_a_project_of_c_needs_its_library)
{
	static const struct cxx_case with[] = {
		{ "CMake",
		  { "CMakeLists.txt", "add_executable(a a.c\n b.cpp)\n" },
		  "\"libraries\": [\"libgcc-s1\", \"libstdc++6\"]" },
		{ "Meson",
		  { "meson.build", "project('a', 'c', 'cpp')\nexecutable('a', 'a.c')\n" },
		  "\"libraries\": [\"libgcc-s1\", \"libstdc++6\"]" },
		{ "CMake without",
		  { "CMakeLists.txt", "add_executable(a a.c)\n" },
		  "\"base\": \"base-nossl\"" },
		{ "a Makefile",
		  { "Makefile", "all: a\n", "src/a.c", "", "src/b.C", "" },
		  "\"libraries\": [\"libgcc-s1\", \"libstdc++6\"]" },
		{ "sources in C++ alone",
		  { "main.cc", "" },
		  "\"libraries\": [\"libgcc-s1\", \"libstdc++6\"],\n\"programs\": [\n{ "
		  "\"source\": \"../app\", \"toolchain\": \"cxx\", \"to\": "
		  "\"/usr/bin/folder\", \"language\": \"c++\"" },
		{ "a Makefile without",
		  { "Makefile", "all: a\n", "src/a.c", "", "tests/t.cpp", "" },
		  "\"base\": \"base-nossl\",\n\"components" },
		{ "tests alone",
		  { "CMakeLists.txt", "add_executable(a a.c)\nadd_subdirectory(tests)\n",
		    "tests/CMakeLists.txt", "add_executable(t t.cc)\n" },
		  "\"base\": \"base-nossl\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		expect_texts(&with[i], project_read_c);
}

/* A call of the compiler has all sources in the order of their names. */
Test(cxx_builds, modules_of_cxx20_take_a_build_system)
{
	static const struct cxx_case with[] = {
		{ "an import",
		  { "main.cc", "#include <cstdio>\nimport words;\nint main() { }\n" },
		  "app/main.cc:2: modules of C++20 take a build system: in a CMakeLists.txt "
		  "target_sources(... FILE_SET CXX_MODULES FILES ...) names them" },
		{ "a module in src",
		  { "src/main.cpp", "int main() { }\n", "src/words.cpp",
		    "module;\n#include <cstdio>\nexport module words;\n" },
		  "app/src/words.cpp:1: modules of C++20" },
		{ "names alone",
		  { "main.cc", "/* a\nmodule\n */ int module = 1;\nmodule x(1);\nimport = 2;\n"
			       "/* the\nimport words; */\nmodule loads it;\nint main() { }\n" },
		  "\"language\": \"c++\"" },
		{ "a build system",
		  { "main.cc", "import words;\nint main() { }\n", "CMakeLists.txt",
		    "add_executable(a)\n" },
		  "\"toolchain\": \"cmake\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(with); i++)
		expect_texts(&with[i], project_read_cxx);
}

Test(cxx_builds, what_is_left_to_decide)
{
	for (size_t i = 0; i < ARRAY_SIZE(left); i++)
		expect_left(&left[i], project_read_c);
}
