/* SPDX-License-Identifier: Apache-2.0 */
/* A pnpm-lock.yaml that package.json has left behind: what is refused here, pnpm install
 * --frozen-lockfile refuses (ERR_PNPM_OUTDATED_LOCKFILE). And what a project tells pnpm of
 * node_modules. */

#include <criterion/criterion.h>

#include "format/text/npm_isolated.h"
#include "input/recipe/pnpm_in_sync.h"
#include "input/recipe/pnpm_settings.h"
#include "support/fixture_files.h"

#define SUM \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV1w=="
#define ANEW ": pnpm install --lockfile-only writes it anew"

/* The lock file has ms of the project and qs of p/a. */
static const char pnpm_lock[] =
	"lockfileVersion: '9.0'\n%simporters:\n"
	"  .:\n    dependencies:\n      ms: {specifier: ^2.0.0, version: 2.1.3}\n"
	"  p/a:\n    devDependencies:\n      qs: {specifier: '6', version: 6.0.0}\n"
	"packages:\n  ms@2.1.3: {resolution: {integrity: " SUM "}}\n"
	"  qs@6.0.0: {resolution: {integrity: " SUM "}}\n"
	"snapshots: {ms@2.1.3: {}, qs@6.0.0: {}}\n";

#define MS "{\"dependencies\":{\"ms\":\"^2.0.0\"}}"
#define QS "{\"devDependencies\":{\"qs\":\"6\"}}"

static const struct {
	const char *name, *more, *asks, *workspace, *says; /* says: NULL: nothing is wrong */
} syncs[] = {
	{ "what is asked for", "", MS, QS, NULL },
	{ "no package.json", "", NULL, NULL, NULL },
	{ "another range", "", "{\"dependencies\":{\n\"ms\":\"^2.1.0\"}}", QS,
	  "/package.json:2: dependencies.ms: pnpm-lock.yaml was written for \"^2.0.0\" of ms, not "
	  "\"^2.1.0\"" ANEW },
	{ "one more", "",
	  "{\"dependencies\":{\"ms\":\"^2.0.0\"},\n\"devDependencies\":{\"x\":\"1\"}}", QS,
	  "/package.json:2: devDependencies.x: x is not in pnpm-lock.yaml" ANEW },
	{ "of what is optional", "", "{\"optionalDependencies\":{\"x\":\"1\",\"ms\":\"^2.0.0\"}}",
	  QS, "/package.json:1: optionalDependencies.x: x is not in " },
	{ "one less", "", "{}", QS, "/pnpm-lock.yaml:5: ms is not in package.json any more" ANEW },
	{ "one less in a workspace", "", MS, "{}",
	  "/pnpm-lock.yaml:8: qs is not in p/a/package.json any more" ANEW },
	{ "a peer that pnpm installs by itself", "", "{\"peerDependencies\":{\"ms\":\"*\"}}", QS,
	  NULL },
	{ "one that is overridden", "overrides: {ms: 2.1.3}\n",
	  "{\"dependencies\":{\"ms\":\"^1\"}}", QS, NULL },
	{ "what a program may have changed", "pnpmfileChecksum: abc\n", "{}", QS, NULL },
	{ "a package.json that is malformed", "", "[]", QS, "/package.json:1: expected an object" },
};

Test(pnpm_in_sync, what_package_json_asks_for_is_what_the_lock_file_answers)
{
	for (size_t i = 0; i < ARRAY_SIZE(syncs); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a);
		struct dependencies l = { .file = arena_printf(&a, "%s/pnpm-lock.yaml", dir) };
		struct npm_graph g = { .packages.n = 0 };
		struct pnpm_asking asking = { .hooks = false };
		struct strings inputs = { NULL, 0, 0 };
		struct error e = { 0 };
		const char *said, *text;
		bool ok;

		if (syncs[i].asks)
			files_put(arena_printf(&a, "%s/package.json", dir), syncs[i].asks);
		if (syncs[i].workspace)
			files_put(arena_printf(&a, "%s/p/a/package.json", dir), syncs[i].workspace);
		text = arena_printf(&a, pnpm_lock, syncs[i].more);
		cr_assert(pnpm_lock_read(&a, str_of(text), l.file, &g, &asking, &e), "%s: %s",
			  syncs[i].name, e.cause);
		npm_isolated_place(&a, &g, false, &l.entries, &l.others);
		ok = pnpm_check_in_sync(&a, &l, &asking, &inputs, &e);
		said = arena_printf(&a, "%s:%u: %s", e.at.file, e.at.line, e.cause);
		cr_expect_eq(ok, syncs[i].says == NULL, "%s: %s", syncs[i].name, said);
		cr_expect(ok || strstr(said, syncs[i].says), "%s: %s", syncs[i].name, said);
		files_remove(dir);
	}
}

Test(pnpm_in_sync, the_node_that_a_project_wants_is_known)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct dependencies l = { .file = arena_printf(&a, "%s/pnpm-lock.yaml", dir) };
	struct pnpm_asking asking = { .hooks = false };
	struct strings inputs = { NULL, 0, 0 };
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/package.json", dir), "{\"engines\":{\"node\":\">=99\"}}");
	*list_push(&a, &l.others) = (struct npm_entry){ .place = "" };
	cr_assert(pnpm_check_in_sync(&a, &l, &asking, &inputs, &e));
	cr_expect_str_eq(l.others.v[0].engine, ">=99");
	cr_expect_eq(inputs.n, 1u);
	files_remove(dir);
}

Test(pnpm_settings, what_makes_packages_stand_in_the_project)
{
	static const struct {
		const char *npmrc, *workspace;
		bool hoist;
	} cases[] = {
		{ NULL, NULL, false },
		{ "shamefully-hoist=true\n", NULL, true },
		{ "shamefully-hoist=false\nnode-linker=isolated\n", "packages: [a]\n", false },
		{ "node-linker = hoisted\n", NULL, true },
		{ "public-hoist-pattern[]=*\n", NULL, true },
		{ "public-hoist-pattern[]=*eslint*\n", NULL, false },
		{ NULL, "shamefullyHoist: true\n", true },
		{ NULL, "nodeLinker: hoisted\n", true },
		{ NULL, "publicHoistPattern: ['*']\n", true },
		{ NULL, "publicHoistPattern: ['*types*']\nnodeLinker: isolated\n", false },
		{ NULL, "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = files_temporary(&a);
		struct dependencies l = { .file = arena_printf(&a, "%s/pnpm-lock.yaml", dir) };
		struct strings inputs = { NULL, 0, 0 };
		struct error e = { 0 };
		bool hoist;

		if (cases[i].npmrc)
			files_put(arena_printf(&a, "%s/.npmrc", dir), cases[i].npmrc);
		if (cases[i].workspace)
			files_put(arena_printf(&a, "%s/pnpm-workspace.yaml", dir),
				  cases[i].workspace);
		cr_assert(pnpm_hoists(&a, &l, &inputs, &hoist, &e), "%zu: %s", i, e.cause);
		cr_expect_eq(hoist, cases[i].hoist, "%zu", i);
		cr_expect_eq(inputs.n, (cases[i].npmrc != NULL) + (cases[i].workspace != NULL));
		files_remove(dir);
	}
}

Test(pnpm_settings, a_workspace_file_that_is_malformed_is_named)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct dependencies l = { .file = arena_printf(&a, "%s/pnpm-lock.yaml", dir) };
	struct strings inputs = { NULL, 0, 0 };
	struct error e = { 0 };
	bool hoist;

	files_put(arena_printf(&a, "%s/pnpm-workspace.yaml", dir), "a: [\n");
	cr_expect(!pnpm_hoists(&a, &l, &inputs, &hoist, &e));
	cr_expect(strstr(e.at.file, "/pnpm-workspace.yaml") && strstr(e.cause, "not valid YAML"),
		  "%s", e.cause);
	files_remove(dir);
}
