/* SPDX-License-Identifier: Apache-2.0 */
/* Trees of TOML beside those of Python's tomllib. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/toml_tree.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

/* A line for each text, number and list: its way from the root. Texts end with NUL in the file. */
static const char tree_oracle[] =
	"import sys\n"
	"try: import tomllib\n"
	"except ImportError: import tomli as tomllib\n"
	"def say(way, v):\n"
	"    if isinstance(v, dict):\n"
	"        for k in sorted(v): yield from say(way + '/' + k, v[k])\n"
	"    elif isinstance(v, list):\n"
	"        yield way + '=[]'\n"
	"        for i, x in enumerate(v): yield from say(way + '/' + str(i), x)\n"
	"    else: yield way + '=' + str(v)\n"
	"for text in open(sys.argv[1], 'rb').read().split(b'\\0')[:-1]:\n"
	"    print(*say('', tomllib.loads(text.decode())), '', sep='\\n', end='')\n";

static const char *const tree_texts[] = {
	"a = 1\nb = 'x'\nc = []\nd = ['x', 'y']\n",
	"lock-version = '1.0'\n[[packages]]\nname = 'a'\n[[packages.wheels]]\nurl = 'u'\n"
	"[packages.wheels.hashes]\nsha256 = '0'\n[[packages.wheels]]\nurl = 'v'\n"
	"[packages.sdist]\nurl = 's'\n[packages.sdist.hashes]\nsha256 = '1'\n"
	"[[packages]]\n[packages.sdist]\nurl = 't'\n[[packages]]\nname = 'c'\n",
	"version = 1\n[[package]]\nname = \"a\"\nsource = { registry = 'r' }\n"
	"dependencies = [\n { name = 'b', marker = \"x == 'y'\" },\n { name = 'c', extra = ['d', "
	"'e'] },\n]\nwheels = [\n { url = 'u', size = 1 },\n]\n"
	"[package.optional-dependencies]\ne = [\n { name = 'f' },\n]\n"
	"[package.metadata]\nrequires-dist = [{ name = 'b', specifier = '>=1' }]\n",
	"[a]\nx = 1\n[b]\nx = 1\n[a.c]\nx = 2\n[b.c]\nx = 3\n[a.c.d]\nx = 4\n",
	"[a.b.c]\nx = 1\n[a]\ny = 2\n[a.b]\nz = 3\n",
	"[[a]]\nx = 1\n[b]\nx = 1\n[[a]]\nx = 2\n[c]\ny = 1\n[a.d]\nx = 3\n[[a.e]]\nx = 4\n",
	"a.b = 1\nc = 2\na.d = 3\n[e]\nf.g = 1\nh = 2\nf.i = 3\n",
	"x = { a.b = 1, c = { d = [ { e = 'f' }, { g = [ { h = 'i' } ] } ] } }\n",
	"\"q.r\".s = 1\n['t.u'.v]\nw = 1\n",
	"z = 1\ny = 2\nx = 3\n[[w]]\nc = 1\nb = 2\na = 3\n",
};

static void tree_say(struct arena *a, const struct toml_node *n, const char *way, struct buf *out)
{
	if (n->kind == TOML_NODE_STRING || n->kind == TOML_NODE_OTHER)
		buf_printf(out, "%s=%s\n", way, n->text);
	else if (n->kind == TOML_NODE_LIST)
		buf_printf(out, "%s=[]\n", way);
	list_each(x, &n->children)
		tree_say(a, x,
			 n->kind == TOML_NODE_LIST
				 ? arena_printf(a, "%s/%zu", way, (size_t)(x - n->children.v))
				 : arena_printf(a, "%s/%s", way, x->key),
			 out);
}

Test(toml_tree, tables_are_those_that_python_reads)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *path = arena_printf(&a, "%s/x", dir);
	struct buf out = { .a = &a }, all = { .a = &a };
	struct error e = { 0 };
	struct str want;

	oracle_need("python3");
	for (size_t i = 0; i < ARRAY_SIZE(tree_texts); i++) {
		struct toml_node root;

		buf_add(&all, (struct str){ tree_texts[i], strlen(tree_texts[i]) + 1 });
		cr_assert(toml_tree_read(&a, str_of(tree_texts[i]), "x.toml", &root, &e), "%s: %s",
			  tree_texts[i], e.cause);
		tree_say(&a, &root, "", &out);
	}
	cr_assert(file_write_path(path, 0644, buf_str(&all), &e));
	want = ORACLE(&a, "python3", "-c", tree_oracle, path);
	files_remove(dir);
	cr_expect_str_eq(buf_cstr(&out), want.p);
}

Test(toml_tree, keys_are_found_with_their_lines)
{
	AUTO_ARENA a = { 0 };
	struct toml_node root;
	struct error e = { 0 };
	const struct toml_node *n;

	cr_assert(toml_tree_read(&a, STR("b = 1\n[c]\nx = [\n 'one',\n { y = 'z' },\n]\n[[d]]\n"),
				 "x.toml", &root, &e));
	cr_expect_str_eq(toml_node_text(&root, "b"), "1");
	cr_expect_null(toml_node_text(&root, "c"));
	cr_expect_null(toml_node_get(&root, "none"));
	cr_expect_null(toml_node_get(NULL, "b"));
	n = toml_node_get(toml_node_get(&root, "c"), "x");
	cr_assert(n && n->kind == TOML_NODE_LIST && n->children.n == 2);
	cr_expect_eq(n->line, 3);
	cr_expect_eq(n->children.v[0].line, 4);
	cr_expect_eq(n->children.v[1].line, 5);
	cr_expect_str_eq(toml_node_text(&n->children.v[1], "y"), "z");
	cr_expect_null(toml_node_get(n, "y"));
	cr_expect_eq(toml_node_get(&root, "d")->line, 7);
	cr_expect_not(
		toml_tree_read(&a, STR("[[p]]\nv = 1\nx = 2\nv = 'y'\n"), "x.toml", &root, &e));
	cr_expect(e.at.line == 4 && e.kind == ERR_INPUT &&
			  strcmp(e.cause, "\"v\" is there twice (see line 2): TOML takes it "
					  "once") == 0,
		  "%u: %s", e.at.line, e.cause);
	err_clear(&e);
	cr_expect_not(toml_tree_read(&a, STR("a = 1\nb\n"), "x.toml", &root, &e));
	cr_expect(e.at.line == 2 && e.kind == ERR_INPUT, "%u", e.at.line);
}
