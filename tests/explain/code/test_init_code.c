/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of projects, and what imgbuild init refuses of them before it asks any archive. That
 * the recipes build and run is tested with whole images (tests/e2e/test_init_projects.c). */

#include <criterion/criterion.h>
#include <unistd.h>

#include "explain/code/init_code.h"
#include "explain/code/project.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_own_project.h"

#define FILES 20

struct code_case {
	const char *name;
	bool (*read)(struct own_project *p, struct error *e);
	const char *files[FILES]; /* "NAME", text, ... */
	const char *says;	  /* the recipe and the source, or the error */
};

/* The two texts or the error. */
static const char *code_texts(struct arena *a, const struct code_case *c)
{
	return own_project_texts(a, c->read, c->files);
}

#define MODULE(name, needs)                                        \
	"<project><artifactId>" name "</artifactId><dependencies>" \
	"<dependency><artifactId>" needs "</artifactId></dependency></dependencies></project>"

#define CONFIG(words)                                                                \
	"\"config\": {\n\"entrypoint\": " words ",\n\"user\": \"65532:65532\"\n},\n" \
	"\"audit\": { \"policy\": \"strict\" }\n}\n"
#define CONFIG_IN_APP(words)                                                      \
	"\"config\": {\n\"entrypoint\": " words ",\n\"user\": \"65532:65532\",\n" \
	"\"workdir\": \"/app\"\n},\n\"audit\": { \"policy\": \"strict\" }\n}\n"
#define COMPONENT(name)                          \
	"\"components\": [\n{ \"name\": \"" name \
	"\", \"providers\": [{\"source\": \"sources/" name ".json\"}] }\n],\n"

static const struct code_case code_projects[] = {
	{ "a module of Go with its program below cmd",
	  project_read_go,
	  { "go.mod", "module example.test/team/tool/v2\n\ngo 1.22\n", "go.sum", "", "lib.go",
	    "package tool\n", "cmd/tool/main.go", "// x\npackage main\n" },
	  "{\n\"name\": \"tool\",\n\"base\": \"static\",\n" COMPONENT("tool") CONFIG(
		  "[\"/usr/bin/tool\"]") "{\n\"name\": \"tool\",\n"
					 "\"folder\": \"../../app\",\n\"toolchain\": \"go\",\n\"dependencies\": { \"lock\": "
					 "\"go.sum\" },\n\"steps\": [\n{ \"name\": \"build\", \"run\": [\"go\", \"build\", "
					 "\"-ldflags=-s -w\", \"-o\", \"${destdir}/usr/bin/tool\", \"./cmd/tool\"] }\n],\n"
					 "\"keep\": [\"/usr/bin/tool\"]\n}\n" },
	{ "a module of Go with vendored modules",
	  project_read_go,
	  { "go.mod", "module app\n\ngo 1.14\n", "vendor/modules.txt", "", "main.go",
	    "package main\n" },
	  "{\n\"name\": \"app\",\n\"base\": \"static\",\n" COMPONENT("app") CONFIG(
		  "[\"/usr/bin/app\"]") "{\n\"name\": \"app\",\n"
					"\"folder\": \"../../app\",\n\"ignore\": [\"!vendor/\"],\n\"toolchain\": \"go\",\n"
					"\"steps\": [\n{ \"name\": \"build\", \"run\": [\"go\", \"build\", \"-ldflags=-s -w\", "
					"\"-o\", \"${destdir}/usr/bin/app\", \".\"] }\n],\n\"keep\": [\"/usr/bin/app\"]\n}\n" },
	{ "a module of an old Go with vendored modules",
	  project_read_go,
	  { "go.mod", "module app\n\ngo 1.13\n", "vendor/modules.txt", "", "main.go",
	    "package main\n" },
	  "{\n\"name\": \"app\",\n\"base\": \"static\",\n" COMPONENT("app") CONFIG(
		  "[\"/usr/bin/app\"]") "{\n\"name\": \"app\",\n"
					"\"folder\": \"../../app\",\n\"ignore\": [\"!vendor/\"],\n\"toolchain\": \"go\",\n"
					"\"steps\": [\n{ \"name\": \"build\", \"run\": [\"go\", \"build\", \"-mod=vendor\", "
					"\"-ldflags=-s -w\", "
					"\"-o\", \"${destdir}/usr/bin/app\", \".\"] }\n],\n\"keep\": [\"/usr/bin/app\"]\n}\n" },
	{ "a workspace of Cargo with one program",
	  project_read_rust,
	  { "Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n", "Cargo.lock", "version = 4\n",
	    "crates/cli/Cargo.toml",
	    "[package]\nname = \"cli\"\nversion = \"0.3.0\"\n[[bin]]\nname = \"tool\"\n" },
	  "{\n\"name\": \"tool\",\n\"base\": \"base-nossl\",\n\"libraries\": [\"libgcc-s1\"],\n" COMPONENT(
		  "tool")
		  CONFIG("[\"/usr/bin/tool\"]") "{\n\"name\": \"tool\",\n"
						"\"folder\": \"../../app\",\n\"version\": \"0.3.0\",\n\"toolchain\": \"rust\",\n"
						"\"dependencies\": { \"lock\": \"Cargo.lock\" },\n\"steps\": [\n{ \"name\": \"build\", "
						"\"run\": [\"cargo\", \"auditable\", \"build\", \"--release\", \"--offline\", \"--locked\", "
						"\"--frozen\", \"--bin\", \"tool\", \"--package\", \"cli\"] },\n"
						"{ \"name\": \"install\", \"run\": [\"install\", "
						"\"-D\", \"${cargo-release}/tool\", \"${destdir}/usr/bin/tool\"] }\n],\n"
						"\"keep\": [\"/usr/bin/tool\"]\n}\n" },
	{ "a package of Node.js",
	  project_read_node,
	  { "package.json",
	    "{ \"name\": \"@team/web\", \"version\": \"1.0.0\", "
	    "\"scripts\": { \"start\": \"node ./lib/server.js\" } }",
	    "package-lock.json", "{}", "lib/server.js", "" },
	  "{\n\"name\": \"web\",\n\"base\": \"nodejs20\",\n" COMPONENT("web") CONFIG_IN_APP(
		  "[\"/usr/bin/node\", \"/app/lib/server.js\"]") "{\n\"name\": \"web\",\n"
								 "\"folder\": \"../../app\",\n\"version\": \"1.0.0\",\n\"toolchain\": \"node\",\n"
								 "\"dependencies\": { \"lock\": \"package-lock.json\" },\n\"steps\": [\n{ \"name\": "
								 "\"folder\", \"run\": [\"mkdir\", \"-p\", \"${destdir}/app\"] },\n"
								 "{ \"name\": \"install\", "
								 "\"run\": [\"cp\", \"-R\", \".\", \"${destdir}/app\"] }\n],\n\"keep\": [\"/app/**\"],\n"
								 "\"drop\": [\"/app/package-lock.json\"]\n}\n" },
	{ "a folder of Python",
	  project_read_python,
	  { "pyproject.toml", "[project]\nname = \"shop\"\nversion = \"2.0\"\n", "requirements.txt",
	    "idna\n", "requirements-prod.txt",
	    "idna==3.7 --hash=sha256:"
	    "0000000000000000000000000000000000000000000000000000000000000000\n",
	    "shop/__main__.py", "" },
	  "{\n\"name\": \"shop\",\n\"base\": \"python3\",\n" COMPONENT("shop") CONFIG_IN_APP(
		  "[\"/usr/bin/python3\", \"/app/shop\"]") "{\n\"name\": \"shop\",\n"
							   "\"folder\": \"../../app\",\n\"version\": \"2.0\",\n\"toolchain\": \"python\",\n"
							   "\"dependencies\": { \"lock\": \"requirements-prod.txt\" },\n\"steps\": [\n{ \"name\": "
							   "\"folder\", \"run\": [\"mkdir\", \"-p\", \"${destdir}/app\"] },\n"
							   "{ \"name\": \"install\", "
							   "\"run\": [\"cp\", \"-R\", \".\", \"${destdir}/app\"] }\n],\n\"keep\": [\"/app/**\", "
							   "\"/usr/local/**\"],\n\"drop\": [\"/app/requirements-prod.txt\"]\n}\n" },
	{ "a tree of Maven with a lock file",
	  project_read_java,
	  { "pom.xml",
	    "<project><parent><version>2.0</version></parent><artifactId>Shop</artifactId>\n"
	    "<properties><r>17</r><maven.compiler.release>${r}</maven.compiler.release>\n"
	    "<exec.mainClass>test.${project.artifactId}</exec.mainClass></properties>\n"
	    "<dependencies><dependency><groupId>a</groupId></dependency></dependencies>\n"
	    "</project>\n",
	    "lockfile.json", "{}", "src/main/java/test/Shop.java", "package test;\n",
	    "src/main/resources/x", "" },
	  "{\n\"name\": \"Shop\",\n\"base\": \"java21\",\n" COMPONENT("Shop") CONFIG(
		  "[\"/usr/bin/java\", \"-jar\", \"/app/app.jar\"]") "{\n\"name\": \"Shop\",\n"
								     "\"folder\": \"../../app\",\n\"version\": \"2.0\",\n\"toolchain\": \"java\",\n"
								     "\"dependencies\": { \"lock\": \"lockfile.json\" },\n\"steps\": [\n{ \"name\": "
								     "\"folder\", \"run\": [\"mkdir\", \"-p\", \"${destdir}/app/lib\"] },\n{ \"name\": "
								     "\"sources\", \"run\": [\"find\", \"src/main/java\", \"-name\", \"*.java\", "
								     "\"-fprintf\", \"/build/sources\", \"\\\"%p\\\"\\\\n\"] },\n{ \"name\": \"order\", "
								     "\"run\": [\"sort\", \"-o\", \"/build/sources\", \"/build/sources\"] },\n{ \"name\": "
								     "\"compile\", \"run\": [\"javac\", \"-d\", \"/build/classes\", \"--release\", \"17\", "
								     "\"@/build/sources\"] },\n{ \"name\": \"resources\", \"run\": [\"cp\", \"-R\", "
								     "\"src/main/resources/.\", \"/build/classes\"] },\n{ \"name\": \"jar\", \"run\": "
								     "[\"jar\", \"--create\", \"--file=${destdir}/app/app.jar\", "
								     "\"--date=1980-01-01T00:00:02Z\", \"--manifest=/build/manifest\", "
								     "\"--main-class=test.Shop\", \"-C\", \"/build/classes\", \".\"] }\n],\n"
								     "\"keep\": [\"/app/**\"]\n}\n" },
	{ "a tree of modules",
	  project_read_java,
	  { "pom.xml",
	    "<project><packaging>pom</packaging><properties><java.version>17</java.version>"
	    "</properties><modules><module>app</module><module>libs</module></modules></project>",
	    "app/pom.xml", MODULE("shop", "core"), "libs/pom.xml",
	    "<project><modules><module>core</module><module>more</module></modules></project>",
	    "libs/core/pom.xml", MODULE("core", "guava"), "libs/more/pom.xml", "<project/>",
	    "jars.sha256", "", "app/src/main/java/Shop.java", "public static void main(",
	    "libs/core/src/main/java/Core.java", "public static void main(",
	    "libs/core/src/main/resources/x", "" },
	  "{\n\"name\": \"shop\",\n\"base\": \"java21\",\n" COMPONENT("shop") CONFIG(
		  "[\"/usr/bin/java\", \"-jar\", \"/app/app.jar\"]") "{\n\"name\": \"shop\",\n"
								     "\"folder\": \"../../app\",\n\"toolchain\": \"java\",\n"
								     "\"dependencies\": { \"lock\": \"jars.sha256\" },\n\"steps\": [\n{ \"name\": "
								     "\"folder\", \"run\": [\"mkdir\", \"-p\", \"${destdir}/app/lib\"] },\n{ \"name\": "
								     "\"sources\", \"run\": [\"find\", \"libs/core/src/main/java\", "
								     "\"app/src/main/java\", \"-name\", \"*.java\", \"-fprintf\", \"/build/sources\", "
								     "\"\\\"%p\\\"\\\\n\"] },\n{ \"name\": \"order\", \"run\": [\"sort\", \"-o\", "
								     "\"/build/sources\", \"/build/sources\"] },\n{ \"name\": \"compile\", \"run\": "
								     "[\"javac\", \"-d\", \"/build/classes\", \"--release\", \"17\", "
								     "\"@/build/sources\"] },\n{ \"name\": \"resources\", \"run\": [\"cp\", \"-R\", "
								     "\"libs/core/src/main/resources/.\", \"/build/classes\"] },\n{ \"name\": \"jar\", "
								     "\"run\": [\"jar\", \"--create\", \"--file=${destdir}/app/app.jar\", "
								     "\"--date=1980-01-01T00:00:02Z\", \"--manifest=/build/manifest\", "
								     "\"--main-class=Shop\", \"-C\", \"/build/classes\", \".\"] }\n],\n"
								     "\"keep\": [\"/app/**\"]\n}\n" },
	{ "sources of Java and jars",
	  project_read_java,
	  { "lib/b.jar", "", "lib/a.jar", "", "Main.java",
	    "class Main {\n  public static void main(String[] x) { }\n}\n", "test/T.java",
	    "public static void main(String[] x)" },
	  "{\n\"name\": \"folder\",\n\"base\": \"java21\",\n" COMPONENT("folder") CONFIG(
		  "[\"/usr/bin/java\", \"-cp\", \"/app/app.jar:/app/lib/a.jar:/app/lib/b.jar\", "
		  "\"Main\"]") "{\n\"name\": \"folder\",\n\"folder\": \"../../app\",\n\"ignore\": [\"/test/\"],\n"
			       "\"toolchain\": \"java\",\n\"steps\": [\n{ \"name\": \"folder\", \"run\": "
			       "[\"mkdir\", \"-p\", \"${destdir}/app/lib\"] },\n{ \"name\": \"sources\", \"run\": "
			       "[\"find\", \".\", \"-name\", \"*.java\", \"-fprintf\", \"/build/sources\", "
			       "\"\\\"%p\\\"\\\\n\"] },\n{ \"name\": \"order\", \"run\": [\"sort\", \"-o\", "
			       "\"/build/sources\", \"/build/sources\"] },\n{ \"name\": \"compile\", \"run\": "
			       "[\"javac\", \"-d\", \"/build/classes\", \"-classpath\", \"lib/a.jar:lib/b.jar\", "
			       "\"@/build/sources\"] },\n{ \"name\": \"jar\", \"run\": [\"jar\", \"--create\", "
			       "\"--file=${destdir}/app/app.jar\", \"--date=1980-01-01T00:00:02Z\", "
			       "\"--main-class=Main\", \"-C\", \"/build/classes\", \".\"] },\n{ \"name\": \"jars\", "
			       "\"run\": [\"cp\", \"lib/a.jar\", \"lib/b.jar\", \"${destdir}/app/lib\"] }\n],\n"
			       "\"keep\": [\"/app/**\"]\n}\n" },
	{ "sources of C alone",
	  project_read_c,
	  { "main.c", "int main(void) { return 0; }\n" },
	  "{\n\"name\": \"folder\",\n\"base\": \"base-nossl\",\n\"programs\": [\n{ \"source\": "
	  "\"../app\", \"toolchain\": \"cxx\", \"to\": \"/usr/bin/folder\" }\n],\n" CONFIG(
		  "[\"/usr/bin/folder\"]") },
	{ "sources of C++ alone",
	  project_read_cxx,
	  { "main.cc", "int main() { }\n" },
	  "{\n\"name\": \"folder\",\n\"base\": \"base-nossl\",\n"
	  "\"libraries\": [\"libgcc-s1\", \"libstdc++6\"],\n\"programs\": [\n{ \"source\": "
	  "\"../app\", \"toolchain\": \"cxx\", \"to\": \"/usr/bin/folder\", \"language\": \"c++\" }\n"
	  "],\n" CONFIG("[\"/usr/bin/folder\"]") },
};

Test(init_code, projects_become_recipes)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_projects); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = code_texts(&a, &code_projects[i]);

		cr_expect(strcmp(text, code_projects[i].says) == 0, "%s: %s", code_projects[i].name,
			  text);
	}
}

/* Build systems: the steps, and what is kept of them. */
static const struct code_case code_build_systems[] = {
	{ "CMake that installs",
	  project_read_cxx,
	  { "CMakeLists.txt",
	    "project(shop CXX)\nadd_executable(${PROJECT_NAME} a.cc)\ninstall(TARGETS shop)\n" },
	  "\"cmake\", \"--install\", \"build\", \"--strip\"] }\n],\n\"keep\": [\"/usr/bin/shop\"" },
	{ "CMake that does not",
	  project_read_cxx,
	  { "CMakeLists.txt", "project(x)\n  add_executable(shop a.cc)\n" },
	  "\"install\", \"-D\", \"-s\", \"build/shop\", \"${destdir}/usr/bin/shop\"]" },
	{ "Meson",
	  project_read_cxx,
	  { "meson.build", "project('x', 'cpp')\nx = executable('shop', 'a.cc', install: true)\n" },
	  "\"meson\", \"install\", \"-C\", \"build\", \"--no-rebuild\", \"--strip\"] }\n],\n"
	  "\"keep\": [\"/usr/bin/shop\"" },
	{ "a Makefile",
	  project_read_c,
	  { "Makefile", "PROGRAM = shop\n\nshop: main.o\n\ninstall: shop\n" },
	  "\"make\", \"install\", \"DESTDIR=${destdir}\", \"PREFIX=/usr\", \"prefix=/usr\"] }\n],\n"
	  "\"keep\": [\"/usr/bin/shop\"]" },
	{ "a Makefile without install",
	  project_read_c,
	  { "Makefile", "all:\n\tcc -o folder main.c\n" },
	  "\"install\", \"-D\", \"-s\", \"folder\", \"${destdir}/usr/bin/folder\"]" },
};

Test(init_code, build_systems_are_known_by_their_files)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_build_systems); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = code_texts(&a, &code_build_systems[i]);

		cr_expect(strstr(text, code_build_systems[i].says), "%s: %s",
			  code_build_systems[i].name, text);
	}
}

static const struct code_case code_failures[] = {
	{ "no module",
	  project_read_go,
	  { "main.go", "package main\n" },
	  "app/go.mod is not there: --go names the folder of a Go module; go mod init makes one" },
	{ "a module without a name",
	  project_read_go,
	  { "go.mod", "go 1.22\n" },
	  "app/go.mod names no module" },
	{ "a library",
	  project_read_go,
	  { "go.mod", "module x\n", "x.go", "package x\n" },
	  "app has no program: no file of package main is in it" },
	{ "no Cargo.toml",
	  project_read_rust,
	  { "main.rs", "" },
	  "app/Cargo.toml is not there: --rust names the folder of a Cargo package or workspace" },
	{ "a crate without program",
	  project_read_rust,
	  { "Cargo.toml", "[package]\nname = \"x\"\n", "src/lib.rs", "" },
	  "app has no program: no package of it has src/main.rs, a file in src/bin or [[bin]]" },
	{ "no Cargo.lock",
	  project_read_rust,
	  { "Cargo.toml", "[package]\nname = \"x\"\n", "src/main.rs", "" },
	  "app/Cargo.lock is not there: cargo generate-lockfile makes it" },
	{ "no package.json",
	  project_read_node,
	  { "main.js", "" },
	  "app/package.json is not there: --node names the folder of a package" },
	{ "no package-lock.json",
	  project_read_node,
	  { "package.json", "{ \"dependencies\": { \"a\": \"1\" } }" },
	  "app/package-lock.json is not there: npm install --package-lock-only writes it" },
	{ "a main outside",
	  project_read_node,
	  { "package.json", "{ \"main\": \"../x.js\" }", "package-lock.json", "{}" },
	  "app/package.json: ../x.js, which starts (\"main\"), is not a file of the folder" },
	{ "requirements without hashes",
	  project_read_python,
	  { "requirements.txt", "-e .\n" },
	  "app/requirements.txt has no hashes: pip-compile --generate-hashes" },
	{ "nothing of Python that starts",
	  project_read_python,
	  { "x.py", "", "y.py", "" },
	  "app has nothing that starts: no main.py, app.py, server.py or __main__.py" },
	{ "modules of which none has a program",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>a</module><module>b</module></modules></project>",
	    "a/pom.xml", "<project/>", "b/pom.xml", "<project/>", "b/src/main/java/x/B.java",
	    "package x;\n" },
	  "app/pom.xml has something that starts, a class with \"public static void "
	  "main(\": a, b" },
	{ "a module that is not there",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>a</module></modules></project>" },
	  "app/a/pom.xml is not there, and the tree names the module a" },
	{ "a module elsewhere",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>../a</module></modules></project>" },
	  "app/pom.xml: the module ../a does not stand below the project, or too deep" },
	{ "modules that need each other",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>a</module><module>b</module></modules></project>",
	    "a/pom.xml", MODULE("a", "b"), "b/pom.xml", MODULE("b", "a"), "a/src/main/java/A.java",
	    "public static void main(" },
	  "app/pom.xml: the module a needs itself, by others" },
	{ "a war that the program needs",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>a</module><module>b</module></modules></project>",
	    "a/pom.xml", MODULE("a", "b"), "b/pom.xml",
	    "<project><packaging>war</packaging><artifactId>b</artifactId></project>",
	    "a/src/main/java/A.java", "public static void main(" },
	  "the packaging is \"war\": a module that the program needs has to be a jar" },
	{ "modules of Java's own",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>a</module></modules></project>", "a/pom.xml",
	    "<project/>", "a/src/main/java/module-info.java", "", "a/src/main/java/A.java",
	    "public static void main(" },
	  "app/a/src/main/java/module-info.java: modules of Java's own are not compiled together; "
	  "write a source" },
	{ "modules with dependencies and without a list of sums",
	  project_read_java,
	  { "pom.xml", "<project><modules><module>a</module></modules></project>", "a/pom.xml",
	    MODULE("a", "guava"), "a/src/main/java/A.java", "public static void main(" },
	  "app/jars.sha256 is not there, and modules have dependencies: it is a list "
	  "of the sums of their jars" },
	{ "a module that needs another one",
	  project_read_java,
	  { "pom.xml",
	    "<project><parent><artifactId>tree</artifactId></parent>\n<artifactId>app</artifactId>"
	    "<dependencies><dependency><artifactId>tests</artifactId><scope>test</scope>"
	    "</dependency>\n<dependency><groupId>x</groupId><artifactId>core</artifactId>"
	    "</dependency></dependencies></project>",
	    "../pom.xml",
	    "<project><modules><module>app</module><module>tests</module><module>c</module>"
	    "</modules></project>",
	    "../tests/pom.xml", "<project><artifactId>tests</artifactId></project>", "../c/pom.xml",
	    "<project><artifactId>core</artifactId></project>" },
	  "the dependency core is the module ../c of the same tree: --java names the folder of the "
	  "tree, so that both are compiled" },
	{ "a war",
	  project_read_java,
	  { "pom.xml", "<project><packaging>war</packaging></project>" },
	  "app/pom.xml: the packaging is \"war\", of which nothing can be started" },
	{ "another document",
	  project_read_java,
	  { "pom.xml", "<settings/>" },
	  "app/pom.xml is not a project of Maven" },
	{ "dependencies without a lock",
	  project_read_java,
	  { "pom.xml",
	    "<project><dependencies><dependency><artifactId>a</artifactId><scope>test</scope>"
	    "</dependency><dependency><artifactId>b</artifactId></dependency></dependencies>"
	    "</project>" },
	  "app/lockfile.json is not there, and " },
	{ "no source of Java",
	  project_read_java,
	  { "README", "" },
	  "app has no source of Java (*.java)" },
	{ "no source of Java, but of Kotlin",
	  project_read_java,
	  { "src/main/kotlin/Main.kt", "fun main() {}\n" },
	  "app/src/main/kotlin/Main.kt is Kotlin, and only Java is compiled here: have the project's "
	  "own build make the jar, and name that in \"files\" of a recipe on the base java21" },
	{ "no main",
	  project_read_java,
	  { "A.java", "class A {\n// public static void main(\n}\n" },
	  "app has nothing that starts: no class with \"public static void main(\"" },
	{ "no sources",
	  project_read_c,
	  { "README", "" },
	  "app has no CMakeLists.txt, meson.build, configure.ac or Makefile, and no source file (.c)" },
	{ "CMake without a program",
	  project_read_cxx,
	  { "CMakeLists.txt", "project(x)\n" },
	  "app/CMakeLists.txt and those that it names by add_subdirectory() have no program" },
	{ "Meson without a program",
	  project_read_cxx,
	  { "meson.build", "project('x')\n" },
	  "app/meson.build and those that it names by subdir() have no program" },
};

Test(init_code, what_is_no_project_is_told)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_failures); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = code_texts(&a, &code_failures[i]);

		cr_expect(strncmp(text, code_failures[i].says, strlen(code_failures[i].says)) == 0,
			  "%s: %s", code_failures[i].name, text);
	}
}

/* What is left to decide, first. */
static const struct {
	bool (*read)(struct own_project *p, struct error *e);
	const char *files[FILES], *says;
} code_left[] = {
	{ project_read_go,
	  { "go.mod", "module x\n", "cmd/a/a.go", "package main\n", "cmd/x/x.go",
	    "package main\n" },
	  "app/cmd/a is a program, too: the recipe has " },
	{ project_read_go,
	  { "go.mod", "module x\n", "x.go", "package main\nimport \"C\"\n" },
	  "app/x.go has C in it (import \"C\"): if it asks for a library, add the Debian" },
	{ project_read_rust,
	  { "Cargo.toml", "[workspace]\nmembers = [\"a\"]\n[package]\nname = \"x\"\n",
	    "src/main.rs", "", "Cargo.lock", "", "a/Cargo.toml",
	    "[package]\nname = \"a\"\n[[bin]]\nname = \"tool\"\n" },
	  "app/a has the program tool, too: the recipe has x" },
	{ project_read_node,
	  { "package.json", "{ \"scripts\": { \"start\": \"next start\", \"build\": \"tsc\" } }",
	    "package-lock.json", "{}" },
	  "app/package.json: \"start\" is \"next start\", which is not node and a file" },
	{ project_read_java,
	  { "pom.xml",
	    "<project><build><plugins>\n<plugin><artifactId>protobuf-maven-plugin</artifactId>"
	    "</plugin></plugins></build></project>",
	    "A.java", "public static void main(" },
	  "app/pom.xml:2: the plugin protobuf-maven-plugin is not run" },
	{ project_read_java,
	  { "b/B.java", "package b;\nstatic public void main(", "a/A.java",
	    "package a;\npublic static void main(" },
	  "b.B has a main method, too: the recipe starts a.A" },
	{ project_read_java,
	  { "Bench.java", "public static void main(", "ServerTest.java", "public static void main(",
	    "Server.java", "public static void main(" },
	  "Bench has a main method, too: the recipe starts Server" },
	{ project_read_java,
	  { "A.java", "public static void main(", "Main.java", "public static void main(" },
	  "A has a main method, too: the recipe starts Main" },
	{ project_read_java,
	  { "src/main/java/A.java", "public static void main(", "src/main/kotlin/B.kt", "" },
	  "app/src/main/kotlin is not compiled, for only Java is" },
	{ project_read_java,
	  { "pom.xml", "<project><modules><module>a</module><module>b</module></modules></project>",
	    "a/pom.xml", "<project/>", "b/pom.xml", "<project/>", "a/src/main/java/A.java",
	    "public static void main(", "b/src/main/java/B.java", "public static void main(" },
	  "the module b has a main method (B), too: the recipe starts that of a" },
	{ project_read_java,
	  { "pom.xml", "<project><modules><module>a</module><module>b</module></modules></project>",
	    "a/pom.xml", MODULE("a", "b"), "b/pom.xml",
	    "<project><artifactId>b</artifactId></project>", "a/src/main/java/A.java",
	    "public static void main(", "a/src/main/resources/META-INF/services/x", "",
	    "b/src/main/resources/META-INF/services/x", "" },
	  "META-INF/services/x is in more than one module: that of a is in the jar" },
	{ project_read_cxx,
	  { "CMakeLists.txt",
	    "project(x)\nadd_executable(x a.cc)\nfind_package(SQLite3 REQUIRED)\n" },
	  "app/CMakeLists.txt:3 asks for SQLite3: add the Debian package with its headers "
	  "(mostly lib...-dev) to \"build-depends\"" },
	{ project_read_cxx,
	  { "meson.build", "project('x')\nexecutable('x', dependencies: dependency('zlib'))\n" },
	  "app/meson.build:2 asks for zlib: add the Debian package with its headers (mostly "
	  "lib...-dev) to \"build-depends\"" },
};

Test(init_code, what_nobody_can_tell_is_left_open)
{
	for (size_t i = 0; i < ARRAY_SIZE(code_left); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, code_left[i].read, code_left[i].files);

		cr_expect(strstr(left, code_left[i].says), "%zu: %s", i, left);
	}
}

/* Whoever names the wrong language is told the right one; where the file of the language itself is
 * there, something else is wrong. */
Test(init_code, another_language_is_told)
{
	static const struct {
		const char *option, *files[3], *says;
	} cases[] = {
		{ "--go",
		  { "package.json" },
		  "app/package.json is there: imgbuild init --node app " },
		{ "--java", { "setup.py" }, "app/setup.py is there: imgbuild init --python app " },
		{ "--python",
		  { "Cargo.toml" },
		  "app/Cargo.toml is there: imgbuild init --rust app " },
		{ "--node", { "x" }, NULL },
		{ "--go",
		  { "services/web/go.mod" },
		  "app/services/web has such a project: imgbuild init --go app/services/web" },
		{ "--node",
		  { "vendor/x/package.json", "front/package.json" },
		  "app/front has such a project: imgbuild init --node app/front" },
		{ "--c",
		  { "src/Makefile" },
		  "app/src has such a project: imgbuild init --c app/src" },
		{ "--c", { "CMakeLists.txt", "go.mod" }, NULL },
	};
	AUTO_ARENA a = { 0 };
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *dir = files_temporary(&a);
		struct oracle_run r;

		for (const char *const *f = cases[i].files; *f; f++)
			files_put(arena_printf(&a, "%s/app/%s", dir, *f), "");
		r = oracle_run(&a, (const char *const[]){
					   "sh", "-c",
					   arena_printf(&a, "cd %s && %s/imgbuild init %s app", dir,
							here, cases[i].option),
					   NULL });
		cr_expect_eq(r.status, 3, "%s", cases[i].option);
		cr_expect(cases[i].says ? strstr(r.err.p, cases[i].says) != NULL
					: !strstr(r.err.p, "is for such a project"),
			  "%s: %s", cases[i].option, r.err.p);
		files_remove(dir);
	}
}

/* A lock file that git leaves out is told before anything is written. */
Test(init_code, a_lock_file_that_git_leaves_out_is_refused)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	files_put(arena_printf(&a, "%s/app/Cargo.toml", dir), "[package]\nname = \"x\"\n");
	files_put(arena_printf(&a, "%s/app/Cargo.lock", dir), "version = 4\n");
	files_put(arena_printf(&a, "%s/app/src/main.rs", dir), "");
	files_put(arena_printf(&a, "%s/app/.gitignore", dir), "/target\nCargo.lock\n");
	r = oracle_run(&a,
		       (const char *const[]){
			       "sh", "-c",
			       arena_printf(&a, "cd %s && %s/imgbuild init --rust app", dir, here),
			       NULL });
	cr_expect_eq(r.status, 3);
	cr_expect(strstr(r.err.p,
			 "app/Cargo.lock is left out by app/.gitignore:2, as git leaves it "
			 "out: take that line away, for the lock file belongs into the "
			 "repository"),
		  "%s", r.err.p);
	cr_expect_neq(access(arena_printf(&a, "%s/recipes", dir), F_OK), 0);
	files_remove(dir);
}

/* As a user sees it. */
Test(init_code, words_and_folders_are_checked_before_any_work)
{
	static const struct {
		const char *words, *file, *says;
		int status;
	} cases[] = {
		{ "--go app jq", "app/go.mod", "init: one of a project, --program or packages", 2 },
		{ "--go app --rust app", "app/go.mod", "init: one of a project", 2 },
		{ "--probe --go app", "app/go.mod", "init: --probe is for packages with a service",
		  2 },
		{ "--go none", NULL, "none is not a folder: --go names that of the project", 3 },
		{ "--go /usr", NULL, "/usr is outside of this folder: run imgbuild init in", 3 },
		{ "--java app", "app/pom.xml", "app/pom.xml:1:1: malformed XML: syntax error", 3 },
		{ "--node app", "app/index.js", "app/package.json is not there", 3 },
		{ "--c app --name x", "recipes/x.json", "app is not a folder", 3 },
		{ "--c . --name x", "recipes/x.json", ". has no CMakeLists.txt", 3 },
	};
	AUTO_ARENA a = { 0 };
	char here[4096];

	cr_assert(getcwd(here, sizeof(here)));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *dir = files_temporary(&a), *before;
		const char *list = arena_printf(&a, "cd %s && find . | sort", dir);
		struct oracle_run r;

		if (cases[i].file)
			files_put(arena_printf(&a, "%s/%s", dir, cases[i].file), "mine\n");
		before = str_dup(&a, ORACLE(&a, "sh", "-c", list));
		r = oracle_run(&a,
			       (const char *const[]){
				       "sh", "-c",
				       arena_printf(&a,
						    "cd %s && %s/imgbuild --progress=quiet "
						    "--cache-dir %s/../init-store-of-tests init %s",
						    dir, here, dir, cases[i].words),
				       NULL });
		cr_expect_eq(r.status, cases[i].status, "%s: %s", cases[i].words, r.err.p);
		cr_expect(strstr(r.err.p, cases[i].says), "%s: %s", cases[i].words, r.err.p);
		cr_expect_str_eq(str_dup(&a, ORACLE(&a, "sh", "-c", list)), before, "%s",
				 cases[i].words);
		files_remove(dir);
	}
}
