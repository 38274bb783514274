/* SPDX-License-Identifier: Apache-2.0 */
/* Where packages stand without a folder of their own. Each case is what yarn 1.22 makes of such
 * packages; whole trees are compared in tests/e2e/test_node_locks.c and
 * tests/full/test_node_managers.c. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/npm_hoisted.h"

/* "x>b2 x>?c1 x>!d1": x needs the package b2, which code calls b; c1 if it can, and d1 for
 * development. "" and "w/" are folders of the project; ">=" is a link to one. */
static size_t hoisted_package(struct arena *a, struct npm_graph *g, const char *key)
{
	for (size_t i = 0; i < g->packages.n; i++) {
		if (strcmp(g->packages.v[i].key, key) == 0)
			return i;
	}
	*list_push(a, &g->packages) = (struct npm_package){ .key = key, .entry.name = key };
	return g->packages.n - 1;
}

static struct npm_edges *hoisted_edges(struct arena *a, struct npm_graph *g, struct str from)
{
	size_t at;

	if (!from.n || str_ends(from, STR("/"))) {
		const char *folder = arena_strndup(a, from.p, from.n ? from.n - 1 : 0);

		list_each(x, &g->importers) {
			if (strcmp(x->folder, folder) == 0)
				return &x->edges;
		}
		*list_push(a, &g->importers) = (struct npm_importer){ .folder = folder };
		return &g->importers.v[g->importers.n - 1].edges;
	}
	at = hoisted_package(a, g, str_dup(a, from));
	cr_assert(at < g->packages.n && g->packages.v);
	return &g->packages.v[at].edges;
}

static void hoisted_make(struct arena *a, struct npm_graph *g, const char *text)
{
	struct str rest = str_of(text), word, from, to;

	while (str_next(&rest, ' ', &word)) {
		struct npm_edge x = { .to = NPM_OF_PROJECT };
		struct npm_edges *edges;

		cr_assert(str_cut(word, '>', &from, &to));
		x.optional = to.p[0] == '?';
		x.dev = to.p[0] == '!';
		to = str_from(to, x.optional || x.dev);
		if (to.p[0] == '=') {
			x.link = str_dup(a, str_from(to, 1));
			x.name = x.link;
		} else {
			x.name = arena_strndup(a, to.p, to.n - 1);
			x.to = hoisted_package(a, g, str_dup(a, to));
		}
		edges = hoisted_edges(a, g, from);
		*list_push(a, edges) = x;
	}
	npm_graph_mark(g);
}

static const char *hoisted_show(struct arena *a, const struct npm_entries *l)
{
	struct strings lines = { NULL, 0, 0 };

	list_each(x, l) {
		struct buf line = { .a = a };

		for (struct str rest = str_of(x->place), one; str_next(&rest, '/', &one);) {
			if (!str_eq(one, STR("node_modules")))
				buf_printf(&line, "%s" STR_FMT, line.n ? "/" : "", STR_ARG(one));
		}
		buf_printf(&line, "=%s%s%s", x->link ? x->link : x->name, x->dev ? "!" : "",
			   x->optional ? "?" : "");
		*list_push(a, &lines) = buf_cstr(&line);
	}
	strings_sort(&lines);
	return strings_join(a, &lines, " ");
}

Test(npm_hoisted, packages_stand_as_high_as_they_may)
{
	static const struct {
		const char *name, *graph, *places;
	} cases[] = {
		{ "all in the project", ">a1 a1>b1 b1>c1", "a=a1 b=b1 c=c1" },
		{ "the project's own goes first", ">a1 >b1 a1>b2", "a/b=b2 a=a1 b=b1" },
		{ "what most need", ">a1 >c1 >d1 a1>b1 c1>b2 d1>b2", "a/b=b1 a=a1 b=b2 c=c1 d=d1" },
		{ "of equals the first", ">a1 >c1 c1>b1 a1>b2", "a/b=b2 a=a1 b=b1 c=c1" },
		{ "one that a neighbour finds above is not covered",
		  ">a1 >e1 >b1 a1>e2 a1>f2 >f1 e2>b1 f2>b2",
		  "a/e=e2 a/f/b=b2 a/f=f2 a=a1 b=b1 e=e1 f=f1" },
		{ "as near as its user, if need be", ">a1 >b1 >c1 a1>b2 b2>c2 c2>b1",
		  "a/b=b2 a/c/b=b1 a/c=c2 a=a1 b=b1 c=c1" },
		{ "a circle", ">a1 a1>b1 b1>a1", "a=a1 b=b1" },
		{ "a workspace finds what it needs", ">b1 >=w w/>b2 w/>c1",
		  "b=b1 c=c1 w/b=b2 w=w" },
		{ "the place of a link is taken", ">=w >a1 a1>w1 w/>a1", "a/w=w1 a=a1 w=w" },
		{ "a copy for development alone", ">a1 >!t1 >b1 >=w t1>a2 a2>b2 w/>a2",
		  "a=a1 b=b1 t/a=a2! t/b=b2! t=t1! w/a=a2 w/b=b2 w=w" },
		{ "what can be done without", ">a1 a1>?m1 m1>n1 >!n1", "a=a1 m=m1? n=n1?" },
		{ "what nobody needs", ">a1 x1>y1", "a=a1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct npm_graph g = { .packages.n = 0 };
		struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
		struct error e = { 0 };

		hoisted_make(&a, &g, cases[i].graph);
		cr_assert(npm_hoisted_place(&a, &g, &l, &others, &e));
		cr_expect_str_eq(hoisted_show(&a, &l), cases[i].places, "%s: %s", cases[i].name,
				 hoisted_show(&a, &l));
		cr_expect_eq(others.n, g.importers.n);
	}
}

static void hoisted_add_packages(struct arena *a, struct npm_graph *g, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*list_push(a, &g->packages) = (struct npm_package){
			.key = "", .entry = { .name = "a", .version = "1.0.0" }
		};
	*list_push(a, &g->importers) = (struct npm_importer){ .folder = "" };
	*list_push(a, &g->importers.v[0].edges) = (struct npm_edge){ .name = "e0", .to = 0 };
}

static void hoisted_make_chain(struct arena *a, struct npm_graph *g, size_t n)
{
	hoisted_add_packages(a, g, n);
	for (size_t i = 0; i + 1 < n; i++)
		*list_push(a, &g->packages.v[i].edges) = (struct npm_edge){ .name = "e0",
									    .to = i + 1 };
}

/* At each step, in n versions: e needs c and d, which need two versions of the next e. */
static void hoisted_make_tree(struct arena *a, struct npm_graph *g, size_t n)
{
	hoisted_add_packages(a, g, 3 * n * n);
	for (size_t i = 0; i < n * n; i++) {
		const char *e = arena_printf(a, "e%zu", i / n + 1);
		size_t next = i + n, more = next + ((i + 1) % n != 0);

		for (size_t k = 1; k < 3; k++) {
			*list_push(a, &g->packages.v[3 * i].edges) = (struct npm_edge){
				.name = arena_printf(a, "%c%zu", k == 1 ? 'c' : 'd', i / n),
				.to = 3 * i + k
			};
			if (next < n * n)
				*list_push(a, &g->packages.v[3 * i + k].edges) = (struct npm_edge){
					.name = e, .to = 3 * (k == 1 ? next : more)
				};
		}
	}
}

/* Each needs the next version of itself; of what each needs twice, in two versions, there are more
 * copies with each step. */
Test(npm_hoisted, copies_of_copies_end)
{
	static const struct {
		const char *name;
		size_t n, names;
	} cases[] = { { "a chain", 2000, 1 }, { "a tree", 25, 3 } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct npm_graph g = { .packages.n = 0 };
		struct npm_entries l = { NULL, 0, 0 }, others = { NULL, 0, 0 };
		struct error e = { 0 };

		if (cases[i].names == 1)
			hoisted_make_chain(&a, &g, cases[i].n);
		else
			hoisted_make_tree(&a, &g, cases[i].n);
		npm_graph_mark(&g);
		cr_assert(!npm_hoisted_place(&a, &g, &l, &others, &e), "%s", cases[i].name);
		cr_expect(e.kind == ERR_INPUT &&
				  strstr(e.cause, "the packages need so many versions of each "
						  "other that ") &&
				  strstr(e.cause, " 1.0.0: give those that are there in many "
						  "versions one (\"resolutions\" of package.json)"),
			  "%s: %s", cases[i].name, e.cause);
	}
}
