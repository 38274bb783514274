/* SPDX-License-Identifier: Apache-2.0 */
/* TOML against Python's tomllib, and what is none with its line. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/toml.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* What both sides say of a text: a line "KEYS = VALUE" for each value, sorted by neither. */
static const char oracle[] =
	"import sys\n"
	"try: import tomllib\n"
	"except ImportError: import tomli as tomllib\n"
	"def say(keys, v):\n"
	"    if isinstance(v, dict):\n"
	"        for k in v: say(keys + [k], v[k])\n"
	"    elif isinstance(v, list) and v and all(isinstance(x, dict) for x in v) and len(keys) == 1:\n"
	"        for x in v: say(keys, x)\n"
	"    elif isinstance(v, list):\n"
	"        print('/'.join(keys) + ' = ' + '|'.join(x for x in v if isinstance(x, str)))\n"
	"    elif isinstance(v, str): print('/'.join(keys) + ' = ' + v)\n"
	"    else: print('/'.join(keys) + ' = other')\n"
	"say([], tomllib.load(open(sys.argv[1], 'rb')))\n";

static const char everything[] =
	"# a comment\n"
	"title = \"a \\\"b\\\" \\u00e9 \\U0001F600 \\t.\" # behind\n"
	"literal = 'C:\\path'\r\n"
	"\"quoted key\" = 1\n"
	"a.b.\"c.d\" = 'x'\n"
	"number = 1_000\n"
	"date = 1979-05-27T07:32:00Z\n"
	"time = 1979-05-27 07:32:00 # then\n"
	"empty = \"\"\n"
	"list = [ \"one\", 'two', # three\n 3, [\"nested\"],\n]\n"
	"none = []\n"
	"inline = { x = \"1\", y.z = 'two', w = { deep = true } }\n"
	"several = \"\"\"\nfirst\n  second \\\n     \"third\"\"\"\"\n"
	"raw = '''\n\\n 'x'\n'''\n"
	"[table]\nkey = \"v\"\n"
	"[ source . 'crates-io' ]\nreplace-with = \"mirror\"\n"
	"[source.\"sparse+https://a.test/x/\"]\nregistry = \"sparse+https://a.test/x/\"\n"
	"[[package]]\nname = \"a\"\nversion = \"1\"\ndependencies = [\n \"b\",\n \"c 1.0\",\n]\n"
	"[[package]]\nname = \"b\"\n"
	"[[package]]\nname = \"c\"\n";

Test(toml, values_are_those_that_python_reads)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x.toml", dir);
	struct buf out = { .a = &a };
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };
	struct str want;

	oracle_need("python3");
	files_put(path, everything);
	want = ORACLE(&a, "python3", "-c", oracle, path);
	files_remove(dir);
	cr_assert(toml_read(&a, str_of(everything), "x.toml", &t, &e), "%u: %s", e.at.line,
		  e.cause);
	for (size_t i = 0; i < t.v.n; i++) {
		const struct toml_value *v = &t.v.v[i];

		buf_printf(&out, "%s = %s\n", strings_join(&a, &v->keys, "/"),
			   v->kind == TOML_ARRAY   ? strings_join(&a, &v->list, "|")
			   : v->kind == TOML_OTHER ? "other"
						   : v->text);
	}
	cr_expect_str_eq(buf_cstr(&out), want.p);
}

/* As cargo takes it; tomllib does not. */
Test(toml, a_byte_order_mark_is_passed_by)
{
	AUTO_ARENA a = { 0 };
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };

	cr_assert(toml_read(&a, STR("\xef\xbb\xbf[package]\nname = \"x\"\n"), "Cargo.toml", &t, &e),
		  "%s", e.cause);
	cr_expect_str_eq(TOML_STRING_AT(&t, "package", "name")->text, "x");
}

Test(toml, elements_of_arrays_of_tables_have_numbers)
{
	static const char text[] = "x = 'root'\n[[p]]\nx = 'one'\n[p.more]\nx = 'of one'\n[[p]]\n"
				   "x = 'two'\n[q]\nx = 'none'\n";
	AUTO_ARENA a = { 0 };
	struct buf out = { .a = &a };
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };

	cr_assert(toml_read(&a, str_of(text), "x.toml", &t, &e));
	for (size_t i = 0; i < t.v.n; i++)
		buf_printf(&out, "%u:%zu:%s ", t.v.v[i].line, t.v.v[i].element, t.v.v[i].text);
	cr_expect_str_eq(buf_cstr(&out), "1:0:root 3:1:one 5:1:of one 7:2:two 9:0:none ");
	cr_expect_str_eq(TOML_STRING_AT(&t, "q", "x")->text, "none");
	cr_expect_null(TOML_STRING_AT(&t, "p", "x"));
}

Test(toml, what_is_none_is_told_with_its_line)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *says;
	} cases[] = {
		{ "a = 1\nb\n", 2, "expected \"=\" after the key" },
		{ "a = \n", 1, "expected a value" },
		{ "= 1\n", 1, "expected a key" },
		{ "a = [\n'b',\n<<<<<<< HEAD\n'c',\n", 3,
		  "a merge conflict stands here: resolve it" },
		{ "a = 'x\n'", 1, "a string does not end" },
		{ "a = \"x", 1, "a string does not end" },
		{ "a = \"\\q\"", 1, "an escape that is not known" },
		{ "a = \"\\u12g4\"", 1, "a malformed escape" },
		{ "a = \"\\ud800\"", 1, "stands for no character" },
		{ "a = \"\x01\"", 1, "a control character" },
		{ "a = 'x' y\n", 1, "expected the end of the line" },
		{ "a = [ 'x' 'y' ]\n", 1, "expected \",\" or \"]\" in an array" },
		{ "\na = [ 'x',\n\n", 4, "expected a value" },
		{ "a = { x = 1 y = 2 }\n", 1, "expected \",\" or \"}\" in a table" },
		{ "[a\n", 1, "the header of a table does not end" },
		{ "[[a]\n", 1, "the header of a table does not end" },
		{ "a = [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n", 1, "too deep" },
		{ "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1\n", 1, "the keys are too many" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct toml t = { .v = { NULL, 0, 0 } };
		struct error e = { 0 };

		cr_expect(!toml_read(&a, str_of(cases[i].text), "x.toml", &t, &e), "%s",
			  cases[i].text);
		cr_expect(strstr(e.cause, cases[i].says) && e.at.line == cases[i].line,
			  "%s: %u: %s", cases[i].text, e.at.line, e.cause);
	}
}
