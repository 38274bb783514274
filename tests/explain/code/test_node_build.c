/* SPDX-License-Identifier: Apache-2.0 */
/* Scripts of package.json as npm runs them, one command after another; the commands of the first
 * table are those that npm run prints before each ("> "), and that sh -x shows. */

#include <criterion/criterion.h>

#include "explain/code/node_script.h"
#include "format/json/json.h"
#include "support/fixture_own_project.h"

/* "A=b|vite|build;rm|-rf|x" */
static const char *script_text(struct arena *a, const struct node_commands *commands)
{
	struct strings all = { NULL, 0, 0 };

	list_each(c, &commands->v) {
		struct strings words = { NULL, 0, 0 };

		list_each(x, &c->env)
			*list_push(a, &words) = *x;
		list_each(x, &c->words)
			*list_push(a, &words) = *x;
		*list_push(a, &all) = strings_join(a, &words, "|");
	}
	return strings_join(a, &all, ";");
}

Test(node_build, scripts_are_commands)
{
	static const struct {
		const char *scripts, *commands;
	} cases[] = {
		{ "'build': 'vite build'", "vite|build" },
		{ "'build': 'npm run clean && tsc -p .', 'clean': 'rimraf dist'",
		  "rimraf|dist;tsc|-p|." },
		{ "'prebuild': 'rm -rf dist', 'build': 'nest build', 'postbuild': 'node a.js'",
		  "rm|-rf|dist;nest|build;node|a.js" },
		{ "'build': 'A=1 cross-env B=2 webpack --mode production'",
		  "A=1|B=2|webpack|--mode|production" },
		{ "'build': 'A=1 A=2 npm run c', 'c': 'A=3 B=4 node c'", "A=3|B=4|node|c" },
		{ "'build': 'A=1 cross-env A=2 B=3 node c'", "A=2|B=3|node|c" },
		{ "'build': 'yarn tsc:all', 'tsc:all': 'tsc -b'", "tsc|-b" },
		{ "'build': 'pnpm run -s x && npx tsup', 'x': 'true'", "true;tsup" },
		{ "'build': 'run-s a b', 'a': 'tsc', 'b': 'C=d npm run c', 'c': 'node c'",
		  "tsc;C=d|node|c" },
		{ "'build': 'esbuild \\\"src/a b.ts\\\" --outdir=out'",
		  "esbuild|src/a b.ts|--outdir=out" },
		{ "'build': 'yarn'", "yarn" },
		{ "'build': 'npm ci'", "npm|ci" },
		{ "'build': 'tsc & vite build'", NULL },
		{ "'build': 'tsc || true'", NULL },
		{ "'build': 'cp src/*.css dist'", NULL },
		{ "'build': 'echo $HOME'", NULL },
		{ "'build': 'echo \\\"$HOME\\\"'", NULL },
		{ "'build': 'echo \\\"a$\\\"'", NULL },
		{ "'build': 'a &&'", NULL },
		{ "'build': '&& a'", NULL },
		{ "'build': ''", NULL },
		{ "'build': 'npm run build'", NULL },
		{ "'build': 'run-s a', 'a': 'run-s a a'", NULL },
		{ "'build': 'A=1'", NULL },
		{ "'start': 'a'", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_JSON doc = { 0 };
		struct error e = { 0 };
		struct node_commands commands;
		struct json_node scripts;
		char *text = arena_printf(&a, "{ %s }", cases[i].scripts);
		bool is;

		for (char *c = text; *c; c++)
			*c = *c == '\'' ? '"' : *c;
		cr_assert(json_parse("x", str_of(text), &doc, &e), "%s: %s", text, e.cause);
		scripts = json_root(&doc);
		is = node_script_split(&a, &scripts, "build", &commands);
		cr_expect_eq(is, cases[i].commands != NULL, "%s", text);
		if (is && cases[i].commands)
			cr_expect_str_eq(script_text(&a, &commands), cases[i].commands);
	}
}

#define LOCK "package-lock.json", "{}"
#define BUILD(script, packages)                                       \
	"{ \"main\": \"out.js\", \"scripts\": { \"build\": \"" script \
	"\" }, \"devDependencies\": { " packages " } }"

Test(node_build, builds_become_steps)
{
	static const struct {
		const char *name, *files[10], *says;
	} cases[] = {
		{ "a program of a package",
		  { "package.json", BUILD("vite build", "\"vite\": \"5\""), LOCK },
		  "\"dev\": true },\n\"steps\": [\n{ \"name\": \"build\", \"run\": [\"node\", "
		  "\"node_modules/vite/bin/vite.js\", \"build\"] },\n{ \"name\": \"development\"" },
		{ "several",
		  { "package.json",
		    BUILD("rimraf dist && eslint . && B=c tsc && shx cp -r a b",
			  "\"typescript\": \"5\""),
		    LOCK },
		  "{ \"name\": \"build\", \"run\": [\"rm\", \"-rf\", \"dist\"] },\n{ \"name\": "
		  "\"build-2\", \"run\": [\"env\", \"B=c\", \"node\", "
		  "\"node_modules/typescript/bin/tsc\"] },\n{ \"name\": \"build-3\", \"run\": "
		  "[\"cp\", \"-r\", \"a\", \"b\"] }" },
		{ "a script of one's own, and no package",
		  { "package.json",
		    "{ \"main\": \"out.js\", \"scripts\": { \"build\": \"node make.mjs\" } }" },
		  "\"steps\": [\n{ \"name\": \"build\", \"run\": [\"node\", \"make.mjs\"] },\n"
		  "{ \"name\": \"folder\"" },
		{ "what needs many addresses",
		  { "package.json", BUILD("next build", "\"next\": \"14\""), LOCK },
		  "\"limits\": { \"memory-mib\": 65536 }," },
		{ "what is kept for another build",
		  { "package.json", BUILD("next build", "\"next\": \"14\""), LOCK },
		  "\"drop\": [\"/app/.next/cache/**\", " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *text = own_project_texts(&a, project_read_node, cases[i].files);

		cr_expect(strstr(text, cases[i].says), "%s: %s", cases[i].name, text);
	}
}

Test(node_build, what_is_left_to_decide)
{
	static const struct {
		const char *files[6], *says;
	} cases[] = {
		{ { "package.json", BUILD("turbo build", ""), LOCK },
		  "package.json: \"build\" is \"turbo build\": npm is not run; write it as a step" },
		{ { "package.json", BUILD("vite build", ""), LOCK }, /* which asks for no vite */
		  "package.json: \"build\" is \"vite build\": npm is not run" },
		{ { "package.json", BUILD("next build", "\"next\": \"14\""), LOCK },
		  "next build draws a random name for each build: with generateBuildId in " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *left = own_project_left(&a, project_read_node, cases[i].files);

		cr_expect(strstr(left, cases[i].says), "%zu: %s", i, left);
	}
}

/* Oracle: "bin" of these packages, as npm view shows it. */
Test(node_build, tools_are_files_of_their_packages)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root;

	cr_assert(json_parse("x",
			     STR("{ \"dependencies\": { \"next\": \"1\" }, "
				 "\"devDependencies\": { \"@nestjs/cli\": \"1\" } }"),
			     &doc, &e));
	root = json_root(&doc);
	cr_expect_str_eq(node_tool_path(&a, &root, "nest", true),
			 "node_modules/@nestjs/cli/bin/nest.js");
	cr_expect_null(node_tool_path(&a, &root, "nest", false));
	cr_expect_str_eq(node_tool_path(&a, &root, "next", false),
			 "node_modules/next/dist/bin/next");
	cr_expect_null(node_tool_path(&a, &root, "vite", true));
}

/* ${destdir} of a step is imgbuild's; in these quotes a shell leaves it as it is. */
Test(node_build, variables_of_steps_are_for_people)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct node_commands commands;
	struct json_node root;

	cr_assert(json_parse("x",
			     STR("{ \"a\": \"echo '${destdir}'\", \"b\": \"echo 'a$'\", "
				 "\"c\": \"A='${x}' node y\" }"),
			     &doc, &e));
	root = json_root(&doc);
	cr_expect(!node_script_split(&a, &root, "a", &commands));
	cr_expect(node_script_split(&a, &root, "b", &commands));
	cr_expect_str_eq(script_text(&a, &commands), "echo|a$");
	cr_expect(!node_script_split(&a, &root, "c", &commands));
}

/* Scripts that run each other many times would be written out as often. */
Test(node_build, a_very_long_script_is_for_people)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct node_commands commands;
	struct json_node root;
	struct buf text = { .a = &a };

	buf_puts(&text, "{ \"build\": \"true");
	for (size_t i = 0; i < 10000; i++)
		buf_puts(&text, " a");
	buf_puts(&text, "\" }");
	cr_assert(json_parse("x", buf_str(&text), &doc, &e), "%s", e.cause);
	root = json_root(&doc);
	cr_expect(!node_script_split(&a, &root, "build", &commands));
}
