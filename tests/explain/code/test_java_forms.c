/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of Java as people have them: which class starts, and which files are in the jar. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_own_project.h"

#define FILES 14
#define MAIN "public static void main(String[] x) { }\n"

static const struct {
	const char *name, *files[FILES], *says;
} forms[] = {
	{ "a blank before the bracket",
	  { "A.java", "class A {\npublic static final void  main (final String... x) { }\n}\n" },
	  "--main-class=A\"" },
	{ "words in lines of their own",
	  { "A.java", "class A {\npublic static void main(\n  String[] x) { }\n}\n" },
	  "--main-class=A\"" },
	{ "another method",
	  { "A.java",
	    "class A {\nstatic void mainly(String[] x) { }\nstatic void avoid() { main(); }\n}\n" },
	  "app has nothing that starts: no class with \"public static void main(\"" },
	{ "the class that Gradle starts",
	  { "build.gradle.kts", "application {\n  mainClass.set(\"a.Z\")\n}\n",
	    "src/main/java/a/B.java", "package a;\n" MAIN, "src/main/java/a/Z.java",
	    "package a;\n" MAIN },
	  "--main-class=a.Z\"" },
	{ "a module and jars",
	  { "src/module-info.java", "module m {\n}\n", "src/a/A.java", "package a;\n" MAIN,
	    "lib/x.jar", "", "lib/y.jar", "" },
	  "\"--module-path\", \"lib/x.jar:lib/y.jar\", \"@/build/sources\"]" },
	{ "files beside the sources",
	  { "src/a/A.java", "package a;\n" MAIN, "src/META-INF/services/a.W", "a.A\n" },
	  "{ \"name\": \"resources\", \"run\": [\"cp\", \"-R\", \"src/.\", \"/build/classes\"] },\n"
	  "{ \"name\": \"sources-out\", \"run\": [\"find\", \"/build/classes\", \"-name\", \"*.java\", "
	  "\"-delete\"] },\n{ \"name\": \"jar\"" },
	{ "sources alone",
	  { "src/a/A.java", "package a;\n" MAIN },
	  "\"@/build/sources\"] },\n{ \"name\": \"jar\"" },
	{ "the class that a manifest names",
	  { "src/a/A.java", "package a;\n" MAIN, "src/a/B.java", "package a;\n" MAIN,
	    "src/META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nMain-Class: a.B\r\n" },
	  "--main-class=a.B\"" },
	{ "the class that Ant names",
	  { "src/a/A.java", "package a;\n" MAIN, "src/a/B.java", "package a;\n" MAIN, "build.xml",
	    "<project>\n<target name=\"jar\"><jar destfile=\"x.jar\"><manifest>\n"
	    "<attribute name=\"Main-Class\"  value='a.B'/></manifest></jar></target></project>\n" },
	  "--main-class=a.B\"" },
	{ "a class of Ant that only a property has",
	  { "src/a/A.java", "package a;\n" MAIN, "build.xml",
	    "<attribute name=\"Main-Class\" value=\"${main}\"/>\n" },
	  "--main-class=a.A\"" },
	{ "a Java that no compiler is for any more",
	  { "pom.xml",
	    "<project><artifactId>x</artifactId><properties><java.version>1.5</java.version>"
	    "</properties></project>",
	    "src/main/java/A.java", MAIN },
	  "\"--release\", \"8\"" },
	{ "examples",
	  { "A.java", "class A {\n" MAIN "}\n", "examples/B.java", MAIN, "examples/lib/C.java",
	    MAIN },
	  "\"ignore\": [\"/examples/\"]" },
	{ "Java 25",
	  { "pom.xml",
	    "<project><artifactId>x</artifactId><properties><java.version>25</java.version>"
	    "</properties></project>",
	    "src/main/java/A.java", MAIN },
	  "\"base\": \"java25\"," },
	{ "folders of resources",
	  { "A.java", MAIN, "resources/x", "", "META-INF/services/W", "A\n", "README", "" },
	  "[\"cp\", \"-R\", \"resources/.\", \"/build/classes\"] },\n{ \"name\": \"resources\", "
	  "\"run\": [\"cp\", \"-R\", \"META-INF\", \"/build/classes\"] },\n{ \"name\": \"jar\"" },
	{ "a folder of resources that git does not have",
	  { "src/main/java/A.java", MAIN, "src/main/resources/made/x", "", ".gitignore",
	    "made/\n" },
	  "\"@/build/sources\"] },\n{ \"name\": \"jar\"" },
};

Test(java_forms, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_java, forms[i].files);

		cr_expect(strstr(text, forms[i].says), "%s: %s", forms[i].name, text);
	}
}

Test(java_forms, what_only_modules_know_is_left_to_decide)
{
	static const char *const files[] = { "src/module-info.java",
					     "module m {\n    provides a.W with a.A;\n}\n",
					     "src/a/A.java", "package a;\n" MAIN, NULL };
	AUTO_ARENA a = { 0 };
	const char *left = own_project_left(&a, project_read_java, files);

	cr_expect(strstr(left, "app/src/module-info.java:2: what a module provides is found on the "
			       "module path alone: make \"entrypoint\" ["),
		  "%s", left);
	cr_expect(strstr(left, "\"--module\", \"MODULE/a.A\"]"), "%s", left);
}

/* Nor does find, by which the sources are listed. */
Test(java_forms, links_to_folders_are_passed_by)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct init_draft d = { .a = &a, .name = "folder" };
	struct own_project p = { .a = &a, .d = &d, .folder = dir };
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/src/main/java/A.java", dir), MAIN);
	files_put(arena_printf(&a, "%s/src/main/resources/a/x", dir), "");
	cr_assert_eq(symlink(".", arena_printf(&a, "%s/src/main/java/one", dir)), 0);
	cr_assert_eq(symlink(".", arena_printf(&a, "%s/src/main/java/two", dir)), 0);
	cr_assert(project_read_java(&p, &e), "%s", e.cause);
	cr_expect_eq(d.open.n, 0, "%s", strings_join(&a, &d.open, "\n"));
	files_remove(dir);
}
