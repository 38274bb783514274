/* SPDX-License-Identifier: Apache-2.0 */
/* pnpm-lock.yaml: what a package is, what is asked for, and what is refused. */

#include <criterion/criterion.h>

#include "format/text/pnpm_lock.h"

#define SUM \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV1w=="

Test(pnpm_lock, what_a_package_is)
{
	static const char text[] =
		"lockfileVersion: '9.0'\noverrides: {'x@1>y': 2.0.0, z: 3.0.0}\n"
		"pnpmfileChecksum: abc\nimporters:\n  .:\n    dependencies:\n"
		"      b:\n        specifier: npm:@s/a@^1\n        version: '@s/a@1.0.0'\n"
		"      c:\n        specifier: https://r.test/c.tgz\n"
		"        version: https://r.test/c.tgz\n"
		"packages:\n  '@s/a@1.0.0':\n    resolution: {integrity: " SUM "}\n"
		"    engines: {node: '>=18'}\n    cpu: [x64]\n    os: ['!win32']\n    libc: [glibc]\n"
		"  c@https://r.test/c.tgz:\n    resolution: {integrity: " SUM
		", tarball: https://r.test/c.tgz}\n    version: 2.1.0\n"
		"snapshots:\n  '@s/a@1.0.0': {}\n  c@https://r.test/c.tgz: {}\n";
	AUTO_ARENA a = { 0 };
	struct npm_graph g = { .packages.n = 0 };
	struct pnpm_asking asking = { .hooks = false };
	struct error e = { 0 };
	const struct npm_entry *x;

	cr_assert(pnpm_lock_read(&a, str_of(text), "pnpm-lock.yaml", &g, &asking, &e), "%s",
		  e.cause);
	cr_assert_eq(g.packages.n, 2);
	x = &g.packages.v[0].entry;
	cr_expect(strcmp(x->name, "@s/a") == 0 && strcmp(x->version, "1.0.0") == 0 &&
		  strcmp(x->file, "@s/a/-/a-1.0.0.tgz") == 0 && strcmp(x->engine, ">=18") == 0 &&
		  !x->resolved && x->by_name && x->line == 15);
	cr_expect(npm_entry_fits(x, "x64") && !npm_entry_fits(x, "arm64"));
	x = &g.packages.v[1].entry;
	cr_expect(strcmp(x->name, "c") == 0 && strcmp(x->version, "2.1.0") == 0 &&
		  strcmp(x->resolved, "https://r.test/c.tgz") == 0);
	cr_assert_eq(asking.v.n, 2);
	cr_expect_str_eq(asking.v.v[0].range, "npm:@s/a@^1");
	cr_expect(asking.hooks && strings_has(&asking.overridden, "y") &&
		  strings_has(&asking.overridden, "z") && !strings_has(&asking.overridden, "x"));
}

#define HEAD "lockfileVersion: '9.0'\nimporters: {.: {}}\n"
#define ONE(resolution) \
	HEAD "packages:\n  a@1.0.0:\n    resolution: " resolution "\nsnapshots: {a@1.0.0: {}}\n"
#define ASKS(version) \
	"lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a: " version "\n"

static const struct {
	const char *text;
	unsigned line;
	const char *says;
} refused[] = {
	{ "lockfileVersion: 5.4\n", 1,
	  "version 5.4 of the format is not known; known are 6.0 and 9.0: pnpm install "
	  "--lockfile-only of pnpm 8, 9 or 10 writes one" },
	{ "importers: {}\n", 1, "lockfileVersion" },
	{ "lockfileVersion: '9.0'\n", 1, "importers" },
	{ "a: [\n", 2, "not valid YAML" },
	{ "[]\n", 1, "expected an object" },
	{ HEAD "patchedDependencies:\n  a@1.0.0: {hash: x, path: patches/a.patch}\n", 4,
	  "packages are taken as their authors made them, and this one is patched; take the "
	  "patched package into the folder as a workspace, and remove the patch (pnpm "
	  "patch-remove a@1.0.0)" },
	{ ONE("{type: git, repo: 'https://g.test/a', commit: abc}"), 5,
	  "a comes from git, of which no SHA-512 of a registry is known; take it into the folder "
	  "as a workspace (\"workspace:*\"), or from a registry" },
	{ ONE("{tarball: 'https://g.test/a.tgz'}"), 5, "a comes from git, of which" },
	{ ONE("{gitHosted: true, tarball: 'https://g.test/a', integrity: " SUM "}"), 5,
	  "a comes from git, whose packages are built when installed, of which" },
	{ ONE("{type: directory, directory: w}"), 5, "a comes from a folder that pnpm copies" },
	{ ONE("{tarball: 'file:a.tgz', integrity: " SUM "}"), 5, "a comes from \"file:a.tgz\"" },
	{ ONE("{type: variations}"), 5, "a: what \"type: variations\" means is not known" },
	{ ONE("{}"), 5,
	  "a 1.0.0 has no \"integrity\", so nothing says which bytes it is; let pnpm" },
	{ ONE("{integrity: sha1-x}"), 5, "a 1.0.0 is known by SHA-1 alone" },
	{ ONE("{integrity: sha512-x}"), 5, "a 1.0.0: \"sha512-x\" holds no SHA-512" },
	{ ONE("x"), 5, "expected an object" },
	{ HEAD "packages: {a: {resolution: {integrity: " SUM "}}}\n", 3,
	  "\"a\" is not NAME@VERSION" },
	{ HEAD "packages: {../a@1: {resolution: {integrity: " SUM "}}}\n", 3,
	  "\"../a\" is not the name of a package" },
	{ HEAD "packages: {a@../1: {resolution: {integrity: " SUM "}}}\n", 3,
	  "a: \"../1\" is not a version" },
	{ HEAD "snapshots: {a@1.0.0: {}}\n", 3,
	  "a@1.0.0 is not among \"packages\"; pnpm install --lockfile-only writes the lock file "
	  "anew" },
	{ ASKS("{specifier: '1', version: 1.0.0}"), 5,
	  "a@1.0.0 is not among the packages of the lock file; pnpm install --lockfile-only" },
	{ ASKS("{specifier: '1'}"), 5, "there is no \"version\"" },
	{ ASKS("{specifier: 'link:../a', version: 'link:../a'}"), 5,
	  "a leads to \"../a\", which is not a folder of the project" },
	{ "lockfileVersion: '9.0'\nimporters:\n  ../a: {}\n", 3,
	  "\"../a\" is not a folder of the project" },
	{ "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      ../a: {version: 1}\n",
	  5, "\"../a\" is not the name of a package" },
};

Test(pnpm_lock, what_is_refused_is_told_with_its_line)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		AUTO_ARENA a = { 0 };
		struct npm_graph g = { .packages.n = 0 };
		struct pnpm_asking asking = { .hooks = false };
		struct error e = { 0 };

		cr_expect(!pnpm_lock_read(&a, str_of(refused[i].text), "code/pnpm-lock.yaml", &g,
					  &asking, &e),
			  "%s", refused[i].text);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, refused[i].says) &&
				  e.at.line == refused[i].line &&
				  strcmp(e.at.file, "code/pnpm-lock.yaml") == 0,
			  "%s: %s:%u: %s%s", refused[i].text, e.at.file, e.at.line, e.context,
			  e.cause);
	}
}
