/* SPDX-License-Identifier: Apache-2.0 */
/* What programs say that do not find something, as gcc 14, binutils 2.44, pkgconf 1.8, CMake 3.31,
 * Meson 1.7, autoconf 2.72, make 4.4, cargo, go, dash, bash, Python and Perl say it. */

#include "make/compile/step_lacks.h"

#include <criterion/criterion.h>

#include "support/fixture_workshop.h"

static const struct {
	const char *log, *lacks;
} lack_cases[] = {
	{ "main.c:1:10: fatal error: event.h: No such file or directory\n    1 | #include\n",
	  "header event.h" },
	{ "a.cc:3:10: fatal error: boost/asio.hpp: No such file or directory",
	  "header boost/asio.hpp" },
	{ "/usr/bin/ld: cannot find -lcap: No such file or directory\ncollect2: error: ld "
	  "returned 1 exit status\n",
	  "library cap" },
	{ "/usr/bin/ld: cannot find -lfoo-1.0\n", "library foo-1.0" },
	{ "meson.build:3:4: ERROR: C shared or static library 'ev' not found\n", "library ev" },
	{ "No package 'libuv' found\n", "module of pkg-config libuv" },
	{ "Package 'zlib', required by 'virtual:world', not found\n", "module of pkg-config zlib" },
	{ "meson.build:5:0: ERROR: Dependency \"libpng\" not found, tried pkgconfig\n",
	  "module of pkg-config libpng" },
	{ "  The system library `libudev` required by crate `hidapi` was not found.\n",
	  "module of pkg-config libudev" },
	{ "  Could not find a package configuration file provided by \"fmt\" with any of\n"
	  "  the following names:\n",
	  "package of CMake fmt" },
	{ "  Could NOT find CURL (missing: CURL_LIBRARY CURL_INCLUDE_DIR)\n",
	  "package of CMake CURL" },
	{ "-- Could NOT find Doxygen (missing: DOXYGEN_EXECUTABLE)\n", "" },
	{ "ModuleNotFoundError: No module named 'yaml.nodes'\n", "Python module yaml.nodes" },
	{ "meson.build:24:8: ERROR: Problem encountered: python3 jinja2 missing\n",
	  "Python module jinja2" },
	{ "meson.build:1:23: ERROR: python3 is missing modules: yaml\n", "Python module yaml" },
	{ "Can't locate XML/Parser.pm in @INC (you may need to install the XML::Parser\n",
	  "Perl module XML/Parser.pm" },
	{ "make[1]: bison: No such file or directory\nmake: *** [Makefile:3: a] Error 127\n",
	  "program bison" },
	{ "meson.build:6:14: ERROR: Dependency 'glib-2.0' tool variable 'glib_mkenums' contains "
	  "erroneous value: '/usr/bin/glib-mkenums'\n",
	  "program glib-mkenums" },
	{ "CMake Error at /usr/share/cmake-3.31/Modules/FindProtobuf.cmake:296 (message):\n"
	  "  protoc executable not found.  Please define the Protobuf_PROTOC_EXECUTABLE\n",
	  "program protoc" },
	{ "  The imported target \"gRPC::grpc_cpp_plugin\" references the file\n\n"
	  "     \"/usr/bin/grpc_cpp_plugin\"\n\n  but this file does not exist.\n",
	  "program grpc_cpp_plugin" },
	{ "  Could not find protobuf compiler.  Make sure protobuf-compiler package is\n",
	  "library of the package protobuf-compiler" },
	{ "checking for TIFF... libraries (none)\nconfigure: error: libtiff not found\n",
	  "program or library libtiff" },
	{ "checking pkg-config m4 macros... no\nconfigure: error:\n  pkg-config is required.\n",
	  "program or library pkg-config" },
	{ "make: yacc: No such file or directory\n", "program yacc" },
	{ "sh: 1: flex: not found\n", "program flex" },
	{ "/build/src/tool/cktclsh.sh: 5: tclsh: not found\n", "program tclsh" },
	{ "build.sh: line 3: xsltproc: command not found\n", "program xsltproc" },
	{ "exec: \"gcc\": executable file not found in $PATH\n", "program gcc" },
	{ "meson.build:2:0: ERROR: Program 'gperf' not found or not executable\n",
	  "program gperf" },
	{ "sh: 1: flex: not found\nx.c:1:2: fatal error: y.h: No such file or directory\n"
	  "sh: 1: flex: not found\n",
	  "program flex, header y.h" },
	{ "checking for gcc... gcc\nchecking for iconv... no\nconfigure: error: You need it\n",
	  "program or library iconv" },
	{ "checking for Ogg... no\n*** 1\n*** 2\n*** 3\n*** 4\nconfigure: error: no libogg\n",
	  "program or library Ogg" },
	{ "checking for x... no\nchecking for y... yes\nconfigure: error: z\n", "" },
	{ "configure.ac:19: error: possibly undefined macro: AM_PROG_LIBTOOL\n",
	  "macro of autoconf AM_PROG_LIBTOOL" },
	{ "checking for deflate in -lz... no\nERROR: previous one not found.\nexit: -1\n",
	  "library z" },
	{ "checking for other >= 1... no\nchecking for x... yes\nchecking for luajit >= 2.0.2... no\n"
	  "checking for lua5.3 >= 5.1... no\nconfigure: error: No Lua\n",
	  "module of pkg-config luajit, module of pkg-config lua5.3" },
	{ "env: 'bash': No such file or directory\n", "program bash" },
	{ "CMake Error at man/CMakeLists.txt:46 (message):\n  xsltproc not found: no manpages\n",
	  "program or library xsltproc" },
	{ "CMake Error at CMakeLists.txt:107 (message):\n  -- libuuid not found.\n",
	  "program or library libuuid" },
	{ "  OpenSSL NOT found: use `-DWITH_TLS=OFF`\n", "program or library OpenSSL" },
	{ "-- Could NOT find OpenSSL, try to set the path to OpenSSL (missing: X)\n",
	  "package of CMake OpenSSL" },
	{ "imagequant: error ... libimagequant.h not found in ./lib/\n", "header libimagequant.h" },
	{ "  sudo apt install libold-dev\nerror ... not found (try: `apt-get install libpng16-dev` or "
	  "`apt-get install libpng-dev` or `yum install libpng-devel`)\n",
	  "library of the package libpng16-dev, library of the package libpng-dev" },
	{ "  Unable to find libclang: \"couldn't find any valid shared libraries matching: ...\"\n",
	  "library of the package libclang-dev" },
	{ "  the file was not found\n", "" },
	{ "checking for bsd/stdlib.h... no\nconfigure: error: no strtonum\n",
	  "header bsd/stdlib.h" },
	{ "meson.build:2:0: ERROR: Program or command 'pod2man' not found or not executable\n",
	  "program pod2man" },
	{ "checking for bison... no\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "" },
	{ "checking for strict bounds... no\nconfigure: error: x\n", "" },
	{ "checking for libuv... not found\n", "" },
	{ "x.c:1: error: unknown type name 'y'\n", "" },
	{ "cp: cannot stat 'x': No such file or directory\n", "" },
	{ "make: *** No rule to make target 'x'.  Stop.\n", "" },
	{ "fatal error: \033[1m: No such file or directory\n", "" },
	{ "", "" },
};

Test(step_lacks, what_was_not_found_is_named)
{
	for (size_t i = 0; i < ARRAY_SIZE(lack_cases); i++) {
		AUTO_ARENA a = { 0 };
		struct step_lacks all = { NULL, 0, 0 };
		struct buf text = { .a = &a };

		step_lacks(&a, str_of(lack_cases[i].log), &all);
		list_each(x, &all)
			buf_printf(&text, "%s%s " STR_FMT, text.n ? ", " : "",
				   step_lack_kind(x->kind), STR_ARG(x->name));
		cr_expect_str_eq(buf_cstr(&text), lack_cases[i].lacks, "%s", lack_cases[i].log);
	}
}

Test(step_lacks, it_is_told_of_a_step_that_failed)
{
	struct workshop w;
	struct fragment f;
	enum err_kind kind;
	const char *text;

	workshop_open(&w);
	*list_push(&w.depot.a, &w.source.keep) = (struct glob){ .text = "/usr/bin/x" };
	WORKSHOP_STEP(&w, "make", "fail", "7",
		      "x.c:1:10: fatal error: event.h: No such file or directory");
	cr_assert_not(workshop_compile(&w, 1, &f, &text, &kind));
	cr_expect(strstr(buf_cstr(&w.said),
			 "a step did not find the header event.h: the Debian package that has it "
			 "belongs into \"build-depends\" of thing.json\n"),
		  "%s", buf_cstr(&w.said));
	workshop_close(&w);
}
