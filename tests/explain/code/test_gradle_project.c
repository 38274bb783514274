/* SPDX-License-Identifier: Apache-2.0 */
/* Builds of Gradle as people have them: `gradle init` writes one project below the folder, with
 * tests; others have several. What is compiled is what Gradle's class path of the program has. */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define FILES 20
#define MAIN "public static void main(String[] x) { }\n"
#define SOURCES(project) "\"find\", " project ", \"-name\", \"*.java\""

static const struct {
	const char *name, *files[FILES], *says;
} builds[] = {
	{ "what gradle init writes",
	  { "settings.gradle.kts",
	    "plugins {\n  id(\"x\") version \"1\"\n}\nrootProject.name = \"shop\"\n"
	    "include(\"app\")\n",
	    "app/build.gradle.kts",
	    "plugins { application }\napplication {\n  mainClass = \"a.App\"\n}\n",
	    "app/src/main/java/a/App.java", "package a;\n" MAIN, "app/src/test/java/a/T.java",
	    "import org.junit.jupiter.api.Test;\n" },
	  SOURCES("\"app/src/main/java\"") },
	{ "its name and version",
	  { "settings.gradle", "rootProject.name = 'shop'\ninclude 'app'\n", "app/build.gradle",
	    "version = '1.4.0'\nmainClassName = 'a.App'\n", "app/src/main/java/a/App.java", MAIN },
	  "\"version\": \"1.4.0\",\n\"toolchain\": \"java\"," },
	{ "projects that it needs, in the order of their needs",
	  { "settings.gradle", "include ':app', 'text',\n  ':libs:core'\nincludeBuild 'other'\n",
	    "app/build.gradle",
	    "dependencies {\n  implementation project(':libs:core')\n"
	    "  testImplementation project(':text')\n}\n",
	    "app/src/main/java/A.java", MAIN, "libs/core/build.gradle",
	    "dependencies { \n api(projects.base) \n}\n", "libs/core/src/main/java/C.java", "",
	    "text/src/main/java/T.java", "" },
	  SOURCES("\"libs/core/src/main/java\", \"app/src/main/java\"") },
	{ "projects whose folders have other names",
	  { "settings.gradle",
	    "include 'app', ':core', 'x:y'\nproject(':core').projectDir = file('libs/core-1')\n"
	    "project(\":x:y\").projectDir = new File(settingsDir, \"parts/y\")\n"
	    "// project(':app').projectDir = file('no')\n",
	    "app/build.gradle",
	    "dependencies {\n  implementation project(':core')\n  api(project(\":x:y\"))\n}\n",
	    "app/src/main/java/A.java", MAIN, "libs/core-1/src/main/java/C.java", "",
	    "parts/y/src/main/java/Y.java", "" },
	  SOURCES("\"libs/core-1/src/main/java\", \"parts/y/src/main/java\", "
		  "\"app/src/main/java\"") },
	{ "resources of each",
	  { "settings.gradle", "include 'app', 'core'\n", "app/build.gradle",
	    "dependencies {\n  implementation(project(path: ':core'))\n}\n",
	    "app/src/main/java/A.java", MAIN, "core/src/main/java/C.java", "",
	    "core/src/main/resources/c", "", "app/src/main/resources/a", "" },
	  "\"core/src/main/resources/.\", \"/build/classes\"] },\n{ \"name\": \"resources\", \"run\": "
	  "[\"cp\", \"-R\", \"app/src/main/resources/.\"" },
	{ "a project that names its main class before one that has a main method",
	  { "settings.gradle", "include 'a', 'b'\n", "a/src/main/java/A.java", MAIN,
	    "b/src/main/java/B.java", MAIN, "b/build.gradle",
	    "application {\n  // mainClass = 'No'\n  mainClass.set('B')\n}\n" },
	  "--main-class=B\"" },
	{ "the release of Java",
	  { "build.gradle.kts",
	    "java { toolchain {\n languageVersion.set(JavaLanguageVersion.of(17)) } }\n",
	    "src/main/java/A.java", MAIN },
	  "\"--release\", \"17\"" },
	{ "the release of all projects",
	  { "settings.gradle", "include 'app'\n", "build.gradle",
	    "subprojects {\n sourceCompatibility = '1.8'\n}\n", "app/src/main/java/A.java", MAIN },
	  "\"--release\", \"8\"" },
	{ "a newer release",
	  { "build.gradle", "sourceCompatibility = JavaVersion.VERSION_25\n",
	    "src/main/java/A.java", MAIN },
	  "\"toolchain\": \"java25\"" },
	{ "jars that nothing has locked",
	  { "settings.gradle", "include 'app'\n", "app/build.gradle",
	    "dependencies {\n  testImplementation 'junit:junit:4'\n"
	    "  implementation 'com.google.guava:guava:33.0.0-jre'\n}\n",
	    "app/src/main/java/A.java", MAIN },
	  "app/app/build.gradle:3 asks for com.google.guava:guava:33.0.0-jre, and Gradle is not run: "
	  "write a list of the sums of all jars, jars.sha256, with lines like" },
	{ "jars of a catalogue",
	  { "build.gradle.kts", "dependencies {\n  implementation(libs.guava)\n}\n",
	    "src/main/java/A.java", MAIN },
	  "app/build.gradle.kts:2 asks for libs.guava, and Gradle is not run" },
	{ "jars that are locked",
	  { "build.gradle", "dependencies {\n  implementation 'a:b:1'\n}\n", "src/main/java/A.java",
	    MAIN, "jars.sha256", "" },
	  "\"dependencies\": { \"lock\": \"jars.sha256\" }" },
	{ "jars of the repository",
	  { "build.gradle", "dependencies {\n  implementation 'a:b:1'\n}\n", "src/main/java/A.java",
	    MAIN, "lib/b.jar", "" },
	  "\"-classpath\", \"lib/b.jar\"" },
	{ "a main class that a program puts together",
	  { "build.gradle", "application {\n  mainClass = \"$group.Shop\"\n}\n",
	    "src/main/java/A.java", MAIN },
	  "\"--main-class=A\"" },
	{ "a main class that others say",
	  { "build.gradle", "application {\n  mainClass = project.findProperty('main')\n}\n",
	    "src/main/java/A.java", MAIN },
	  "\"--main-class=A\"" },
	{ "a class in a class",
	  { "build.gradle", "application {\n  mainClass = 'A$B'\n}\n", "src/main/java/A.java",
	    MAIN },
	  "\"--main-class=A$B\"" },
	{ "a version that a program puts together",
	  { "build.gradle", "version = \"1.$build\"\n", "src/main/java/A.java", MAIN },
	  "\"folder\": \"../../app\",\n\"toolchain\": \"java\"," },
	{ "no way out of the folder",
	  { "settings.gradle", "include '../other', '..'\n", "src/main/java/A.java", MAIN,
	    "../other/src/main/java/O.java", MAIN },
	  SOURCES("\"src/main/java\"") },
};

Test(gradle_project, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_java, builds[i].files);

		cr_expect(strstr(text, builds[i].says), "%s: %s", builds[i].name, text);
	}
}

/* Each project is looked for once. */
Test(gradle_project, many_projects_are_not_compared_with_each_other)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	const char *files[] = { "settings.gradle", NULL, "src/main/java/A.java", MAIN, NULL };

	buf_puts(&text, "include 'a'");
	for (size_t i = 0; i < 100000; i++)
		buf_printf(&text, ",'%zu'", i);
	files[1] = buf_cstr(&text);
	cr_expect(strstr(own_project_texts(&a, project_read_java, files), "\"--main-class=A\""));
}
