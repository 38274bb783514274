/* SPDX-License-Identifier: Apache-2.0 */
/* What a lock file of Java names, from a repository of the test's own on 127.0.0.1 into a lock. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "input/resolve/maven_repository.h"
#include "support/fixture_one_dependency.h"

#define JAR "the bytes of a jar"
#define JAR_PATH "org/a/b/1.0/b-1.0.jar"

static void maven_open(struct one_dependency *t, const char *origin)
{
	const struct dependency b = { .name = "org.a:b",
				      .version = "1.0",
				      .path = JAR_PATH,
				      .file = "b-1.0.jar",
				      .origin = origin,
				      .hash = digest_of(STR(JAR)) };

	t->script[0] = (struct fault_reply){ .path = "/maven/" JAR_PATH, .body = STR(JAR) };
	t->script[1] = (struct fault_reply){ .path = "/mine/b.jar", .body = STR(JAR) };
	one_dependency_open(t, DEPENDENCY_MAVEN, "lockfile.json", "/maven", &b);
	setenv("HOME", t->s.d.dir, 1);
}

static void maven_set_mirror(struct one_dependency *t, const char *url, const char *of)
{
	one_dependency_put(
		t, ".m2/settings.xml",
		arena_printf(&t->s.a,
			     "<settings><mirrors>\n<mirror><id>x</id><mirrorOf>%s"
			     "</mirrorOf>\n<url>%s</url></mirror></mirrors></settings>\n",
			     of, url));
}

static void expect_jar(struct one_dependency *t, const char *address)
{
	one_dependency_expect(t, "maven", JAR_PATH, STR(JAR), address);
}

Test(maven_repository, that_of_the_recipe_is_asked)
{
	struct one_dependency t = { .url = NULL };

	maven_open(&t, NULL);
	one_dependency_from(&t);
	expect_jar(&t, "/maven/" JAR_PATH);
	one_dependency_expect_kept(&t);
	one_dependency_close(&t);
}

Test(maven_repository, a_mirror_stands_for_the_one_that_the_lock_file_names)
{
	struct one_dependency t = { .url = NULL };

	maven_open(&t, "https://repo.maven.apache.org/maven2/" JAR_PATH);
	maven_set_mirror(&t, arena_printf(&t.s.a, "%s/", t.url), "central");
	expect_jar(&t, "/maven/" JAR_PATH);
	t.d->origin = faultd_url(&t.s.a, &t.server, "/mine/b.jar");
	expect_jar(&t, "/mine/b.jar");
	maven_set_mirror(&t, t.url, "external:*,!inner");
	expect_jar(&t, "/maven/" JAR_PATH);
	maven_set_mirror(&t, "http://127.0.0.1:9/none", "inner");
	expect_jar(&t, "/mine/b.jar");
	one_dependency_close(&t);
}

/* As mvn 3.8 says with -X ("Using mirror b (...) for central"). */
Test(maven_repository, the_mirror_that_maven_would_take)
{
	static const char none[] = "http://127.0.0.1:9/none";
	static const struct {
		const char *first, *second;
		bool takes_first;
	} cases[] = {
		{ "*", "central", false },	    { "*", "*", true },
		{ "central", "central", true },	    { "*,!central", "*", false },
		{ "external:*", "central", false }, { "other,central", "*", true },
		{ "*", "other,central", true },	    { "other", "*", false },
	};
	struct one_dependency t = { .url = NULL };

	maven_open(&t, "https://repo.maven.apache.org/maven2/" JAR_PATH);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *urls[] = { cases[i].takes_first ? t.url : none,
				       cases[i].takes_first ? none : t.url };

		one_dependency_put(
			&t, ".m2/settings.xml",
			arena_printf(&t.s.a,
				     "<settings><mirrors><mirror><mirrorOf>%s</mirrorOf>"
				     "<url>%s</url></mirror><mirror><mirrorOf>%s</mirrorOf>"
				     "<url>%s</url></mirror></mirrors></settings>\n",
				     cases[i].first, urls[0], cases[i].second, urls[1]));
		expect_jar(&t, "/maven/" JAR_PATH);
	}
	one_dependency_close(&t);
}

Test(maven_repository, what_names_no_repository_is_an_error)
{
	struct one_dependency t = { .url = NULL };

	maven_open(&t, NULL);
	cr_expect_str_eq(
		one_dependency_failure(&t, ERR_INPUT),
		"code/lockfile.json:7:1: component app: nothing says which repository has "
		"org.a:b 1.0; name one: \"from\": [\"https://...\"] in \"dependencies\" of app.json, or a "
		"mirror in ~/.m2/settings.xml");
	maven_set_mirror(&t, "file:///x", "*");
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "/.m2/settings.xml:3:1: component app: the mirror \"file:///x\" is not an "
			 "http or https address without credentials"));
	one_dependency_put(&t, ".m2/settings.xml", "");
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "/.m2/settings.xml:1:1: component app: malformed XML: no element found"));
	one_dependency_from(&t);
	t.d->origin = "https://me:word@r.test/b.jar";
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "its address is malformed or holds credentials"));
	one_dependency_close(&t);
}

Test(maven_repository, other_bytes_than_the_lock_file_wants_are_refused)
{
	struct one_dependency t = { .url = NULL };

	maven_open(&t, NULL);
	one_dependency_from(&t);
	t.script[0].body = STR("other bytes");
	cr_expect(strstr(one_dependency_failure(&t, ERR_VERIFY),
			 "code/lockfile.json:7:1: "
			 "component app: dependencies of app: org.a:b 1.0: expected SHA-256 "));
	t.script[0].status = 404;
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK),
			 "code/lockfile.json:7:1: "
			 "component app: dependencies of app: org.a:b 1.0: "));
	one_dependency_close(&t);
}
