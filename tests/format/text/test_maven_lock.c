/* SPDX-License-Identifier: Apache-2.0 */
/* lockfile.json as the plugin maven-lockfile 5 writes it, lists as sha256sum(1) writes them, and
 * what could not be locked. */

#include <criterion/criterion.h>
#include <fcntl.h>

#include "base/buf.h"
#include "base/io.h"
#include "format/text/maven_lock.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define SUM "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"
#define OTHER "c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb"
#define JAR(group, artifact, version, more)                                                       \
	"{ \"groupId\": \"" group "\", \"artifactId\": \"" artifact "\", \"version\": \"" version \
	"\", \"checksumAlgorithm\": \"SHA-256\", \"checksum\": \"" SUM "\"" more " }"
#define LOCK(list) "{ \"lockFileVersion\": 1,\n\"dependencies\": [\n" list "\n] }\n"

static const char *jars_text(struct arena *a, const struct maven_jars *l)
{
	struct buf out = { .a = a };

	list_each(j, l)
		buf_printf(&out, "%u %s %s %s %s%s%s%s\n", j->line, j->name, j->version, j->path,
			   j->file, j->provided ? " provided" : "", j->resolved ? " " : "",
			   j->resolved ? j->resolved : "");
	return buf_cstr(&out);
}

Test(maven_lock, the_tree_becomes_a_class_path)
{
	static const char text[] = LOCK(
		/* 3 */ JAR("org.z", "web", "2.0",
			    ", \"scope\": \"compile\", \"included\": true, \"resolved\": "
			    "\"https://r.test/org/z/web/2.0/web-2.0.jar\",\n\"children\": [\n"
			    /* 5 */ JAR("org.a", "core", "1.0-jre",
					", \"scope\": \"runtime\", \"resolved\": \"\"") ",\n"
			    /* 6 */ JAR("org.b", "core", "1.0-jre", ", \"children\": []") ",\n"
			    /* 7 */ JAR("org.a", "core", "0.9", ", \"included\": false") ",\n"
			    /* 8 */ JAR("org.a", "core", "1.0-jre",
					", \"scope\": \"provided\"") "]") ",\n"
		/* 9 */ JAR("org.a", "notes", "3", ", \"scope\": \"provided\"") ",\n"
		/* 10 */ JAR("org.a", "native", "3", ", \"classifier\": \"linux-x86_64\"") ",\n"
		/* 11 */ JAR("org.a", "snap", "4-SNAPSHOT",
			     ", \"resolved\": \"http://r.test/snap-4-20260101.000000-1.jar\"") ",\n"
		/* 12 */ JAR("org.a", "bom", "3", ", \"type\": \"pom\"") ",\n"
		/* 13 */ JAR("junit", "junit", "4", ", \"scope\": \"test\""));
	static const char want[] =
		"3 org.z:web 2.0 org/z/web/2.0/web-2.0.jar web-2.0.jar "
		"https://r.test/org/z/web/2.0/web-2.0.jar\n"
		"5 org.a:core 1.0-jre org/a/core/1.0-jre/core-1.0-jre.jar org.a.core-1.0-jre.jar\n"
		"6 org.b:core 1.0-jre org/b/core/1.0-jre/core-1.0-jre.jar org.b.core-1.0-jre.jar\n"
		"9 org.a:notes 3 org/a/notes/3/notes-3.jar notes-3.jar provided\n"
		"10 org.a:native 3 org/a/native/3/native-3-linux-x86_64.jar "
		"native-3-linux-x86_64.jar\n"
		"11 org.a:snap 4-SNAPSHOT org/a/snap/4-SNAPSHOT/snap-4-20260101.000000-1.jar "
		"snap-4-20260101.000000-1.jar http://r.test/snap-4-20260101.000000-1.jar\n";
	AUTO_ARENA a = { 0 };
	struct maven_jars l = { NULL, 0, 0 };
	struct error e = { 0 };

	cr_assert(maven_lock_read(&a, str_of(text), "lockfile.json", &l, &e), "%s", e.cause);
	cr_expect_str_eq(jars_text(&a, &l), want);
}

/* The last two in the order of names, and three. */
Test(maven_lock, each_of_those_with_one_name_gets_its_group)
{
	static const char *const cases[][2] = {
		{ LOCK(JAR("a", "x", "1", "") ",\n" JAR("c", "z", "1", "") ",\n" JAR("b", "z", "1",
										     "")),
		  "x-1.jar c.z-1.jar b.z-1.jar " },
		{ LOCK(JAR("a", "z", "1", "") ",\n" JAR("c", "z", "1", "") ",\n" JAR("b", "z", "1",
										     "")),
		  "a.z-1.jar c.z-1.jar b.z-1.jar " },
		{ LOCK(JAR("a", "z", "1", "")), "z-1.jar " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct maven_jars l = { NULL, 0, 0 };
		struct buf files = { .a = &a };
		struct error e = { 0 };

		cr_assert(maven_lock_read(&a, str_of(cases[i][0]), "x", &l, &e), "%s", e.cause);
		list_each(j, &l)
			buf_printf(&files, "%s ", j->file);
		cr_expect_str_eq(buf_cstr(&files), cases[i][1]);
	}
}

static const struct {
	const char *text;
	unsigned line;
	const char *says;
} lock_faults[] = {
	{ "[]", 1, "expected an object" },
	{ "{ \"dependencies\": [] }", 1, "lockFileVersion" },
	{ "{ \"lockFileVersion\": 2 }", 1, "version 2 of the format is not known; known is: 1" },
	{ LOCK("3"), 3, "expected an object" },
	{ LOCK(JAR("..", "a", "1", "")), 3, "\"groupId\" is not a name of Maven: \"..\"" },
	{ LOCK(JAR("a", "a/b", "1", "")), 3, "\"artifactId\" is not a name of Maven: \"a/b\"" },
	{ LOCK(JAR("a", "a", "", "")), 3, "\"version\" is not a name of Maven: \"\"" },
	{ LOCK("{ \"groupId\": \"a\", \"artifactId\": \"b\", \"version\": \"1\" }"), 3,
	  "a:b has no \"checksum\" with SHA-256, so nothing says which bytes it is; let the plugin" },
	{ LOCK("{ \"groupId\": \"a\", \"artifactId\": \"b\", \"version\": \"1\", "
	       "\"checksumAlgorithm\": \"SHA-512\", \"checksum\": \"x\" }"),
	  3,
	  "a:b has a digest of SHA-512; let the plugin write the lock file with "
	  "-DchecksumAlgorithm=SHA-256" },
	{ LOCK(JAR("a", "b", "1", ", \"scope\": \"system\"")), 3,
	  "a:b is a file of the machine (\"system\"): put it into a repository" },
	{ LOCK(JAR("a", "b", "1",
		   "") ",\n"
		       "{ \"groupId\": \"a\", \"artifactId\": \"b\", \"version\": \"1\", "
		       "\"checksum\": \"" OTHER "\" }"),
	  4, "a:b 1 is there twice, with different digests (see line 3)" },
};

Test(maven_lock, what_cannot_be_locked_is_told_with_its_line)
{
	for (size_t i = 0; i < ARRAY_SIZE(lock_faults); i++) {
		AUTO_ARENA a = { 0 };
		struct maven_jars l = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(
			!maven_lock_read(&a, str_of(lock_faults[i].text), "lockfile.json", &l, &e));
		cr_expect(e.kind == ERR_INPUT && e.at.line == lock_faults[i].line &&
				  strstr(e.cause, lock_faults[i].says),
			  "%zu: %u: %s", i, e.at.line, e.cause);
	}
}

/* What sha256sum(1) writes of a folder laid out like a repository. */
Test(maven_lock, sums_of_a_folder_of_jars)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct maven_jars l = { NULL, 0, 0 };
	struct digest d = digest_of(STR("b"));
	struct error e = { 0 };
	struct str sums;

	files_put(arena_printf(&a, "%s/org/a/b/1.0/b-1.0.jar", dir), "b");
	files_put(arena_printf(&a, "%s/org/a/b/1.0/b-1.0.pom", dir), "<project/>");
	files_put(arena_printf(&a, "%s/c/2/c-2.jar", dir), "no group");
	files_put(arena_printf(&a, "%s/x", dir), "the shortest name");
	sums = ORACLE(&a, "env", arena_printf(&a, "--chdir=%s", dir), "sha256sum", "x",
		      "org/a/b/1.0/b-1.0.pom", "./org/a/b/1.0/b-1.0.jar");
	cr_assert(jar_sums_read(&a, sums, "jars.sha256", &l, &e), "%s", e.cause);
	cr_expect_str_eq(jars_text(&a, &l), "3 org.a:b 1.0 org/a/b/1.0/b-1.0.jar b-1.0.jar\n");
	cr_expect(l.n == 1 && digest_eq(&l.v[0].sha256, &d));
	sums = ORACLE(&a, "env", arena_printf(&a, "--chdir=%s", dir), "sha256sum", "--binary",
		      "c/2/c-2.jar");
	cr_expect(!jar_sums_read(&a, sums, "jars.sha256", &l, &e));
	cr_expect(strstr(e.cause, "\"c/2/c-2.jar\" is not where a repository of Maven has a jar: "
				  "group/artifact/version/artifact-version.jar"),
		  "%s", e.cause);
	files_remove(dir);
}

Test(maven_lock, lines_that_are_no_sums)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "# x\n\nabc  a.jar\n", "\"abc  a.jar\" is not a line of sha256sum: 64" },
		{ "\n\n" SUM " a/b/1/b-1.jar\n", "is not a line of sha256sum" },
		{ "\n\n" SUM "  ../a/b/1/b-1.jar\n", "is not where a repository of Maven has" },
		{ "\n\n" SUM "  a/b/1/c-1.jar\n", "is not where a repository of Maven has" },
		{ "\n" SUM "  a/b/1/b-1.jar\n" OTHER "  a/b/1/b-1.jar\n",
		  "a/b/1/b-1.jar is there twice, with different digests (see line 2)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct maven_jars l = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(!jar_sums_read(&a, str_of(cases[i].text), "jars.sha256", &l, &e));
		cr_expect(e.kind == ERR_INPUT && e.at.line == 3 && strstr(e.cause, cases[i].says),
			  "%zu: %u: %s", i, e.at.line, e.cause);
	}
}
