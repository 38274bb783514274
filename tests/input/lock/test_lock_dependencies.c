/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a language's own lock file in ours: written, read, refused, compared. */

#include <criterion/criterion.h>

#include "input/lock/lock_diff.h"
#include "support/fixture_files.h"

#define SHA "c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb"

static bool dependency_load(struct arena *a, const char *dir, const char *format, const char *files,
			    struct lock *out, struct error *e)
{
	const char *path = arena_printf(a, "%s/x.lock.json", dir);

	files_put(path,
		  arena_printf(a,
			       "{ \"lock\": 2, \"imgbuild\": \">= 0.2.0\", \"answers\": \"" SHA
			       "\", \"architecture\": \"amd64\",\n"
			       "\"states\": [], \"components\": [], \"packages\": [],\n"
			       "\"sources\": [ { \"name\": \"app\", \"package\": \"app\", "
			       "\"version\": \"\", \"format\": \"%s\", \"files\": [\n%s\n] } ] }\n",
			       format, files));
	return lock_load(a, path, out, e);
}

#define FILE_OF(path, more) \
	"{ \"path\": \"" path "\", \"size\": 7, \"sha256\": \"" SHA "\"" more " }"
#define URL ", \"url\": \"http://a.test/x\""

Test(lock_dependencies, each_has_its_path_and_url)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct buf text = { .a = &a };
	struct lock lock;
	struct error e = { 0 };

	cr_assert(dependency_load(&a, dir, "go",
				  FILE_OF("github.com/!burnt!sushi/toml/@v/v1.4.0.zip", URL), &lock,
				  &e),
		  "%s", e.cause);
	cr_expect(locked_source_is_dependencies(&lock.sources.v[0]));
	cr_expect_str_eq(lock.sources.v[0].files.v[0].name,
			 "github.com/!burnt!sushi/toml/@v/v1.4.0.zip");
	cr_expect_str_eq(lock.sources.v[0].files.v[0].url, "http://a.test/x");
	lock_format(&lock, &text);
	cr_expect(strstr(buf_cstr(&text),
			 FILE_OF("github.com/!burnt!sushi/toml/@v/v1.4.0.zip", URL)),
		  "%s", buf_cstr(&text));
	files_remove(dir);
}

Test(lock_dependencies, malformed_ones_are_refused)
{
	static const struct {
		const char *format, *file, *says;
	} cases[] = {
		{ "go", FILE_OF("a/@v/v1.zip", ""), "url" },
		{ "go", FILE_OF("a/@v/v1.zip", ", \"url\": \"file:///etc/passwd\""),
		  "\"file:///etc/passwd\" is not an http or https address" },
		{ "cargo", FILE_OF("../a-1.crate", URL), "\"../a-1.crate\" is not a valid path" },
		{ "cargo", FILE_OF("/a-1.crate", URL), "\"/a-1.crate\" is not a valid path" },
		{ "cargo", FILE_OF("a//b", URL), "is not a valid path" },
		{ "cargo", FILE_OF("a/", URL), "is not a valid path" },
		{ "cargo", FILE_OF("a b", URL), "is not a valid path" },
		{ "cargo", "{ \"path\": \"a-1.crate\", \"sha256\": \"" SHA "\"" URL " }",
		  "the size is missing" },
		{ "tarball", FILE_OF("a-1.tar.gz", URL), "url: unknown key" },
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lock lock;
		struct error e = { 0 };
		char text[sizeof(e) * 4];

		cr_expect(!dependency_load(&a, dir, cases[i].format, cases[i].file, &lock, &e),
			  "%s", cases[i].file);
		err_format(&e, text, sizeof(text));
		cr_expect(e.kind == ERR_INPUT && strstr(text, cases[i].says), "%s", text);
		cr_expect_eq(e.at.line, 4u, "%s", text);
	}
	files_remove(dir);
}

/* "NAME BEFORE AFTER" for each. */
static void expect_changes(const char *format, const char *old, const char *now, const char *want)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct lock_changes changes = { NULL, 0, 0 };
	struct buf text = { .a = &a };
	struct lock before, after;
	struct error e = { 0 };

	cr_assert(dependency_load(&a, dir, format, old, &before, &e), "%s", e.cause);
	cr_assert(dependency_load(&a, dir, format, now, &after, &e), "%s", e.cause);
	lock_diff(&a, &before, &after, &changes);
	for (size_t i = 0; i < changes.n; i++) {
		const struct lock_change *c = &changes.v[i];

		buf_printf(&text, "%s %s %s %s\n", c->kind, c->name, c->before ? c->before : "-",
			   c->after ? c->after : "-");
	}
	cr_expect_str_eq(buf_cstr(&text), want);
	files_remove(dir);
}

Test(lock_dependencies, what_changed_is_named)
{
	static const char other[] =
		"{ \"path\": \"new-1.0.0.crate\", \"size\": 7, \"sha256\": "
		"\"000bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb\"" URL " }";
	AUTO_ARENA a = { 0 };

	expect_changes("go",
		       FILE_OF("x.test/a/@v/v1.0.0.mod",
			       URL) "," FILE_OF("x.test/a/@v/v1.0.0.zip",
						URL) "," FILE_OF("x.test/gone/@v/v1.zip", URL),
		       FILE_OF("x.test/a/@v/v1.1.0.mod", URL) "," FILE_OF("x.test/a/@v/v1.1.0.zip",
									  URL),
		       "dependency x.test/a v1.0.0 v1.1.0\ndependency x.test/gone v1 -\n");
	expect_changes("cargo",
		       FILE_OF("md-5-0.10.6.crate", URL) "," FILE_OF("same-1.0.0.crate", URL),
		       arena_printf(&a, "%s,%s,%s", FILE_OF("md-5-0.11.0-rc.1.crate", URL), other,
				    FILE_OF("same-1.0.0.crate", URL)),
		       "dependency md-5 0.10.6 0.11.0-rc.1\ndependency new - 1.0.0\n");
	expect_changes("cargo", FILE_OF("same-1.0.0.crate", URL), FILE_OF("same-1.0.0.crate", URL),
		       "");
	expect_changes("npm",
		       FILE_OF("@s/c/-/c-1.0.0-rc.1.tgz", URL) "," FILE_OF("gone/-/gone-1.0.0.tgz",
									   URL),
		       FILE_OF("@s/c/-/c-1.0.0.tgz", URL),
		       "dependency @s/c 1.0.0-rc.1 1.0.0\ndependency gone 1.0.0 -\n");
	expect_changes("python",
		       FILE_OF("a-b/1.0/a_b-1.0-py3-none-any.whl",
			       URL) "," FILE_OF("gone/2.0/gone-2.0-py3-none-any.whl", URL),
		       FILE_OF("a-b/1.1/a_b-1.1-py3-none-any.whl", URL),
		       "dependency a-b 1.0 1.1\ndependency gone 2.0 -\n");
	expect_changes("python",
		       FILE_OF("a-b/1.0/a_b-1.0.tar.gz", URL) "," FILE_OF("c/1/c-1.tar.gz", URL),
		       FILE_OF("a-b/1.1/a_b-1.1.tar.gz", URL),
		       "dependency a-b 1.0 1.1\ndependency c 1 -\n");
	expect_changes("maven",
		       FILE_OF("org/a/b-c/1.0/b-c-1.0.jar",
			       URL) "," FILE_OF("org/gone/2.0/gone-2.0.jar", URL),
		       FILE_OF("org/a/b-c/1.1-jre/b-c-1.1-jre.jar", URL),
		       "dependency org.a:b-c 1.0 1.1-jre\ndependency org:gone 2.0 -\n");
}
