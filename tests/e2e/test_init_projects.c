/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init for code of one's own, as a user types it: a folder with a project, one command, a
 * container that answers. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_init_project.h"
#include "e2e/fixture_run.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

Test(init_projects, a_module_of_go, .timeout = 900)
{
	static const char *const files[] = { "go.mod", "module example.test/hello-go\n\ngo 1.22\n",
					     "main.go",
					     "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n"
					     "func main() { fmt.Println(\"go\", os.Args[1]) }\n",
					     NULL };

	init_project_run("--go .", "hello-go", files, "go you\n");
}

Test(init_projects, a_package_of_cargo, .timeout = 900)
{
	static const char *const files[] = {
		"app/Cargo.toml",
		"[package]\nname = \"hello-rust\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		"app/Cargo.lock",
		"version = 4\n\n[[package]]\nname = \"hello-rust\"\nversion = \"0.1.0\"\n",
		"app/src/main.rs",
		"fn main() { println!(\"rust {}\", std::env::args().nth(1).unwrap()); }\n",
		NULL
	};

	init_project_run("--rust app", "hello-rust", files, "rust you\n");
}

Test(init_projects, a_package_of_node, .timeout = 900)
{
	static const char *const files[] = {
		"app/package.json",
		"{ \"name\": \"hello-node\", \"version\": \"1.0.0\", \"main\": \"main.js\" }\n",
		"app/package-lock.json",
		"{ \"name\": \"hello-node\", \"lockfileVersion\": 3, \"packages\": { \"\": {} } }\n",
		"app/main.js",
		"console.log('node', process.argv[2]);\n",
		NULL
	};

	init_project_run("--node app", "hello-node", files, "node you\n");
}

/* The script that npm would run is steps, and what starts is what was built. */
Test(init_projects, a_package_of_node_that_is_built, .timeout = 900)
{
	static const char *const files[] = {
		"app/package.json",
		"{ \"name\": \"built-node\", \"version\": \"1.0.0\", \"scripts\": {\n"
		"\"prebuild\": \"rimraf dist\", \"build\": \"mkdir -p dist && npm run -s make\",\n"
		"\"make\": \"WORD=built node make.mjs\", \"start\": \"nest start\",\n"
		"\"start:prod\": \"node dist/main\" } }\n",
		"app/make.mjs",
		"import { writeFileSync } from 'fs';\nawait fetch('data:,x');\n"
		"writeFileSync('dist/main.js', `console.log('${process.env.WORD}', process.argv[2])`);\n",
		"app/.gitignore",
		"dist\n",
		NULL
	};

	init_project_run("--node app", "built-node", files, "built you\n");
}

/* Nothing of the project's own names what the build needs, what the program is called, or where it
 * goes: the build tells. */
Test(init_projects, a_program_in_c_whose_build_tells_what_it_lacks, .timeout = 900)
{
	static const char *const files[] = {
		"tool/Makefile",
		"include rules.mk\n",
		"tool/rules.mk",
		"all: word.h parts/hello\nword.h: word\n\txxd -i word > word.h\n"
		"parts/hello: main.c\n\t$(CC) -I. -o $@ main.c lib.c -lexpat\n"
		"install: all\n\tinstall parts/hello /usr/local/bin/hello\n",
		"tool/main.c",
		"#include <expat.h>\n#include <stdio.h>\n\n#include \"word.h\"\n\nint count;\n\n"
		"int main(int argc, char **argv)\n{\n\tXML_Parser p = XML_ParserCreate(NULL);\n\n"
		"\tprintf(\"%.*s %s\\n\", (int)word_len - 1, word, argv[argc - 1]);\n"
		"\treturn p == NULL || old(count);\n}\n",
		"tool/lib.c",
		"int count;\n\nint old(int n)\n{\n\treturn n;\n}\n",
		"tool/word",
		"taught\n",
		"tool/parts/.keep",
		"",
		NULL
	};

	init_project_run("--c tool", "tool", files, "taught you\n");
}

/* A check that runs a program, a function that makes one, files that git has in spite of its own
 * rules, tests that could not be built, a warning that is an error, a rule that only make reads. */
Test(init_projects, a_program_of_cmake_as_people_have_it, .timeout = 900)
{
	static const char *const files[] = {
		"tool/CMakeLists.txt",
		"cmake_minimum_required(VERSION 3.20)\nproject(TOOL CXX)\ninclude(cmake/own.cmake)\n"
		"option(BUILD_TESTS \"tests\" ON)\nif(BUILD_TESTS)\n  message(FATAL_ERROR \"tests\")\n"
		"endif()\nadd_custom_target(other COMMAND true PR=$(PR))\nown_program(tool main.cc)\n",
		"tool/cmake/own.cmake",
		"try_run(RAN BUILT ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/cmake/check.cc)\n"
		"if(NOT RAN EQUAL 7)\n  message(FATAL_ERROR \"it cannot run\")\nendif()\n"
		"function(own_program name)\n  add_executable(${name} ${ARGN})\n"
		"  target_compile_options(${name} PRIVATE -Wall -Werror)\nendfunction()\n",
		"tool/cmake/check.cc",
		"int main() { return 7; }\n",
		"tool/main.cc",
		"#include <cstdio>\n#include \"gen/word.h\"\n\nint main(int, char **argv)\n{\n"
		"\tint unused;\n\n\tstd::printf(WORD \" %s\\n\", argv[1]);\n}\n",
		"tool/gen/word.h",
		"#define WORD \"cmake\"\n",
		"tool/.gitignore",
		"*.cmake\ngen\n",
		NULL
	};

	init_project_run("--cxx tool", "tool", files, "cmake you\n");
}

/* Whoever mended the project says the same command again, although the builds before changed the
 * recipe; once there is an image the recipe is theirs. */
Test(init_projects, what_a_failed_build_taught_is_not_in_the_way, .timeout = 900)
{
	static const char script[] =
		"cd %s && init='%s/imgbuild --progress=plain init --c tool'\n"
		"$init 2>log; test $? = 3 && grep -q 'build-depends: libexpat1-dev' log || exit 1\n"
		"grep -q libexpat1-dev recipes/sources/tool.json || exit 2\n"
		"$init 2>log; test $? = 3 && grep -q 'own.h: No such file' log || exit 3\n"
		"touch tool/own.h; $init >out.txt 2>&1 || { cat out.txt; exit 4; }\n"
		"cp recipes/sources/tool.json kept; rm -r out; echo all: >tool/Makefile\n"
		"$init 2>log; test $? = 3 || exit 5\n"
		"grep -q 'sources/tool.json is there already' log && cmp kept recipes/sources/tool.json\n";
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	char here[4096];

	run_needs_time();
	cr_assert(getcwd(here, sizeof(here)));
	files_put(arena_printf(&a, "%s/tool/Makefile", dir), "include rules.mk\n");
	files_put(arena_printf(&a, "%s/tool/rules.mk", dir),
		  "tool: main.c\n\t$(CC) -I. -o $@ main.c\n");
	files_put(arena_printf(&a, "%s/tool/main.c", dir),
		  "#include <expat.h>\n#include \"own.h\"\nint main(void) { return 0; }\n");
	r = oracle_run(&a, (const char *const[]){ "sh", "-c", arena_printf(&a, script, dir, here),
						  NULL });
	cr_expect_eq(r.status, 0, "%d: %s%s", r.status, r.out.p, r.err.p);
	files_remove(dir);
}

/* One of a repository of many: the folder that is named does not hold what it needs. */
Test(init_projects, a_module_of_go_that_needs_another_beside_it, .timeout = 900)
{
	static const char *const files[] = {
		"services/hello/go.mod",
		"module example.test/hello-beside\n\ngo 1.22\n\n"
		"require example.test/word v1.0.0\n\nreplace example.test/word => ../../word\n",
		"services/hello/main.go",
		"package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n\n\t\"example.test/word\"\n)\n\n"
		"func main() { fmt.Println(word.Word, os.Args[1]) }\n",
		"word/go.mod",
		"module example.test/word\n\ngo 1.22\n",
		"word/word.go",
		"package word\n\nconst Word = \"beside\"\n",
		NULL
	};

	init_project_run("--go services/hello", "hello-beside", files, "beside you\n");
}

Test(init_projects, a_package_of_cargo_that_needs_another_beside_it, .timeout = 900)
{
	static const char *const files[] = {
		"services/hello/Cargo.toml",
		"[package]\nname = \"beside-rust\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"
		"[dependencies]\nword = { path = \"../../word\" }\n",
		"services/hello/Cargo.lock",
		"version = 4\n\n[[package]]\nname = \"beside-rust\"\nversion = \"0.1.0\"\n"
		"dependencies = [\n \"word\",\n]\n\n[[package]]\nname = \"word\"\nversion = \"1.0.0\"\n",
		"services/hello/src/main.rs",
		"fn main() { println!(\"{} {}\", word::WORD, std::env::args().nth(1).unwrap()); }\n",
		"word/Cargo.toml",
		"[package]\nname = \"word\"\nversion = \"1.0.0\"\nedition = \"2021\"\n",
		"word/src/lib.rs",
		"pub const WORD: &str = \"beside\";\n",
		NULL
	};

	init_project_run("--rust services/hello", "beside-rust", files, "beside you\n");
}

/* The jar of the repository holds no class, but what the program reads. */
Test(init_projects, sources_of_java_and_a_jar, .timeout = 900)
{
	static const char *const files[] = {
		"hello-java/src/app/Hello.java",
		"package app;\n\npublic class Hello {\n"
		"    public static void main(String[] args) throws Exception {\n"
		"        byte[] word = Hello.class.getResourceAsStream(\"/word\").readAllBytes();\n"
		"        System.out.println(new String(word) + \" \" + args[0]);\n    }\n}\n",
		"hello-java/lib/word.jar", "@zip word=java", NULL
	};

	init_project_run("--java hello-java", "hello-java", files, "java you\n");
}

Test(init_projects, a_tree_of_maven, .timeout = 900)
{
	static const char *const files[] = {
		"pom.xml",
		"<project>\n<groupId>test</groupId><artifactId>hello-maven</artifactId>\n"
		"<version>1.0</version>\n<properties><java.version>17</java.version></properties>\n"
		"</project>\n",
		"src/main/java/app/Hello.java",
		"package app;\n\npublic class Hello {\n"
		"    public static void main(String[] args) throws Exception {\n"
		"        byte[] word = Hello.class.getResourceAsStream(\"/word\").readAllBytes();\n"
		"        System.out.println(new String(word) + \" \" + args[0]);\n    }\n}\n",
		"src/main/resources/word",
		"maven",
		"src/test/java/app/HelloTest.java",
		"no test is compiled\n",
		NULL
	};

	init_project_run("--java .", "hello-maven", files, "maven you\n");
}

#define MODULE_POM(name, needs)                                                \
	"<project><artifactId>" name "</artifactId><dependencies><dependency>" \
	"<artifactId>" needs "</artifactId></dependency></dependencies></project>\n"

/* What the modules say one by one, compiled by hand with javac in the order of their needs, and run
 * with the folders of their classes in the order of a class path of Maven. One is not needed. */
Test(init_projects, a_tree_of_modules, .timeout = 900)
{
	static const char *const files[] = {
		"shop/pom.xml",
		"<project><packaging>pom</packaging>\n<modules><module>app</module>"
		"<module>libs</module><module>broken</module></modules></project>\n",
		"shop/app/pom.xml",
		MODULE_POM("hello-modules", "core"),
		"shop/libs/pom.xml",
		"<project><modules><module>core</module><module>text</module></modules></project>\n",
		"shop/libs/core/pom.xml",
		MODULE_POM("core", "text"),
		"shop/libs/text/pom.xml",
		"<project><artifactId>text</artifactId></project>\n",
		"shop/broken/pom.xml",
		"<project><artifactId>broken</artifactId></project>\n",
		"shop/app/src/main/java/app/Hello.java",
		"package app;\n\npublic class Hello {\n"
		"    public static void main(String[] args) throws Exception {\n"
		"        System.out.println(core.Core.greet(args[0]));\n    }\n}\n",
		"shop/app/src/main/resources/word",
		" of app",
		"shop/libs/core/src/main/java/core/Core.java",
		"package core;\n\npublic class Core {\n"
		"    public static String greet(String s) throws Exception {\n"
		"        var word = Core.class.getResourceAsStream(\"/word\").readAllBytes();\n"
		"        return text.Text.up(s) + new String(word);\n    }\n}\n",
		"shop/libs/core/src/main/resources/word",
		" of core",
		"shop/libs/text/src/main/java/text/Text.java",
		"package text;\n\npublic class Text {\n"
		"    public static String up(String s) { return s.toUpperCase(); }\n}\n",
		"shop/broken/src/main/java/Broken.java",
		"no source of Java\n",
		NULL
	};

	init_project_run("--java shop", "hello-modules", files, "YOU of app\n");
}

/* As gradle init writes it, and one project more; for the newer Java. */
Test(init_projects, a_build_of_gradle, .timeout = 900)
{
	static const char *const files[] = {
		"settings.gradle.kts",
		"rootProject.name = \"hello-gradle\"\ninclude(\"app\", \"word\")\n",
		"app/build.gradle.kts",
		"plugins { application }\ndependencies {\n    implementation(project(\":word\"))\n"
		"    testImplementation(libs.junit)\n}\n"
		"java { toolchain { languageVersion = JavaLanguageVersion.of(25) } }\n"
		"application { mainClass = \"app.Hello\" }\n",
		"app/src/main/java/app/Hello.java",
		"package app;\n\npublic class Hello {\n"
		"    public static void main(String[] args) {\n"
		"        System.out.println(word.Word.WORD + \" \" + args[0]);\n    }\n}\n",
		"app/src/test/java/app/HelloTest.java",
		"no test is compiled\n",
		"word/src/main/java/word/Word.java",
		"package word;\n\npublic class Word {\n    public static final String WORD =\n"
		"        \"gradle \" + Runtime.version().feature();\n}\n",
		NULL
	};

	init_project_run("--java .", "hello-gradle", files, "gradle 25 you\n");
}

Test(init_projects, cmake_and_cxx, .timeout = 900)
{
	static const char *const files[] = {
		"app/CMakeLists.txt",
		"cmake_minimum_required(VERSION 3.20)\nproject(hello CXX)\n"
		"add_executable(hello-cxx main.cc)\ninstall(TARGETS hello-cxx)\n",
		"app/main.cc",
		"#include <iostream>\n\nint main(int, char **v) { std::cout << \"cxx \" << v[1] << \"\\n\"; }\n",
		NULL
	};

	init_project_run("--cxx app", "hello-cxx", files, "cxx you\n");
}

Test(init_projects, sources_of_c_alone, .timeout = 900)
{
	static const char *const files[] = {
		"hello-c/main.c",
		"#include <stdio.h>\n\nint main(int n, char **v) { return n < 2 || printf(\"c %s\\n\", v[1]) < 0; }\n",
		NULL
	};

	init_project_run("--c hello-c", "hello-c", files, "c you\n");
}
