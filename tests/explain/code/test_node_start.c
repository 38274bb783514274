/* SPDX-License-Identifier: Apache-2.0 */
/* What of a package of Node.js starts: as npm start, and node with a file, find it. */

#include <criterion/criterion.h>

#include "explain/code/node_start.h"
#include "support/fixture_own_project.h"

#define FILES 16
#define LOCK "package-lock.json", "{}"
/* With the commands serve-x, other and, for development, only. */
#define NPM_FILE                                                                       \
	"\"version\": \"1.0.0\", \"resolved\": \"https://npm.test/x.tgz\","            \
	"\"integrity\": \"sha512-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\", "
#define NPM_LOCK "package-lock.json", npm_lock

static const char npm_lock[] =
	"{ \"lockfileVersion\": 3, \"packages\": { \"\": {\n"
	"\"dependencies\": { \"@t/serve\": \"1\" }, \"devDependencies\": { \"d\": \"1\" } },\n"
	"\"node_modules/a\": { " NPM_FILE
	"\"bin\": { \"serve-x\": \"no.js\", \"other\": \"o.js\" } },\n"
	"\"node_modules/@t/serve\": { " NPM_FILE
	"\"bin\": { \"serve-x\": \"./bin/main.js\" }, \"dependencies\": { \"a\": \"1\" } },\n"
	"\"node_modules/d\": { " NPM_FILE "\"dev\": true, \"bin\": { \"only\": \"d.js\" } }\n} }";

#define ENTRY(words) "\"entrypoint\": [\"/usr/bin/node\", " words "]"

/* The words without a shell: options, file, arguments; variables. */
Test(node_start, scripts_become_words)
{
	static const struct {
		const char *script, *words, *variable;
	} cases[] = {
		{ "node server.js", "server.js", NULL },
		{ "node --enable-source-maps dist/a", "--enable-source-maps dist/a", NULL },
		{ "NODE_ENV=production node  a.js --port 80", "a.js --port 80", "production" },
		{ "A=1 cross-env A=3 node a.js", "a.js", "3" },
		{ "cross-env A=b node -r ./x a.js", "-r ./x a.js", "b" },
		{ "node --import tsx a.ts", "--import tsx a.ts", NULL },
		{ "node", NULL, NULL },
		{ "node -e 1", NULL, NULL },
		{ "node --watch a.js", NULL, NULL },
		{ "node a.js && node b.js", NULL, NULL },
		{ "node $FILE", NULL, NULL },
		{ "next start", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct node_start s = { 0 };
		bool is = node_start_parse(&a, cases[i].script, &s);

		cr_expect_eq(is, cases[i].words != NULL, "%s", cases[i].script);
		if (!is || !cases[i].words)
			continue;
		*list_push(&a, &s.before) = s.file;
		list_each(x, &s.after)
			*list_push(&a, &s.before) = *x;
		cr_expect_str_eq(strings_join(&a, &s.before, " "), cases[i].words);
		cr_expect(cases[i].variable
				  ? s.env.n == 1 && strcmp(s.env.v[0].value, cases[i].variable) == 0
				  : s.env.n == 0,
			  "%s", cases[i].script);
	}
}

static const struct {
	const char *name, *files[FILES], *says;
} starts[] = {
	{ "a command",
	  { "package.json",
	    "{ \"bin\": { \"b\": \"b.js\", \"x\": \"./bin/x.js\" }, \"name\": \"@t/x\" }", LOCK,
	    "bin/x.js", "" },
	  ENTRY("\"/app/bin/x.js\"") },
	{ "one command",
	  { "package.json", "{ \"bin\": \"x.js\" }", LOCK, "x.js", "" },
	  ENTRY("\"/app/x.js\"") },
	{ "what npm starts without being told",
	  { "package.json", "{ }", LOCK, "server.js", "", "index.js", "" },
	  ENTRY("\"/app/server.js\"") },
	{ "a folder",
	  { "package.json", "{ \"main\": \"lib\" }", LOCK, "lib/index.js", "" },
	  ENTRY("\"/app/lib\"") },
	{ "options, a variable and a working folder",
	  { "package.json",
	    "{ \"scripts\": { \"start\": \"npm run serve\", \"serve\": "
	    "\"A=b node --enable-source-maps s.js -v\" } }",
	    LOCK, "s.js", "" },
	  ENTRY("\"--enable-source-maps\", \"/app/s.js\", \"-v\"") ",\n\"env\": { \"A\": \"b\" },\n"
								   "\"user\": \"65532:65532\",\n\"workdir\": \"/app\"" },
	{ "the package itself",
	  { "package.json", "{ \"main\": \"a.js\", \"scripts\": { \"start\": \"node .\" } }", LOCK,
	    "a.js", "" },
	  ENTRY("\"/app/a.js\"") },
	{ "a workspace",
	  { "package.json", "{ \"workspaces\": [\"packages/*\"] }", LOCK,
	    "packages/app/package.json", "{ \"scripts\": { \"start\": \"node a.js\" } }",
	    "packages/app/a.js", "", "packages/lib/package.json", "{ \"main\": \"l.js\" }",
	    "packages/lib/l.js", "" },
	  ENTRY("\"/app/packages/app/a.js\"") ",\n\"user\": \"65532:65532\",\n"
					      "\"workdir\": \"/app/packages/app\"" },
	{ "TypeScript",
	  { "package.json",
	    "{ \"main\": \"dist/a.js\", \"scripts\": { \"build\": \"tsc  -p .\" }, "
	    "\"devDependencies\": { \"typescript\": \"5\" } }",
	    LOCK },
	  "\"dependencies\": { \"lock\": \"package-lock.json\", \"dev\": true },\n\"steps\": [\n"
	  "{ \"name\": \"build\", \"run\": [\"node\", \"node_modules/typescript/bin/tsc\", \"-p\", "
	  "\".\"] },\n{ \"name\": \"development\", \"run\": [\"rm\", \"-r\", \"node_modules\"] }" },
	{ "what production starts, for npm start is for development",
	  { "package.json",
	    "{ \"scripts\": { \"start\": \"nest start\", \"start:dev\": \"nest start --watch\", "
	    "\"start:prod\": \"node dist/main\" } }",
	    LOCK, "dist/main.js", "" },
	  ENTRY("\"/app/dist/main\"") },
	{ "a program of a package that the image has",
	  { "package.json",
	    "{ \"scripts\": { \"start\": \"NODE_ENV=production next start -p 8080\" }, "
	    "\"dependencies\": { \"next\": \"14\" } }",
	    LOCK },
	  ENTRY("\"/app/node_modules/next/dist/bin/next\", \"start\", \"-p\", \"8080\"") ",\n\"env\": "
											 "{ \"NODE_ENV\": \"production\" }" },
	{ "a command that the lock file of npm has, of a package that is asked for before others",
	  { "package.json",
	    "{ \"scripts\": { \"start\": \"npx serve-x -l 80\" }, "
	    "\"dependencies\": { \"@t/serve\": \"1\" } }",
	    NPM_LOCK },
	  ENTRY("\"/app/node_modules/@t/serve/bin/main.js\", \"-l\", \"80\"") },
	{ "a command of what another package needs",
	  { "package.json",
	    "{ \"scripts\": { \"start\": \"other\" }, \"dependencies\": { \"@t/serve\": \"1\" } }",
	    NPM_LOCK },
	  ENTRY("\"/app/node_modules/a/o.js\"") },
	{ "no command of what only development needs",
	  { "package.json",
	    "{ \"scripts\": { \"start\": \"only\" }, \"main\": \"m.js\", "
	    "\"dependencies\": { \"@t/serve\": \"1\" } }",
	    NPM_LOCK, "m.js", "" },
	  ENTRY("\"/app/m.js\"") },
	{ "one that restarts what it starts",
	  { "package.json", "{ \"scripts\": { \"start\": \"nodemon s.js\" } }", LOCK, "s.js", "" },
	  ENTRY("\"/app/s.js\"") },
	{ "scripts of other programs",
	  { "package.json", "{}", LOCK, "index.js", "#!/usr/bin/env node\n", "x/run",
	    "#!/bin/bash\n", "not-executable.sh", "#!/bin/sh\n", "made/run", "#!/bin/sh\n",
	    ".gitignore", "/made/\n" },
	  "\"drop\": [\"/app/package-lock.json\", \"/app/.gitignore\", \"/app/x/run\"]" },
	{ "settings of npm",
	  { "package.json", "{}", LOCK, "index.js", "", ".npmrc", "//a.test/:_authToken=x\n" },
	  "\"drop\": [\"/app/package-lock.json\", \"/app/.npmrc\"]" },
	{ "settings of npm that git leaves out",
	  { "package.json", "{}", LOCK, "index.js", "", ".npmrc", "", ".gitignore", ".npmrc\n" },
	  "\"drop\": [\"/app/package-lock.json\", \"/app/.gitignore\"]" },
	{ "a package that needs no other",
	  { "package.json", "{ \"dependencies\": {} }", "index.js", "" },
	  "\"toolchain\": \"node\",\n\"steps\": [\n{ \"name\": \"folder\"" },
	{ "one that does, without a lock file",
	  { "package.json", "{ \"devDependencies\": { \"x\": \"1\" } }", "index.js", "" },
	  "app/package-lock.json is not there: npm install --package-lock-only writes it" },
	{ "workspaces without a lock file",
	  { "package.json", "{ \"workspaces\": [] }", "index.js", "" },
	  "app/package-lock.json is not there: npm install --package-lock-only writes it" },
	{ "the lock file of bun as it was before",
	  { "package.json", "{ \"dependencies\": { \"a\": \"1\" } }", "index.js", "", "bun.lockb",
	    "" },
	  "app/bun.lockb is not a lock file that is known: npm install --package-lock-only" },
	{ "nothing",
	  { "package.json", "{ \"main\": \"a.js\" }", LOCK },
	  "app has nothing that starts: " },
	{ "a file that git leaves out",
	  { "package.json", "{ \"main\": \"dist/a.js\" }", LOCK, "dist/a.js", "", ".gitignore",
	    "node_modules\n/dist/\n" },
	  ".gitignore:2, as git leaves it out (\"main\")" },
	{ "a file outside",
	  { "package.json", "{ \"bin\": \"../x.js\" }", LOCK },
	  "app/package.json: ../x.js, which starts (\"bin\"), is not a file of the folder" },
};

Test(node_start, what_people_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_node, starts[i].files);

		cr_expect(strstr(text, starts[i].says), "%s: %s", starts[i].name, text);
	}
}

Test(node_start, what_is_left_to_decide)
{
	static const struct {
		const char *files[FILES], *says;
	} cases[] = {
		{ { "package.json",
		    "{ \"main\": \"a.js\", \"scripts\": { \"build\": \"vite build\" } }", LOCK },
		  "a.js is not there: the image does not start before a step makes it" },
		{ { "package.json", "{ \"workspaces\": [\"p/*\"] }", LOCK, "p/a/package.json",
		    "{ \"bin\": \"a.js\" }", "p/a/a.js", "", "p/b/package.json",
		    "{ \"bin\": \"b.js\" }", "p/b/b.js", "" },
		  "app/p/b starts something, too: the recipe starts p/a" },
		{ { "package.json", "{ \"workspaces\": { \"packages\": [\"p/b\"] } }", LOCK,
		    "pnpm-workspace.yaml", "packages:\n  - 'p/*'\n", "p/a/package.json",
		    "{ \"bin\": \"a.js\" }", "p/a/a.js", "", "p/b/package.json",
		    "{ \"bin\": \"b.js\" }", "p/b/b.js", "" },
		  "app/p/a starts something, too: the recipe starts p/b" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, project_read_node, cases[i].files);

		cr_expect(strstr(left, cases[i].says), "%zu: %s", i, left);
	}
}
