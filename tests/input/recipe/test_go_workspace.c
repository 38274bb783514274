/* SPDX-License-Identifier: Apache-2.0 */
/* go.work with the sums of its modules, as one lock file. Go 1.24 builds such a workspace with no
 * module in its cache but those that are listed. */

#include <criterion/criterion.h>

#include "base/path.h"
#include "input/recipe/go_workspace.h"
#include "support/fixture_files.h"

#define H1 "h1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define OTHER "h1:BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

struct workspace_run {
	struct arena a;
	const char *dir;
	struct dependencies found;
	struct strings inputs;
	struct buf texts;
	struct error e;
};

static bool workspace_read(struct workspace_run *r, const char *work)
{
	r->found = (struct dependencies){ .file = arena_printf(&r->a, "%s/go.work", r->dir) };
	r->inputs.n = 0;
	r->texts = (struct buf){ .a = &r->a };
	r->e = (struct error){ 0 };
	return go_workspace_read(&r->a, str_of(work), &r->found, &r->inputs, &r->texts, &r->e);
}

Test(go_workspace, sums_of_all_modules_are_taken_once)
{
	struct workspace_run r = { .dir = NULL };
	struct buf out = { .a = &r.a };

	r.dir = files_temporary(&r.a);
	files_put(arena_printf(&r.a, "%s/app/go.sum", r.dir),
		  "b.test v1.0.0/go.mod " H1 "\na.test v1.0.0 " H1 "\n");
	files_put(arena_printf(&r.a, "%s/my lib/go.sum", r.dir),
		  "a.test v1.0.0 " H1 "\nc.test v1.0.0 " H1 "\n");
	files_put(arena_printf(&r.a, "%s/go.work.sum", r.dir), "d.test v1.0.0 " H1 "\n");
	files_put(arena_printf(&r.a, "%s/other/go.sum", r.dir), "e.test v1.0.0 " H1 "\n");
	cr_assert(workspace_read(&r, "go 1.24\n\nused ./other\nuse (\n\t./app // first\n"
				     "\t\"./my lib\"\n\t./none\n)\n// use ./other\n"),
		  "%s", r.e.cause);
	list_each(d, &r.found.v)
		buf_printf(&out, "%s %s:%u\n", d->path, d->lock + strlen(r.dir) + 1, d->line);
	cr_expect_str_eq(buf_cstr(&out), "a.test/@v/v1.0.0.zip app/go.sum:2\n"
					 "b.test/@v/v1.0.0.mod app/go.sum:1\n"
					 "c.test/@v/v1.0.0.zip my lib/go.sum:2\n"
					 "d.test/@v/v1.0.0.zip go.work.sum:1\n");
	cr_expect_eq(r.inputs.n, 3);
	cr_expect_eq(r.texts.n, strlen("b.test v1.0.0/go.mod a.test v1.0.0 a.test v1.0.0 c.test "
				       "v1.0.0 d.test v1.0.0 " H1 H1 H1 H1 H1) +
					5);
	files_remove(r.dir);
	arena_free(&r.a);
}

Test(go_workspace, what_is_wrong_is_told_with_its_line)
{
	struct workspace_run r = { .dir = NULL };

	r.dir = files_temporary(&r.a);
	files_put(arena_printf(&r.a, "%s/a/go.sum", r.dir), "x.test v1.0.0 " H1 "\n");
	files_put(arena_printf(&r.a, "%s/b/go.sum", r.dir),
		  "w.test v1.0.0 " H1 "\nx.test v1.0.0 " OTHER "\n");
	cr_expect_not(workspace_read(&r, "use ./a\nuse ./b\n"));
	cr_expect_str_eq(r.e.cause,
			 arena_printf(&r.a, "x.test v1.0.0 has another hash in %s/a/go.sum:1",
				      r.dir));
	cr_expect(str_ends(str_of(r.e.at.file), STR("b/go.sum")) && r.e.at.line == 2, "%s:%u",
		  r.e.at.file, r.e.at.line);
	cr_expect_not(workspace_read(&r, "use ../c\n"));
	cr_expect(str_ends(str_of(r.e.cause),
			   STR("/go.work uses ../c, which is outside of its folder")),
		  "%s", r.e.cause);
	files_put(arena_printf(&r.a, "%s/b/go.sum", r.dir), "x\n");
	cr_expect_not(workspace_read(&r, "use ./b\n"));
	cr_expect(strstr(r.e.cause, "expected \"MODULE VERSION HASH\""), "%s", r.e.cause);
	files_remove(r.dir);
	arena_free(&r.a);
}
