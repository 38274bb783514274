/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild init for code of one's own, as a user types it: a folder with a project, one command, a
 * container that answers. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "e2e/fixture_podman.h"
#include "e2e/fixture_project.h"
#include "support/fixture_files.h"

/* A text; "@zip NAME=TEXT" is an archive with that file. */
static void init_put_file(struct arena *a, const char *path, const char *text)
{
	static const char script[] = "import sys, zipfile\n"
				     "name, text = sys.argv[2].split('=')\n"
				     "zipfile.ZipFile(sys.argv[1], 'w').writestr(name, text)\n";

	files_put(path, text);
	if (strncmp(text, "@zip ", 5) == 0)
		ORACLE(a, "python3", "-c", script, path, text + 5);
}

/* Writes a project's files, runs "imgbuild init WORDS" beside them and the image; what it says. */
static void init_project(const char *words, const char *name, const char *const *files,
			 const char *says)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	struct podman podman;
	char here[4096];

	project_needs_time();
	cr_assert(getcwd(here, sizeof(here)));
	for (; *files; files += 2)
		init_put_file(&a, arena_printf(&a, "%s/%s", dir, files[0]), files[1]);
	r = oracle_run(&a,
		       (const char *const[]){
			       "sh", "-c",
			       arena_printf(&a,
					    "cd %s && %s/imgbuild --progress=quiet init %s && "
					    "%s/imgbuild --progress=quiet --locked recipes/%s.json "
					    "--archive %s/image.tar",
					    dir, here, words, here, name, dir),
			       NULL });
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, arena_printf(&a, "out/%s: passes strict", name)), "%s", r.out.p);
	podman_open(&podman, &a);
	PODMAN_MUST(&podman, "load", "--input", arena_printf(&a, "%s/image.tar", dir));
	cr_expect_str_eq(PODMAN_MUST(&podman, "run", "--rm", "--network=none",
				     arena_printf(&a, "localhost/%s:latest", name), "you")
				 .p,
			 says);
	podman_close(&podman);
	files_remove(dir);
}

Test(init_projects, a_module_of_go, .timeout = 900)
{
	static const char *const files[] = { "go.mod", "module example.test/hello-go\n\ngo 1.22\n",
					     "main.go",
					     "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\n"
					     "func main() { fmt.Println(\"go\", os.Args[1]) }\n",
					     NULL };

	init_project("--go .", "hello-go", files, "go you\n");
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

	init_project("--rust app", "hello-rust", files, "rust you\n");
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

	init_project("--node app", "hello-node", files, "node you\n");
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

	init_project("--java hello-java", "hello-java", files, "java you\n");
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

	init_project("--java .", "hello-maven", files, "maven you\n");
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

	init_project("--java shop", "hello-modules", files, "YOU of app\n");
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

	init_project("--cxx app", "hello-cxx", files, "cxx you\n");
}

Test(init_projects, sources_of_c_alone, .timeout = 900)
{
	static const char *const files[] = {
		"hello-c/main.c",
		"#include <stdio.h>\n\nint main(int n, char **v) { return n < 2 || printf(\"c %s\\n\", v[1]) < 0; }\n",
		NULL
	};

	init_project("--c hello-c", "hello-c", files, "c you\n");
}
