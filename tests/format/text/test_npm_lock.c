/* SPDX-License-Identifier: Apache-2.0 */
/* package-lock.json as npm 10 and 11 write it, and what is none that could be locked. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/npm_lock.h"

#define SUM                                                                                           \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV" \
	"1w=="
#define HEAD "{ \"lockfileVersion\": 3, \"packages\": {\n"
#define ONE(more) HEAD "\"node_modules/a\": { \"version\": \"1.0.0\"" more " } } }"

static void npm_show(struct buf *out, const struct npm_entry *x)
{
	buf_printf(out, "%u %s: %s %s", x->line, x->place, x->name, x->version);
	if (x->file)
		buf_printf(out, " %s", x->file);
	if (x->link)
		buf_printf(out, " -> %s", x->link);
	if (x->resolved)
		buf_printf(out, " from %s", x->resolved);
	buf_printf(out, "%s%s%s", x->dev ? " dev" : "", x->optional ? " optional" : "",
		   x->scripts ? " scripts" : "");
	for (size_t i = 0; i < x->commands.n; i++)
		buf_printf(out, " %s=%s", x->commands.v[i].name, x->commands.v[i].path);
	buf_putc(out, '\n');
}

Test(npm_lock, packages_links_and_commands_are_read)
{
	static const char text[] =
		"{\n  \"name\": \"app\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n"
		"  \"packages\": {\n"
		"    \"\": { \"name\": \"app\", \"workspaces\": [\"packages/*\"] },\n"
		"    \"node_modules/@s/c\": { \"version\": \"2.0.0-rc.1\", \"resolved\": "
		"\"https://r.test/@s/c/-/c-2.0.0-rc.1.tgz\", \"integrity\": \"" SUM "\",\n"
		"      \"bin\": { \"c\": \"./bin/c.js\" }, \"engines\": { \"node\": \">=18\" } },\n"
		"    \"node_modules/@s/c/node_modules/b\": { \"version\": \"1.0.0\", \"inBundle\": "
		"true },\n"
		"    \"node_modules/d\": { \"name\": \"real\", \"version\": \"1.0.0\", "
		"\"integrity\": \"sha1-x " SUM "\", \"dev\": true },\n"
		"    \"node_modules/e\": { \"version\": \"1.0.0\", \"integrity\": \"" SUM "\",\n"
		"      \"optional\": true, \"hasInstallScript\": true, \"os\": [\"linux\"] },\n"
		"    \"node_modules/gone\": { \"version\": \"1.0.0\", \"extraneous\": true },\n"
		"    \"node_modules/w\": { \"resolved\": \"packages/w\", \"link\": true },\n"
		"    \"packages/w\": { \"version\": \"0.0.1\" },\n"
		"    \"packages/w/node_modules/b\": { \"version\": \"3.0.0\", \"integrity\": \"" SUM
		"\", \"devOptional\": true }\n  }\n}\n";
	AUTO_ARENA a = { 0 };
	struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
	struct buf out = { .a = &a };
	struct error e = { 0 };

	cr_assert(npm_lock_read(&a, str_of(text), "package-lock.json", &l, &others, &e), "%s",
		  e.cause);
	for (size_t i = 0; i < l.n; i++)
		npm_show(&out, &l.v[i]);
	cr_expect_str_eq(buf_cstr(&out),
			 "7 node_modules/@s/c: @s/c 2.0.0-rc.1 @s/c/-/c-2.0.0-rc.1.tgz from "
			 "https://r.test/@s/c/-/c-2.0.0-rc.1.tgz c=bin/c.js\n"
			 "10 node_modules/d: real 1.0.0 real/-/real-1.0.0.tgz dev\n"
			 "11 node_modules/e: e 1.0.0 e/-/e-1.0.0.tgz optional scripts\n"
			 "14 node_modules/w: w  -> packages/w\n"
			 "16 packages/w/node_modules/b: b 3.0.0 b/-/b-3.0.0.tgz optional\n");
	cr_expect_str_eq(l.v[0].engine, ">=18");
	cr_expect(npm_entry_takes_node(&l.v[0], "20.19.2"));
	cr_expect_not(npm_entry_takes_node(&l.v[0], "16.20.2"));
	cr_expect(!l.v[1].engine && npm_entry_takes_node(&l.v[1], "16.20.2"));
	cr_expect(l.v[0].sha512.sha512 && l.v[0].sha512.b[0] == 0xf4 &&
		  l.v[0].sha512.b[63] == 0xd7);
}

Test(npm_lock, what_cannot_be_locked_is_told_with_its_line)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says;
	} cases[] = {
		{ "{ \"lockfileVersion\": 1, \"dependencies\": {} }", 1,
		  "version 1 of the format is not known; known are 2 and 3: npm install "
		  "--package-lock-only --lockfile-version 3 writes one" },
		{ "{ \"lockfileVersion\": 4, \"packages\": {} }", 1, "version 4 of the format" },
		{ "{ \"packages\": {} }", 1, "lockfileVersion" },
		{ "{ \"lockfileVersion\": 3 }", 1, "packages" },
		{ HEAD "\n\"node_modules/a\": 1 } }", 3, "expected an object" },
		{ ONE(""), 2, "a 1.0.0 has no \"integrity\", so nothing says which bytes it is" },
		{ ONE(", \"integrity\": \"sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=\""), 2,
		  "a 1.0.0 is known by SHA-1 alone, which proves nothing any more" },
		{ ONE(", \"integrity\": \"sha512-short==\""), 2, "holds no SHA-512" },
		{ ONE(", \"integrity\": \"sha384-x\""), 2,
		  "a 1.0.0: \"sha384-x\" holds no SHA-512" },
		{ ONE(", \"resolved\": \"git+ssh://git@h.test/x.git#1\""), 2,
		  "a 1.0.0 comes from git, of which no SHA-512 is known" },
		{ ONE(", \"resolved\": \"file:x.tgz\""), 2,
		  "a 1.0.0 comes from \"file:x.tgz\", which is not an http or https address" },
		{ ONE(", \"integrity\": \"" SUM "\", \"bin\": { \"a\": \"../x\" }"), 2,
		  "a: \"../x\" cannot be the command a" },
		{ HEAD "\"node_modules/a\": { \"version\": \"../1\" } } }", 2,
		  "a: \"../1\" is not a version" },
		{ HEAD "\"node_modules/a\": { } } }", 2, "a: \"\" is not a version" },
		{ HEAD "\"node_modules/a\": { \"name\": \"..\", \"version\": \"1\" } } }", 2,
		  "\"..\" is not the name of a package" },
		{ HEAD "\"node_modules/.bin\": { \"version\": \"1\" } } }", 2,
		  "\"node_modules/.bin\" is not a place of a package" },
		{ HEAD "\"../node_modules/a\": { \"version\": \"1\" } } }", 2,
		  "\"../node_modules/a\" is not a place of a package" },
		{ HEAD "\"node_modules/a/b\": { \"version\": \"1\" } } }", 2,
		  "\"node_modules/a/b\" is not a place of a package" },
		{ HEAD "\"node_modules/w\": { \"resolved\": \"../w\", \"link\": true } } }", 2,
		  "the link node_modules/w leads to \"../w\", which is not a folder of the project" },
		{ HEAD "\"node_modules/w\": { \"link\": true } } }", 2, "leads to \"\"" },
		{ HEAD "\"node_modules/a\": { \"version\": 1 } } }", 2, "expected a string" },
		{ "{ \"lockfileVersion\": 3,\n", 1, "not valid JSON" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(!npm_lock_read(&a, str_of(cases[i].text), "code/package-lock.json", &l,
					 &others, &e),
			  "%s", cases[i].text);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, cases[i].says) &&
				  e.at.line == cases[i].line &&
				  strcmp(e.at.file, "code/package-lock.json") == 0,
			  "%s: %s:%u: %s%s", cases[i].text, e.at.file, e.at.line, e.context,
			  e.cause);
	}
}

/* npm-install-checks: checkPlatform */
Test(npm_lock, os_cpu_and_libc_say_what_a_package_is_for)
{
	static const struct {
		const char *os, *cpu, *libc;
		bool x64, arm64;
	} cases[] = {
		{ NULL, NULL, NULL, true, true },	 { "linux", "x64", "glibc", true, false },
		{ "linux", "arm64", NULL, false, true }, { "darwin", NULL, NULL, false, false },
		{ "!win32", NULL, NULL, true, true },	 { "!linux", NULL, NULL, false, false },
		{ NULL, "!x64", NULL, false, true },	 { "any", "any", NULL, true, true },
		{ "linux", NULL, "musl", false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct npm_entry x = { .name = "a" };

		if (cases[i].os)
			*list_push(&a, &x.os) = cases[i].os;
		if (cases[i].cpu)
			*list_push(&a, &x.cpu) = cases[i].cpu;
		if (cases[i].libc)
			*list_push(&a, &x.libc) = cases[i].libc;
		cr_expect_eq(npm_entry_fits(&x, "x64"), cases[i].x64, "%zu", i);
		cr_expect_eq(npm_entry_fits(&x, "arm64"), cases[i].arm64, "%zu", i);
	}
}
