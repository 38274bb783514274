/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init for projects that are linked with libraries of Debian: nobody names the packages
 * of their headers. Each runs in a container. */

#include <criterion/criterion.h>

#include "e2e/fixture_init_project.h"

Test(init_libraries, a_makefile, .timeout = 900)
{
	static const char *const files[] = {
		"Makefile",
		"CFLAGS = -O2 `pkg-config --cflags jansson`\nLDLIBS = -lz -lm\n\n"
		"all: tell\n\ntell: tell.o\n\t$(CC) $(LDFLAGS) -o $@ tell.o $(LDLIBS) "
		"`pkg-config --libs jansson`\n",
		"tell.c",
		"#include <jansson.h>\n#include <math.h>\n#include <stdio.h>\n#include <zlib.h>\n\n"
		"int main(int argc, char **argv)\n{\n\tjson_t *j = json_pack(\"{si}\", argv[1], "
		"(int)sqrt(argc * 2));\n\n\tputs(json_dumps(j, JSON_COMPACT));\n"
		"\treturn zlibVersion()[0] != '1';\n}\n",
		NULL
	};

	init_project_run("--c .", "tell", files, "{\"you\":2}\n");
}

Test(init_libraries, sources_alone, .timeout = 900)
{
	static const char *const files[] = {
		"tell.c",
		"#include <sqlite3.h>\n#include <stdio.h>\n#include <zlib.h>\n\n"
		"int main(int argc, char **argv)\n{\n\tprintf(\"%.2s%.2s %s\\n\", sqlite3_libversion(), "
		"zlibVersion(), argv[argc - 1]);\n\treturn 0;\n}\n",
		NULL
	};

	init_project_run("--c . --name tell", "tell", files, "3.1. you\n");
}

Test(init_libraries, cmake, .timeout = 900)
{
	static const char *const files[] = {
		"CMakeLists.txt",
		"cmake_minimum_required(VERSION 3.16)\nproject(tell CXX)\n"
		"find_package(ZLIB REQUIRED)\nfind_package(SQLite3 REQUIRED)\n"
		"find_package(fmt REQUIRED)\nfind_package(nlohmann_json REQUIRED)\n"
		"find_package(Boost REQUIRED COMPONENTS program_options)\n"
		"add_executable(tell tell.cc)\n"
		"target_link_libraries(tell ZLIB::ZLIB SQLite::SQLite3 fmt::fmt "
		"nlohmann_json::nlohmann_json Boost::program_options)\ninstall(TARGETS tell)\n",
		"tell.cc",
		"#include <boost/program_options.hpp>\n#include <fmt/core.h>\n"
		"#include <nlohmann/json.hpp>\n#include <sqlite3.h>\n#include <zlib.h>\n\n"
		"int main(int, char **argv)\n{\n\tboost::program_options::options_description d;\n"
		"\tnlohmann::json j{{argv[1], d.options().size()}};\n\n"
		"\tfmt::print(\"{}\\n\", j.dump());\n"
		"\treturn sqlite3_libversion_number() < 3000000 || !zlibVersion();\n}\n",
		NULL
	};

	init_project_run("--cxx .", "tell", files, "{\"you\":0}\n");
}

Test(init_libraries, autotools, .timeout = 900)
{
	static const char *const files[] = {
		"configure.ac",
		"AC_INIT([tell], [1.2])\nAM_INIT_AUTOMAKE([foreign])\nAC_PROG_CC\n"
		"PKG_PROG_PKG_CONFIG\nPKG_CHECK_MODULES([PNG], [libpng >= 1.6])\n"
		"AC_CHECK_LIB([bz2], [BZ2_bzlibVersion])\nAC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n",
		"Makefile.am",
		"bin_PROGRAMS = tell\ntell_SOURCES = tell.c\ntell_CFLAGS = $(PNG_CFLAGS)\n"
		"tell_LDADD = $(PNG_LIBS)\n",
		"tell.c",
		"#include <bzlib.h>\n#include <png.h>\n#include <stdio.h>\n\n"
		"int main(int argc, char **argv)\n{\n\tprintf(\"%.2s%.1s %s\\n\", png_libpng_ver, "
		"BZ2_bzlibVersion(), argv[argc - 1]);\n\treturn 0;\n}\n",
		NULL
	};

	init_project_run("--c .", "tell", files, "1.1 you\n");
}

Test(init_libraries, c_in_go, .timeout = 900)
{
	static const char *const files[] = {
		"go.mod", "module example.test/tell\n\ngo 1.22\n", "main.go",
		"package main\n\n/*\n#cgo LDFLAGS: -lz\n#cgo pkg-config: jansson\n#include <zlib.h>\n"
		"#include <jansson.h>\n*/\nimport \"C\"\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n"
		"func main() {\n\tfmt.Println(C.GoString(C.zlibVersion())[:2], C.GoString("
		"C.jansson_version_str())[:2], os.Args[1])\n}\n",
		NULL
	};

	init_project_run("--go .", "tell", files, "1. 2. you\n");
}

/* No lock file: modules are Debian's, and so is what builds the project; git has no version. */
Test(init_libraries, modules_of_python, .timeout = 900)
{
	static const char *const files[] = {
		"pyproject.toml",
		"[build-system]\nrequires = [\"setuptools\", \"setuptools_scm\"]\n"
		"build-backend = \"setuptools.build_meta\"\n[project]\nname = \"tell\"\n"
		"dynamic = [\"version\"]\ndependencies = [\"PyYAML>=5\", \"requests\"]\n"
		"[project.scripts]\ntell = \"tell:main\"\n[tool.setuptools]\n"
		"py-modules = [\"tell\"]\n",
		"tell.py",
		"import sys\n\nimport requests\nimport yaml\n\n\ndef main():\n"
		"    print(yaml.safe_load('[1, ' + sys.argv[1] + ']'), requests.codes.ok)\n",
		NULL
	};

	init_project_run("--python .", "tell", files, "[1, 'you'] 200\n");
}

/* ctypes opens a library by name, and finds another without its version, for which it asks
 * ldconfig. What a package of these depends on comes, too: magic.mgc. */
Test(init_libraries, libraries_that_python_opens_by_name, .timeout = 900)
{
	static const char *const files[] = {
		"pyproject.toml",
		"[project]\nname = \"tell\"\nversion = \"1\"\n"
		"[project.scripts]\ntell = \"tell:main\"\n",
		"tell.py",
		"import ctypes\nimport sys\nfrom ctypes.util import find_library\n\n\n"
		"def main():\n"
		"    pq = ctypes.CDLL(find_library(\"pq\"))\n"
		"    magic = ctypes.CDLL(\"libmagic.so.1\")\n"
		"    magic.magic_buffer.restype = ctypes.c_char_p\n"
		"    magic.magic_open.restype = ctypes.c_void_p\n"
		"    m = ctypes.c_void_p(magic.magic_open(0))\n"
		"    magic.magic_load(m, None)\n"
		"    print(pq.PQlibVersion() // 10000, magic.magic_buffer(m, b\"%PDF-1.7\", 8),\n"
		"          sys.argv[1])\n",
		NULL
	};

	init_project_run("--python .", "tell", files, "17 b'PDF document, version 1.7' you\n");
}
