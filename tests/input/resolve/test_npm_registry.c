/* SPDX-License-Identifier: Apache-2.0 */
/* What package-lock.json names, from a registry of the test's own on 127.0.0.1 into a lock. */

#include <criterion/criterion.h>
#include <stdlib.h>

#include "format/text/base64.h"
#include "input/resolve/npm_registry.h"
#include "support/fixture_files.h"
#include "support/fixture_one_dependency.h"

#define TARBALL "the bytes of a tarball"
#define FILE_PATH "@s/c/-/c-1.0.0.tgz"

static void npm_open(struct one_dependency *t)
{
	static const struct dependency c = { .name = "@s/c",
					     .version = "1.0.0",
					     .path = FILE_PATH,
					     .origin = "https://registry.npmjs.org/" FILE_PATH };

	t->script[0] = (struct fault_reply){ .path = "/npm/" FILE_PATH, .body = STR(TARBALL) };
	t->script[1] = (struct fault_reply){ .path = "/npm/@s%2fc" };
	t->script[2] = (struct fault_reply){ .path = "/other/c.tgz", .body = STR(TARBALL) };
	one_dependency_open(t, DEPENDENCY_NPM, "package-lock.json", "/npm", &c);
	t->d->content = content_digest_of(STR(TARBALL), true);
	/* .npmrc is looked for beside it */
	t->s.source.dependencies.file = arena_printf(&t->s.a, "%s/package-lock.json",
						     t->s.source.folder);
	setenv("NPM_CONFIG_USERCONFIG", arena_printf(&t->s.a, "%s/user.npmrc", t->s.d.dir), 1);
	unsetenv("npm_config_registry");
	unsetenv("NPM_CONFIG_REGISTRY");
}

static void npm_close(struct one_dependency *t)
{
	unsetenv("NPM_CONFIG_USERCONFIG");
	one_dependency_close(t);
}

static void expect_tarball(struct one_dependency *t, const char *address)
{
	one_dependency_expect(t, "npm", FILE_PATH, STR(TARBALL), address);
}

Test(npm_registry, the_registry_of_the_recipe_goes_before_the_address)
{
	struct one_dependency t = { .url = NULL };

	npm_open(&t);
	one_dependency_from(&t);
	expect_tarball(&t, "/npm/" FILE_PATH);
	one_dependency_expect_kept(&t);
	cr_expect_eq(faultd_hits(&t.server, NULL), 1u);
	npm_close(&t);
}

/* Without the lock before, the file is found in the store by its SHA-512. */
Test(npm_registry, a_file_that_is_there_is_not_fetched_again)
{
	struct one_dependency t = { .url = NULL };

	npm_open(&t);
	one_dependency_from(&t);
	expect_tarball(&t, "/npm/" FILE_PATH);
	expect_tarball(&t, "/npm/" FILE_PATH);
	cr_expect_eq(faultd_hits(&t.server, NULL), 1u);
	npm_close(&t);
}

Test(npm_registry, settings_of_npm_stand_for_the_public_registry)
{
	struct one_dependency t = { .url = NULL };
	const char *project, *user;

	npm_open(&t);
	project = arena_printf(&t.s.a, "%s/.npmrc", t.s.source.folder);
	user = arena_printf(&t.s.a, "%s/user.npmrc", t.s.d.dir);
	files_put(project, "registry=http://127.0.0.1:9/none\n");
	files_put(user, arena_printf(&t.s.a, "@s:registry=%s/\n", t.url));
	expect_tarball(&t, "/npm/" FILE_PATH);
	files_put(user, "");
	files_put(project, arena_printf(&t.s.a, "registry=%s/\n", t.url));
	expect_tarball(&t, "/npm/" FILE_PATH);
	files_put(project, "registry=http://127.0.0.1:9/none\n");
	setenv("npm_config_registry", t.url, 1);
	expect_tarball(&t, "/npm/" FILE_PATH);
	t.d->origin = faultd_url(&t.s.a, &t.server, "/other/c.tgz");
	expect_tarball(&t, "/other/c.tgz");
	unsetenv("npm_config_registry");
	files_put(project, "registry=x\n");
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "/code/.npmrc:1:1: component app: the registry \"x\" is not an http or "
			 "https address"));
	npm_close(&t);
}

/* Which has another name for the public registry; an address that is another's still counts. */
Test(npm_registry, settings_of_npm_stand_for_registries_of_yarn)
{
	struct one_dependency t = { .url = NULL };
	const char *project;

	npm_open(&t);
	project = arena_printf(&t.s.a, "%s/.npmrc", t.s.source.folder);
	t.s.source.dependencies.file = arena_printf(&t.s.a, "%s/yarn.lock", t.s.source.folder);
	t.d->origin = "https://registry.test/" FILE_PATH;
	files_put(project, arena_printf(&t.s.a, "registry=%s/\n", t.url));
	expect_tarball(&t, "/npm/" FILE_PATH);
	t.d->origin = faultd_url(&t.s.a, &t.server, "/other/c.tgz");
	expect_tarball(&t, "/other/c.tgz");
	npm_close(&t);
}

static const char *npm_packument(struct arena *a, const char *version, const char *tarball)
{
	return arena_printf(
		a, "{\"name\":\"@s/c\",\"versions\":{\"%s\":{\"dist\":{\"tarball\":\"%s\"}}}}",
		version, tarball);
}

Test(npm_registry, a_package_without_address_is_asked_of_the_registry)
{
	struct one_dependency t = { .url = NULL };

	npm_open(&t);
	t.d->origin = NULL;
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "/code/package-lock.json:7:1: component app: the lock file has no address "
			 "for @s/c 1.0.0, and nothing says which registry has it; name one"));
	one_dependency_from(&t);
	t.script[1].body = str_of(npm_packument(&t.s.a, "2.0.0", ""));
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK),
			 "/npm/@s%2fc has no version 1.0.0 of @s/c"));
	t.script[1].body = str_of(npm_packument(&t.s.a, "1.0.0", "file:///x"));
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "\"tarball\" is not an http or https address"));
	t.script[1].body = str_of(
		npm_packument(&t.s.a, "1.0.0", faultd_url(&t.s.a, &t.server, "/npm/" FILE_PATH)));
	expect_tarball(&t, "/npm/" FILE_PATH);
	cr_expect(faultd_saw(&t.server, "/npm/@s%2fc",
			     "Accept: application/vnd.npm.install-v1+json"));
	t.d->content.b[0] ^= 1; /* another question, so that the registry is asked again */
	t.script[1].status = 404;
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK),
			 "HTTP 404; is it a registry of npm?"));
	npm_close(&t);
}

/* As pnpm leaves addresses out. */
Test(npm_registry, a_package_that_is_where_its_name_says_is_not_asked_for)
{
	struct one_dependency t = { .url = NULL };

	npm_open(&t);
	t.d->origin = NULL;
	t.d->by_name = true;
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "the lock file has no address for @s/c 1.0.0"));
	one_dependency_from(&t);
	expect_tarball(&t, "/npm/" FILE_PATH);
	cr_expect_eq(faultd_hits(&t.server, "/npm/@s%2fc"), 0u);
	npm_close(&t);
}

/* Servers that do not know the short form send all that is known of thousands of versions. */
Test(npm_registry, a_long_answer_is_read_for_one_version)
{
	struct one_dependency t = { .url = NULL };
	struct buf body;
	const char *tarball;

	npm_open(&t);
	body = (struct buf){ .a = &t.s.a };
	t.d->origin = NULL;
	one_dependency_from(&t);
	tarball = faultd_url(&t.s.a, &t.server, "/npm/" FILE_PATH);
	buf_puts(&body, "{\"name\":\"@s/c\",\"readme\":\"\\\"versions\\\": {\",\"versions\":{");
	for (unsigned i = 0; i < 20000; i++)
		buf_printf(&body, "\"0.0.%u\":{\"a\":[1,2,3,4,5,6,7,8,9,\"]\"],\"dist\":{}},", i);
	buf_printf(&body, "\"1.0.0\":{\"dist\":{\"tarball\":\"%s\"}}}}", tarball);
	t.script[1].body = buf_str(&body);
	expect_tarball(&t, "/npm/" FILE_PATH);
	npm_close(&t);
}

Test(npm_registry, other_bytes_than_the_lock_file_wants_are_refused)
{
	struct one_dependency t = { .url = NULL };
	struct content_digest d = content_digest_of(STR("other"), true);
	const struct str bytes = { (const char *)d.b, sizeof(d.b) };
	const char *said;

	npm_open(&t);
	one_dependency_from(&t);
	t.script[0].body = STR("other");
	said = one_dependency_failure(&t, ERR_VERIFY);
	cr_expect(
		strstr(said, "package-lock.json:7:1: component app: @s/c 1.0.0: expected sha512-"));
	cr_expect(strstr(said, arena_printf(&t.s.a, ", found sha512-%s at http://127.0.0.1:",
					    base64_encode(&t.s.a, bytes))),
		  "%s", said);
	t.script[0].status = 404;
	cr_expect(strstr(one_dependency_failure(&t, ERR_NETWORK), "@s/c 1.0.0: http://127.0.0.1:"));
	t.s.source.dependencies.from.n = 0;
	t.d->origin = "https://me:word@r.test/c.tgz";
	cr_expect(strstr(one_dependency_failure(&t, ERR_INPUT),
			 "its address is malformed or holds credentials"));
	npm_close(&t);
}

/* What only another platform needs is not locked; what this one cannot have is refused. */
Test(npm_registry, packages_of_other_platforms)
{
	struct one_dependency t = { .url = NULL };
	struct npm_entry *x;

	npm_open(&t);
	one_dependency_from(&t);
	*list_push(&t.s.a, &t.d->platforms) = platform_find(STR("linux/arm64"));
	cr_assert(relock_make(&t.s, false), "%s%s", t.s.e.context, t.s.e.cause);
	cr_expect_null(lock_source(&t.s.lock, "app"), "nothing of it is fetched");
	x = list_push(&t.s.a, &t.s.source.dependencies.entries);
	*x = (struct npm_entry){ .name = "f", .version = "1.0.0", .line = 9 };
	*list_push(&t.s.a, &x->os) = "darwin";
	cr_expect(
		strstr(one_dependency_failure(&t, ERR_INPUT),
		       "/code/package-lock.json:9:1: component app: f 1.0.0 is not for "
		       "linux/amd64 (os: darwin; cpu: any; libc: any), and the lock file does not "
		       "say that it is optional"));
	npm_close(&t);
}

Test(npm_registry, an_address_keeps_what_follows_the_name)
{
	static const char *const cases[][3] = {
		{ "c", "https://b.test/x/c/-/c-1.0.0.tgz", "https://a.test/npm/c/-/c-1.0.0.tgz" },
		{ "@s/c", "https://b.test/@s/c/-/c-1.tgz", "https://a.test/npm/@s/c/-/c-1.tgz" },
		{ "@s/c", "https://b.test/@s%2fc/-/c-1.tgz", "https://a.test/npm/@s/c/-/c-1.tgz" },
		{ "c", "https://b.test/archive/c.tgz", NULL },
		{ "c", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const struct dependency d = { .name = cases[i][0], .origin = cases[i][1] };
		const char *found = npm_address_at(&a, "https://a.test/npm", &d);

		if (cases[i][2])
			cr_expect_str_eq(found, cases[i][2]);
		else
			cr_expect_null(found);
	}
}
