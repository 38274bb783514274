/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories of several packages with one lock file, as npm, pnpm and yarn have them. */

#include <criterion/criterion.h>

#include "support/fixture_own_project.h"

#define LIB "{ \"name\": \"@t/lib\", \"main\": \"dist/l.js\", \"scripts\": { \"build\": \"tsc\" } }"
#define APP                                                        \
	"{ \"name\": \"@t/app\", \"version\": \"2.1.0\", "         \
	"\"dependencies\": { \"@t/lib\": \"*\" }, \"scripts\": { " \
	"\"build\": \"tsc -b\", \"start\": \"node dist/a.js\" } }"
#define ROOT                                                                         \
	"{ \"workspaces\": [\"p/*\"], \"scripts\": { \"build\": \"turbo build\" }, " \
	"\"devDependencies\": { \"typescript\": \"5\" } }"
#define TSC "\"../../node_modules/typescript/bin/tsc\""
#define BUILDS                                                                            \
	"{ \"name\": \"build-lib\", \"run\": [\"env\", \"-C\", \"p/lib\", \"node\", " TSC \
	"] },\n{ \"name\": \"build-app\", \"run\": [\"env\", "                            \
	"\"-C\", \"p/app\", \"node\", " TSC ", \"-b\"] },\n"

static const struct {
	const char *name, *files[16], *says;
} cases[] = {
	{ "what it needs is built before it",
	  { "package.json", ROOT, "package-lock.json", "{}", "p/app/package.json", APP,
	    "p/lib/package.json", LIB, "p/zoo/package.json",
	    "{ \"scripts\": { \"build\": \"tsc\" } }" },
	  "\"dev\": true },\n\"steps\": [\n" BUILDS "{ \"name\": \"development\", \"run\": "
	  "[\"find\", \".\", \"-name\", \"node_modules\", \"-prune\"," },
	{ "what was built starts",
	  { "package.json", ROOT, "package-lock.json", "{}", "p/app/package.json", APP,
	    "p/lib/package.json", LIB },
	  "\"entrypoint\": [\"/usr/bin/node\", \"/app/p/app/dist/a.js\"]" },
	{ "folders of folders",
	  { "package.json", "{ \"workspaces\": [\"p/*/x*\"] }", "package-lock.json", "{}",
	    "p/a/xa/package.json", "{ \"bin\": \"a.js\" }", "p/a/xa/a.js", "" },
	  "\"/app/p/a/xa/a.js\"" },
	{ "folders at any depth, but those of node_modules",
	  { "package.json", "{ \"workspaces\": [\"p/**/**\"] }", "package-lock.json", "{}",
	    "p/a/node_modules/b/package.json", "{ \"bin\": \"b.js\" }", "p/a/node_modules/b/b.js",
	    "", "p/z/c/package.json", "{ \"bin\": \"c.js\" }", "p/z/c/c.js", "" },
	  "\"/app/p/z/c/c.js\"" },
	{ "what a pattern takes away",
	  { "package.json", "{ \"workspaces\": [\"p/*\", \"!p/a*\", \"p/ab\"] }",
	    "package-lock.json", "{}", "p/aa/package.json", "{ \"bin\": \"a.js\" }", "p/aa/a.js",
	    "", "p/ab/package.json", "{ \"bin\": \"b.js\" }", "p/ab/b.js", "" },
	  "\"/app/p/ab/b.js\"" },
	{ "what a pattern of pnpm takes away, wherever it stands",
	  { "package.json", "{}", "pnpm-workspace.yaml",
	    "packages: ['!p/aa', 'p/*', '!**/test/**']\n", "pnpm-lock.yaml",
	    "lockfileVersion: '9.0'\n", "p/aa/package.json", "{ \"bin\": \"a.js\" }", "p/aa/a.js",
	    "", "p/b/package.json", "{ \"bin\": \"b.js\" }", "p/b/b.js", "" },
	  "\"/app/p/b/b.js\"" },
	{ "a folder that no step may be called by",
	  { "package.json", ROOT, "package-lock.json", "{}", "p/Web App/package.json", APP },
	  "{ \"name\": \"build-web-app\", \"run\": [\"env\", \"-C\", \"p/Web App\"," },
	{ "a compiler that pnpm puts into its own folder",
	  { "package.json", "{}", "pnpm-workspace.yaml", "packages: ['p/*']\n", "pnpm-lock.yaml",
	    "lockfileVersion: '9.0'\n", "p/app/package.json",
	    "{ \"devDependencies\": { \"typescript\": \"5\" }, \"scripts\": { \"build\": \"A=b tsc\", "
	    "\"start\": \"node dist/a.js\" } }" },
	  "[\"env\", \"-C\", \"p/app\", \"A=b\", \"node\", \"node_modules/typescript/bin/tsc\"]" },
	{ "a program of a package, which npm puts above",
	  { "package.json", "{ \"workspaces\": [\"web\"] }", "package-lock.json", "{}",
	    "web/package.json",
	    "{ \"dependencies\": { \"next\": \"14\" }, \"scripts\": { \"start\": \"next start\" } }" },
	  "\"entrypoint\": [\"/usr/bin/node\", \"/app/node_modules/next/dist/bin/next\", "
	  "\"start\"],\n\"user\": \"65532:65532\",\n\"workdir\": \"/app/web\"" },
	{ "one that is named",
	  { "../package.json",
	    "{ \"workspaces\": [\"app\", \"lib\"], \"devDependencies\": { "
	    "\"typescript\": \"5\" } }",
	    "../package-lock.json", "{}", "package.json", APP, "../lib/package.json", LIB },
	  "\"version\": \"2.1.0\",\n\"toolchain\": \"node\",\n\"dependencies\": { \"lock\": "
	  "\"package-lock.json\", \"dev\": true },\n\"steps\": [\n{ \"name\": \"build-lib\", \"run\": "
	  "[\"env\", \"-C\", \"lib\", \"node\", \"../node_modules/typescript/bin/tsc\"] }" },
	{ "none of the workspaces above",
	  { "../package.json", "{ \"workspaces\": [\"lib\"] }", "../package-lock.json", "{}",
	    "package.json", APP },
	  "app/package-lock.json is not there: npm install" },
};

Test(node_workspaces, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_node, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

/* Workspaces that need each other end, too. */
Test(node_workspaces, a_circle_ends)
{
	AUTO_ARENA a = { 0 };
	static const char *const files[] = {
		"package.json",
		ROOT,
		"package-lock.json",
		"{}",
		"p/a/package.json",
		"{ \"name\": \"a\", \"dependencies\": { \"b\": \"1\" }, \"scripts\": { \"build\": \"tsc\", "
		"\"start\": \"node a\" } }",
		"p/b/package.json",
		"{ \"name\": \"b\", \"dependencies\": { \"a\": \"1\" }, \"scripts\": { \"build\": \"tsc\" } }",
		NULL
	};
	const char *text = own_project_texts(&a, project_read_node, files);
	const char *b = strstr(text, "\"build-b\"");

	cr_expect(b && strstr(b, "\"build-a\""), "%s", text);
}
