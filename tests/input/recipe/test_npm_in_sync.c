/* SPDX-License-Identifier: Apache-2.0 */
/* A lock file that package.json has left behind. What is refused here, npm ci refuses ("Missing:
 * qs@6 from lock file", "lock file's ms@1.0.0 does not satisfy ms@2"), and what is taken it takes
 * (but for tags, which its registry knows). */

#include <criterion/criterion.h>

#include "format/text/npm_lock.h"
#include "input/recipe/npm_in_sync.h"
#include "support/fixture_files.h"

#define SHA512 \
	"sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
#define PACKAGE(place, version)                                                          \
	"\"" place "\": { \"version\": \"" version "\", \"resolved\": \"https://r.test/" \
	"ms/-/ms-" version ".tgz\", \"integrity\": \"" SHA512 "\" }"

static const struct {
	const char *name, *packages, *asks, *workspace, *says; /* says: NULL: nothing is wrong */
} syncs[] = {
	{ "what is there", PACKAGE("node_modules/ms", "2.1.3"),
	  "{\"dependencies\":{\"ms\":\"^2.0.0\"}}", NULL, NULL },
	{ "nothing asked", PACKAGE("node_modules/ms", "2.1.3"), "{}", NULL, NULL },
	{ "a package that is not there", PACKAGE("node_modules/ms", "2.1.3"),
	  "{\"dependencies\":{\"ms\":\"2\",\n\"qs\":\"6\"}}", NULL,
	  "/package.json:2: dependencies.qs: qs is not in package-lock.json: "
	  "npm install --package-lock-only adds it" },
	{ "of development", PACKAGE("node_modules/ms", "2.1.3"),
	  "{\"devDependencies\":{\"qs\":\"6\"}}", NULL,
	  "/package.json:1: devDependencies.qs: qs is not in " },
	{ "another version", PACKAGE("node_modules/ms", "1.0.0"),
	  "{\"dependencies\":{\"ms\":\"^2.0.0\"}}", NULL,
	  "/package.json:1: dependencies.ms: package-lock.json has ms 1.0.0, "
	  "which \"^2.0.0\" does not take: npm" },
	{ "a tag", PACKAGE("node_modules/ms", "1.0.0"), "{\"dependencies\":{\"ms\":\"latest\"}}",
	  NULL, NULL },
	{ "an alias", PACKAGE("node_modules/m2", "2.1.3"),
	  "{\"dependencies\":{\"m2\":\"npm:ms@^2\"}}", NULL, NULL },
	{ "any version", PACKAGE("node_modules/ms", "1.0.0"),
	  "{\"dependencies\":{\"ms\":\"*\"},\"optionalDependencies\":{\"os\":\"1\"}}", NULL, NULL },
	{ "a workspace",
	  "\"p/a\": { \"version\": \"1.0.0\" }, \"node_modules/a\": { \"link\": true, "
	  "\"resolved\": \"p/a\" }, " PACKAGE("p/a/node_modules/ms", "1.0.0"),
	  "{\"dependencies\":{\"a\":\"^1.0.0\"}}", "{\"dependencies\":{\"ms\":\"1\"}}", NULL },
	{ "a workspace that asks for more",
	  "\"p/a\": { \"version\": \"1.0.0\" }, \"node_modules/a\": { \"link\": true, "
	  "\"resolved\": \"p/a\" }",
	  "{}", "{\"dependencies\":{\"ms\":\"1\"}}",
	  "/p/a/package.json:1: dependencies.ms: ms is not in " },
	{ "no package.json", PACKAGE("node_modules/ms", "1.0.0"), NULL, NULL, NULL },
	{ "a package.json that is malformed", PACKAGE("node_modules/ms", "1.0.0"), "[]", NULL,
	  "/package.json:1: expected an object" },
};

Test(npm_in_sync, what_package_json_asks_for_is_there)
{
	for (size_t i = 0; i < ARRAY_SIZE(syncs); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a);
		struct dependencies l = { .file = arena_printf(&a, "%s/package-lock.json", dir) };
		struct strings inputs = { NULL, 0, 0 };
		struct error e = { 0 };
		const char *said;
		bool ok;

		if (syncs[i].asks)
			files_put(arena_printf(&a, "%s/package.json", dir), syncs[i].asks);
		if (syncs[i].workspace)
			files_put(arena_printf(&a, "%s/p/a/package.json", dir), syncs[i].workspace);
		cr_assert(npm_lock_read(&a,
					str_of(arena_printf(&a,
							    "{\"lockfileVersion\":3,\"packages\":{"
							    "\"\":{\"name\":\"x\"},%s}}",
							    syncs[i].packages)),
					l.file, &l.entries, &l.others, &e),
			  "%s: %s", syncs[i].name, e.cause);
		ok = npm_check_in_sync(&a, &l, &inputs, &e);
		said = arena_printf(&a, "%s:%u: %s", e.at.file, e.at.line, e.cause);
		cr_expect_eq(ok, syncs[i].says == NULL, "%s: %s", syncs[i].name, said);
		cr_expect(ok || strstr(said, syncs[i].says), "%s: %s", syncs[i].name, said);
		cr_expect_eq(inputs.n, (syncs[i].asks != NULL) + (syncs[i].workspace != NULL), "%s",
			     syncs[i].name);
		files_remove(dir);
	}
}
