/* SPDX-License-Identifier: Apache-2.0 */
/* yarn.lock and package.json together. What is refused as out of date yarn install
 * --frozen-lockfile refuses. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/path.h"
#include "input/recipe/yarn_project.h"
#include "support/fixture_files.h"

#define SUM \
	"sha512-9PsG8Bc3iWJtKHeR7xMfLHEbbVuZaWFr7oRbdWHTYXKdNVQLuxVdPbtVh3XVJq4Nvl0w0MOyx4cTHbPVh3yV1w=="
#define ENTRY(patterns, version, more) \
	patterns ":\n  version \"" version "\"\n" more "  integrity " SUM "\n"
#define FROM(path) "  resolved \"https://r.test/" path "#0709\"\n"
#define MS ENTRY("ms@^2.0.0", "2.1.3", FROM("ms/-/ms-2.1.3.tgz"))

static const struct {
	const char *name, *lock, *asks, *workspace;
	const char *says; /* the graph, or the error */
} projects[] = {
	{ "what is asked for", MS, "{\"dependencies\":{\"ms\":\"^2.0.0\"}}", NULL,
	  "ms 2.1.3 https://r.test/ms/-/ms-2.1.3.tgz" },
	{ "from a folder of archives", ENTRY("a@1", "1.0.0", "  resolved \"a-1.0.0.tgz#0709\"\n"),
	  "{\"dependencies\":{\"a\":\"1\"}}", NULL, "a 1.0.0 by name" },
	{ "only for development, and optional", MS "\n" ENTRY("a@1", "1.0.0", FROM("a/-/a.tgz")),
	  "{\"devDependencies\":{\"ms\":\"^2.0.0\"},\"dependencies\":{\"a\":\"1\"},"
	  "\"optionalDependencies\":{\"a\":\"1\"}}",
	  NULL,
	  "ms 2.1.3 https://r.test/ms/-/ms-2.1.3.tgz dev, a 1.0.0 https://r.test/a/-/a.tgz "
	  "optional" },
	{ "a workspace", MS, "{\"workspaces\":[\"p/*\"],\"dependencies\":{\"w\":\"^1.0.0\"}}",
	  "{\"name\":\"w\",\"version\":\"1.2.0\",\"dependencies\":{\"ms\":\"^2.0.0\"}}",
	  "ms 2.1.3 https://r.test/ms/-/ms-2.1.3.tgz; w -> p/w" },
	{ "workspaces in an object", MS, "{\"workspaces\":{\"packages\":[\"p/w\"]}}",
	  "{\"name\":\"w\",\"dependencies\":{\"ms\":\"^2.0.0\"}}",
	  "ms 2.1.3 https://r.test/ms/-/ms-2.1.3.tgz; w -> p/w" },
	{ "a link", "", "{\"dependencies\":{\"l\":\"link:./p/w\"}}", "{}", "; l -> p/w" },
	{ "one more", MS, "{\"dependencies\":{\"ms\":\"^2.0.0\",\n\"qs\":\"6\"}}", NULL,
	  "/package.json:2: dependencies.qs: qs@6 is not in yarn.lock: yarn install "
	  "--ignore-scripts writes it anew" },
	{ "another range", MS, "{\"devDependencies\":{\"ms\":\"^2.1.0\"}}", NULL,
	  "/package.json:1: devDependencies.ms: ms@^2.1.0 is not in yarn.lock: " },
	{ "a workspace that asks for more", MS, "{\"workspaces\":[\"p/*\"]}",
	  "{\"name\":\"w\",\"optionalDependencies\":{\"qs\":\"6\"}}",
	  "/p/w/package.json:1: optionalDependencies.qs: qs@6 is not in yarn.lock: " },
	{ "a workspace whose version does not fit", MS,
	  "{\"workspaces\":[\"p/*\"],\"dependencies\":{\"w\":\"^2.0.0\"}}",
	  "{\"name\":\"w\",\"version\":\"1.2.0\"}",
	  "/package.json:1: dependencies.w: w@^2.0.0 is not in yarn.lock: " },
	{ "a resolution that is not in it", MS,
	  "{\"dependencies\":{\"ms\":\"^2.0.0\"},\"resolutions\":{\"a/**/ms\":\"1.0.0\"}}", NULL,
	  "ms@1.0.0 is not in yarn.lock: " },
	{ "a resolution of what nobody needs", MS,
	  "{\"dependencies\":{\"ms\":\"^2.0.0\"},\"resolutions\":{\"@s/x\":\"1.0.0\"}}", NULL,
	  "ms 2.1.3 https://r.test/ms/-/ms-2.1.3.tgz" },
	{ "a need that is not there",
	  ENTRY("a@1", "1.0.0", "  dependencies:\n    \"@s/b\" \"^1\"\n"), "{}", NULL,
	  "/yarn.lock:1: a 1.0.0 needs @s/b@^1, which is not there: yarn install " },
	{ "no SHA-512", "a@1:\n  version \"1.0.0\"\n" FROM("a/-/a-1.0.0.tgz"), "{}", NULL,
	  "/yarn.lock:1: a 1.0.0 has no \"integrity\", so nothing says which bytes it is; let yarn "
	  "(yarn upgrade --ignore-scripts) write the lock file anew" },
	{ "no version", "a@1:\n  integrity x\n", "{}", NULL,
	  "/yarn.lock:1: a: this is not a version" },
	{ "from git",
	  "\"a@u/a\":\n  version \"1.0.0\"\n  resolved "
	  "\"https://codeload.g.test/u/a/tar.gz/0709\"\n",
	  "{}", NULL, "/yarn.lock:1: a 1.0.0 comes from git, of which no SHA-512 is known; take" },
	{ "from git by its own protocol",
	  "\"a@u/a\":\n  version \"1.0.0\"\n  resolved \"git+ssh://g.test/a.git#0709\"\n", "{}",
	  NULL, "/yarn.lock:1: a 1.0.0 comes from git, " },
	{ "a folder", "\"a@file:./a\":\n  version \"1.0.0\"\n", "{}", NULL,
	  "/yarn.lock:1: a 1.0.0 comes from a folder or file that yarn copies; make it a "
	  "workspace, or take it from a registry" },
	{ "a link that leads out", "", "{\"dependencies\":{\"l\":\"link:../l\"}}", NULL,
	  "dependencies.l: leads to \"../l\", which is not a folder of the project" },
	{ "a name that is none", "", "{\"dependencies\":{\"../l\":\"1\"}}", NULL,
	  "\"../l\" is not the name of a package" },
	{ "workspaces that lead out", "", "{\"workspaces\":[\"../*\"]}", NULL,
	  "/package.json:1: workspaces: \"../*\" does not name folders of the project" },
	{ "no package.json", MS, NULL, NULL,
	  "/yarn.lock:1: there is no package.json beside it, which says what of it is needed" },
	{ "a package.json that is malformed", MS, "[]", NULL,
	  "/package.json:1: expected an object" },
	{ "a hidden workspace is named", MS, "{\"workspaces\":[\".*\",\"p/[v-x]\",\"?/w\"]}",
	  "{\"name\":\"w\"}", "ms 2.1.3 https://r.test/ms/-/ms-2.1.3.tgz dev optional; w -> p/w" },
	{ "a workspace that is malformed", MS, "{\"workspaces\":[\"p/*\"]}", "[]",
	  "/p/w/package.json:1: expected an object" },
};

static const char *yarn_show_graph(struct arena *a, const struct npm_graph *g)
{
	struct buf out = { .a = a };

	list_each(p, &g->packages) {
		const struct npm_entry *x = &p->entry;

		buf_printf(&out, "%s%s %s %s%s%s", out.n ? ", " : "", x->name, x->version,
			   x->resolved	? x->resolved
			   : x->by_name ? "by name"
					: "",
			   x->dev ? " dev" : "", x->optional ? " optional" : "");
	}
	list_each(x, &g->importers) {
		list_each(edge, &x->edges) {
			if (edge->link)
				buf_printf(&out, "; %s -> %s", edge->name, edge->link);
		}
	}
	return buf_cstr(&out);
}

Test(yarn_project, the_lock_file_answers_what_package_json_asks)
{
	for (size_t i = 0; i < ARRAY_SIZE(projects); i++) {
		AUTO_ARENA a = { 0 };
		const char *dir = arena_printf(&a, "%s/a[b", files_temporary(&a));
		struct dependencies l = { .file = arena_printf(&a, "%s/yarn.lock", dir) };
		struct npm_graph g = { .packages.n = 0 };
		struct strings inputs = { NULL, 0, 0 };
		struct buf texts = { .a = &a };
		struct error e = { 0 };
		const char *said;

		if (projects[i].asks)
			files_put(arena_printf(&a, "%s/package.json", dir), projects[i].asks);
		if (projects[i].workspace)
			files_put(arena_printf(&a, "%s/p/w/package.json", dir),
				  projects[i].workspace);
		if (yarn_project_make(&a, str_of(projects[i].lock), &l, &g, &inputs, &texts, &e)) {
			said = yarn_show_graph(&a, &g);
			cr_expect_str_eq(said, projects[i].says, "%s: %s", projects[i].name, said);
		} else {
			said = arena_printf(&a, "%s:%u: %s", e.at.file, e.at.line, e.cause);
			cr_expect(e.kind == ERR_INPUT && strstr(said, projects[i].says), "%s: %s",
				  projects[i].name, said);
		}
		files_remove(path_dir(&a, dir));
	}
}

Test(yarn_project, circles_of_symlinks_end)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct dependencies l = { .file = arena_printf(&a, "%s/yarn.lock", dir) };
	struct npm_graph g = { .packages.n = 0 };
	struct strings inputs = { NULL, 0, 0 };
	struct buf texts = { .a = &a };
	struct error e = { 0 };

	files_put(arena_printf(&a, "%s/package.json", dir),
		  "{\"workspaces\":[\n\"*/*/*/*/*/*/*/*/*/*\"]}");
	for (char c = 'a'; c <= 'j'; c++)
		cr_assert(symlink(".", arena_printf(&a, "%s/%c", dir, c)) == 0);
	cr_assert(!yarn_project_make(&a, str_of(""), &l, &g, &inputs, &texts, &e));
	cr_expect(e.kind == ERR_INPUT && e.at.line == 1 &&
			  strstr(e.cause,
				 "workspaces: \"*/*/*/*/*/*/*/*/*/*\" matches more than "
				 "10000 names: write patterns that match workspaces alone"),
		  "%u: %s", e.at.line, e.cause);
	files_remove(dir);
}
