/* SPDX-License-Identifier: Apache-2.0 */
/* Small texts of TOML, all read by Python's tomllib: taken and refused by both, with the same
 * values. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/toml.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* Texts end with NUL in the file. For each a line: "refused", or its values. */
static const char oracle[] =
	"import sys\n"
	"try: import tomllib\n"
	"except ImportError: import tomli as tomllib\n"
	"def say(keys, v):\n"
	"    if isinstance(v, dict):\n"
	"        for k in v: yield from say(keys + [k], v[k])\n"
	"    elif isinstance(v, list) and v and all(isinstance(x, dict) for x in v):\n"
	"        for x in v: yield from say(keys, x)\n"
	"    elif isinstance(v, list):\n"
	"        yield '/'.join(keys) + '=' + '|'.join(x for x in v if isinstance(x, str))\n"
	"    elif isinstance(v, str): yield '/'.join(keys) + '=' + v\n"
	"    else: yield '/'.join(keys) + '=other'\n"
	"for text in open(sys.argv[1], 'rb').read().split(b'\\0')[:-1]:\n"
	"    try: line = ';'.join(say([], tomllib.loads(text.decode())))\n"
	"    except (tomllib.TOMLDecodeError, RecursionError): line = 'refused'\n"
	"    sys.stdout.buffer.write(line.encode().replace(b'\\n', b'\\\\n') + b'\\n')\n";

static const char *const texts[] = {
	"",
	"\n \t\n",
	"# comment without an end",
	"a='x'",
	"a = 'x' # behind",
	"\ta\t=\t'x'\t\n",
	"a='x'\r\nb='y'\r\n",
	"a='x'\rb='y'",
	"a = 1 b = 2",
	"a = \"\\b\\t\\n\\f\\r\\\"\\\\\"",
	"a = \"\\a\"",
	"a = \"\\",
	"a = \"\\u00e9\\u20AC\\U0001f600\"",
	"a = \"\\u0041\\u007f\\u0080\\u07ff\\u0800\\uffff\"",
	"a = \"\\U00010000\\U0010ffff\"",
	"a = \"\\U00110000\"",
	"a = \"\\ud7ff\\ue000\"",
	"a = \"\\udfff\"",
	"a = \"\\u12\"",
	"a = \"\\u12",
	"a = \"\\u123g\"",
	"a = \"\\u123/\"",
	"a = \"\\u123:\"",
	"a = \"\\u123`\"",
	"a = \"\\uABCD\\uefEF\"",
	"a = 'C:\\u'",
	"a = \"tab\tin it\"",
	"a = \"\x01\"",
	"a = \"\x1f\"",
	"a = \"\r\"",
	"a = 'x",
	"a = \"x\ny\"",
	"a = \"\"\"x\ny\"\"\"",
	"a = \"\"\"\nx\\\n   y\"\"\"",
	"a = \"\"\"x\\\n\n\t y\"\"\"",
	"a = \"\"\"x\\  \n y\"\"\"",
	"a = \"\"\"x\\\t\n y\"\"\"",
	"a = \"\"\"x\\\r\n y\"\"\"",
	"a = \"\"\"x\\",
	"a = \"\"\"x\\\n",
	"a = \"\"\"\x01\"\"\"",
	"a = \"x\\\n y\"",
	"a = \"\"\"\"\"\"",
	"a = \"\"\"\"x\"\"\"",
	"a = \"\"\"x\"\"\"\"",
	"a = \"\"\"x\"\"\"\"\"",
	"a = \"\"\"x\"\"\"\"\"\"",
	"a = '''x''''",
	"a = '''x'''''",
	"a = '''\n'x' ''y'''",
	"a = '''x''",
	"a = \"\"",
	"a = ''",
	"\"a b\" = 'x'",
	"'a.b' = 'x'",
	"\"\" = 'x'",
	"a.\"b.c\" . d = 'x'",
	"a. = 'x'",
	".a = 'x'",
	"a b = 'x'",
	"\"a = 'x'",
	"azAZ09_- = 'x'",
	"a@ = 'x'",
	"a[ = 'x'",
	"a` = 'x'",
	"a{ = 'x'",
	"a: = 'x'",
	"a/ = 'x'",
	"a\n= 'x'",
	"a =\n'x'",
	"a",
	"a =",
	"a = [ ]",
	"a = ['x' , \"y\",]",
	"a = [\n'x' # one\n,\n# two\n'y'\r\n]",
	"a = [,]",
	"a = ['x',,]",
	"a = ['x' 'y']",
	"a = ['x'",
	"a = [['x'], ['y']]",
	"a = [1, 'x']",
	"a = [[{ x = 1 }], 'z']",
	"a = ['x]",
	"a = {}",
	"a = { b = 'x', c = 'y' }",
	"a = { b.c = 'x', d = { e = 'y' } }",
	"a = { b = 'x' c = 'y' }",
	"a = { b = 'x'",
	"a = { b }",
	"a = { 'b c' = 'x' }",
	"a = { = 'x' }",
	"a = 1979-05-27",
	"a = 1979-05-27 07:32:00",
	"a = 1979-05-27T07:32:00Z # x",
	"a = 07:32:00",
	"a = 1979-05-27 # x",
	"a = [1979-05-27 07:32:00, 'x']",
	"a = [1979-05-27, 'x']",
	"a = true\nb = -1.5e3\nc = 0xff\nd = inf",
	"[a]\nb = 'x'\n[a.c]\nd = 'y'",
	"[a.\"b.c\"]\nd = 'x'",
	"[ a . 'b' ]\nd = 'x'",
	"[a] # x\nb = 'x'",
	"[a] b = 'x'",
	"[a",
	"[]",
	"[\"a]",
	"[a]]",
	"[[a]",
	"[[a]]\nb = 'x'\n[[a]]\nb = 'y'\n[a.c]\nd = 'z'\n[e]\nf = 'w'",
	"[[a.b]]\nc = 'x'\n[[a.b.d]]\ne = 'y'",
	"[[a]] x",
};

static const char *toml_show(struct arena *a, const char *text)
{
	struct buf out = { .a = a }, escaped = { .a = a };
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };

	if (!toml_read(a, str_of(text), "x.toml", &t, &e)) {
		cr_expect_eq(e.kind, ERR_INPUT);
		return "refused";
	}
	list_each(v, &t.v)
		buf_printf(&out, "%s%s=%s", out.n ? ";" : "", strings_join(a, &v->keys, "/"),
			   v->kind == TOML_ARRAY   ? strings_join(a, &v->list, "|")
			   : v->kind == TOML_OTHER ? "other"
						   : v->text);
	for (size_t i = 0; i < out.n; i++)
		buf_puts(&escaped,
			 out.p[i] == '\n' ? "\\n" : str_dup(a, (struct str){ out.p + i, 1 }));
	return escaped.n ? buf_cstr(&escaped) : "";
}

Test(toml, small_texts_are_taken_as_python_takes_them)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/texts", dir);
	struct buf all = { .a = &a };
	struct error e = { 0 };
	struct str want, line;

	oracle_need("python3");
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		buf_add(&all, (struct str){ texts[i], strlen(texts[i]) + 1 });
	cr_assert(file_write_path(path, 0644, buf_str(&all), &e));
	want = ORACLE(&a, "python3", "-c", oracle, path);
	files_remove(dir);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		cr_assert(str_next(&want, '\n', &line), "%zu", i);
		cr_expect_str_eq(toml_show(&a, texts[i]), str_dup(&a, line), "%s\n%s\n" STR_FMT,
				 texts[i], toml_show(&a, texts[i]), STR_ARG(line));
	}
}

/* What Python has no bound for. */
Test(toml, sixteen_is_the_bound_of_keys_and_of_depth)
{
	static const struct {
		const char *text;
		bool ok;
	} cases[] = {
		{ "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1", true },
		{ "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = 1", false },
		{ "a = [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", true },
		{ "a = [[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct toml t = { .v = { NULL, 0, 0 } };
		struct error e = { 0 };

		cr_expect_eq(toml_read(&a, str_of(cases[i].text), "x.toml", &t, &e), cases[i].ok,
			     "%s: %s", cases[i].text, e.cause);
	}
}

Test(toml, a_string_is_found_by_its_keys)
{
	static const char text[] = "a = 'x'\na.b = 'y'\nn = 1\n[[l]]\na = 'z'\n[c]\na = 'w'\n";
	AUTO_ARENA a = { 0 };
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };

	cr_assert(toml_read(&a, str_of(text), "x.toml", &t, &e));
	cr_expect_str_eq(TOML_STRING_AT(&t, "a")->text, "x");
	cr_expect_str_eq(TOML_STRING_AT(&t, "a", "b")->text, "y");
	cr_expect_str_eq(TOML_STRING_AT(&t, "c", "a")->text, "w");
	cr_expect_null(TOML_STRING_AT(&t, "n"));
	cr_expect_null(TOML_STRING_AT(&t, "c"));
	cr_expect_null(TOML_STRING_AT(&t, "l", "a"));
	cr_expect_null(TOML_STRING_AT(&t, "a", "b", "c"));
	cr_expect_null(TOML_STRING_AT(&t, "c", "b"));
}
