/* SPDX-License-Identifier: Apache-2.0 */
/* yarn.lock as yarn 1.22 writes it, and what is none. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/yarn_lock.h"

static const char *yarn_show(struct arena *a, const struct yarn_entries *l)
{
	struct buf out = { .a = a };

	list_each(x, l) {
		buf_printf(&out, "%u %s %s [%s] %s %s\n", x->line, x->name,
			   x->version ? x->version : "-", strings_join(a, &x->patterns, "|"),
			   x->resolved ? x->resolved : "-", x->integrity ? x->integrity : "-");
		list_each(need, &x->needs)
			buf_printf(&out, "  %s@%s%s\n", need->name, need->range,
				   need->optional ? " optional" : "");
	}
	return buf_cstr(&out);
}

Test(yarn_lock, entries_are_read)
{
	static const char text[] =
		"\xef\xbb\xbf# yarn lockfile v1\r\n\r\n\r\n"
		"\"@s/e@*\", \"@s/e@>= 1 <3\":\r\n  version \"1.0.0\"\r\n"
		"  resolved \"https://r.test/@s/e/-/e-1.0.0.tgz#07097907\"\r\n"
		"  integrity sha512-x==\r\n\r\n"
		"a@^1.0.0, a@~1.0.0:\n  version \"1.0.0\"\n  dependencies:\n    b \"^1.0.0 || 2\"\n"
		"    \"@s/e\" \"*\"\n  optionalDependencies:\n    c \"1\"\n\n"
		"\"b-old@npm:b@^1.0.0\":\n  version \"1.0.0\"\n\n"
		"\"e2@npm:@s/e\":\n  version \"1.0.0\"\n\n"
		"\"l@link:./l\":\n  version \"0.0.0\"\n  uid \"\"\n";
	AUTO_ARENA a = { 0 };
	struct yarn_entries l = { NULL, 0, 0 };
	struct error e = { 0 };

	cr_assert(yarn_lock_read(&a, str_of(text), "yarn.lock", &l, &e), "%u: %s", e.at.line,
		  e.cause);
	cr_expect_str_eq(yarn_show(&a, &l),
			 "4 @s/e 1.0.0 [@s/e@*|@s/e@>= 1 <3] "
			 "https://r.test/@s/e/-/e-1.0.0.tgz#07097907 sha512-x==\n"
			 "9 a 1.0.0 [a@^1.0.0|a@~1.0.0] - -\n"
			 "  b@^1.0.0 || 2\n  @s/e@*\n  c@1 optional\n"
			 "17 b 1.0.0 [b-old@npm:b@^1.0.0] - -\n"
			 "20 @s/e 1.0.0 [e2@npm:@s/e] - -\n"
			 "23 l 0.0.0 [l@link:./l] - -\n");
}

Test(yarn_lock, what_is_refused_is_told_with_its_line)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says;
	} cases[] = {
		{ "# x\n\n__metadata:\n  version: 8\n", 3,
		  "this is of yarn 2 or later, whose checksums are those of archives that yarn "
		  "makes itself" },
		{ "a@1:\n  version \"1\"\n<<<<<<< HEAD\n", 3,
		  "a merge left its marks here; yarn install --ignore-scripts resolves them" },
		{ "a\n", 1, "this is not \"NAME@RANGE:\"" },
		{ "a@1\n", 1, "this is not \"NAME@RANGE:\"" },
		{ "a@1, :\n", 1, "this is not \"NAME@RANGE:\"" },
		{ "\"a@1:\n", 1, "this is not \"NAME@RANGE:\"" },
		{ "../a@1:\n", 1, "\"../a\" is not the name of a package" },
		{ "\"a@npm:../b@1\":\n", 1, "\"../b\" is not the name of a package" },
		{ "  version \"1\"\n", 1, "a line of an entry, and there is none before it" },
		{ "a@1:\n  version\n", 2, "this is not a word and its value" },
		{ "a@1:\n  version \"1\n", 2, "this is not a word and its value" },
		{ "a@1:\n  dependencies:\n    ../b \"1\"\n", 3,
		  "this is not the name of a package and a range" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct yarn_entries l = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(!yarn_lock_read(&a, str_of(cases[i].text), "code/yarn.lock", &l, &e),
			  "%s", cases[i].text);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, cases[i].says) &&
				  e.at.line == cases[i].line &&
				  strcmp(e.at.file, "code/yarn.lock") == 0,
			  "%s: %s:%u: %s", cases[i].text, e.at.file, e.at.line, e.cause);
	}
}
