/* SPDX-License-Identifier: Apache-2.0 */
/* Files that include each other in a circle cannot be read or changed one by one. A .c file and its
 * header count as one module; what is here grows only by a change of these numbers. */

#include <criterion/criterion.h>

#include "support/fixture_code.h"
#include "support/fixture_files.h"

static const struct {
	const char *root;
	size_t groups, largest;
} limits[] = {
	{ "builder", 0, 1 },
	{ "scripts-free", 0, 1 },
};

struct include_module {
	const char *name; /* "fetch/http" */
	struct LIST(struct include_module *) includes;
	size_t index, low; /* of the search; index 0: not seen yet */
	bool on_stack;
};

struct include_graph {
	struct arena *a;
	struct LIST(struct include_module) modules;
	struct LIST(struct include_module *) stack;
	size_t seen, groups, largest;
	struct buf text;
};

static struct include_module *find_module(struct include_graph *g, struct str name)
{
	for (size_t i = 0; i < g->modules.n; i++) {
		if (str_eq(name, str_of(g->modules.v[i].name)))
			return &g->modules.v[i];
	}
	return NULL;
}

static struct str module_name(const char *root, const char *file)
{
	size_t skip = strlen(root) + 1;

	return (struct str){ file + skip, strlen(file) - skip - strlen(".c") };
}

static void add_modules(struct include_graph *g, const char *root, const struct strings *files)
{
	for (size_t i = 0; i < files->n; i++) {
		struct str name = module_name(root, files->v[i]);

		if (!find_module(g, name))
			*list_push(g->a, &g->modules) =
				(struct include_module){ .name = str_dup(g->a, name) };
	}
}

static void add_includes(struct include_graph *g, const char *root, const char *file)
{
	struct include_module *from = find_module(g, module_name(root, file));
	struct str text = str_of(files_get(g->a, file)), name;
	unsigned line = 0;

	while (code_next_include(&text, &line, &name)) {
		struct include_module *to =
			name.n > 2 ? find_module(g, (struct str){ name.p, name.n - 2 }) : NULL;

		if (to && to != from)
			*list_push(g->a, &from->includes) = to;
	}
}

static void end_group(struct include_graph *g, const struct include_module *first)
{
	size_t n = 0;
	const struct include_module *m;

	do {
		m = g->stack.v[--g->stack.n];
		g->stack.v[g->stack.n]->on_stack = false;
		n++;
		buf_printf(&g->text, " %s", m->name);
	} while (m != first);
	buf_printf(&g->text, "%s", n > 1 ? " (a circle)\n" : "\n");
	g->groups += n > 1;
	g->largest = n > g->largest ? n : g->largest;
}

/* Tarjan's search for strongly connected components. */
static void visit_module(struct include_graph *g, struct include_module *m)
{
	m->index = m->low = ++g->seen;
	m->on_stack = true;
	*list_push(g->a, &g->stack) = m;
	for (size_t i = 0; i < m->includes.n; i++) {
		struct include_module *other = m->includes.v[i];

		if (!other->index) {
			visit_module(g, other);
			m->low = other->low < m->low ? other->low : m->low;
		} else if (other->on_stack) {
			m->low = other->index < m->low ? other->index : m->low;
		}
	}
	if (m->low == m->index)
		end_group(g, m);
}

Test(style, circles_of_includes_do_not_grow)
{
	for (size_t r = 0; r < ARRAY_SIZE(limits); r++) {
		AUTO_ARENA a = { 0 };
		struct include_graph g = { .a = &a, .text = { .a = &a } };
		struct strings sources = files_below(&a, limits[r].root, ".c");
		struct strings headers = files_below(&a, limits[r].root, ".h");

		add_modules(&g, limits[r].root, &sources);
		add_modules(&g, limits[r].root, &headers);
		for (size_t i = 0; i < sources.n; i++)
			add_includes(&g, limits[r].root, sources.v[i]);
		for (size_t i = 0; i < headers.n; i++)
			add_includes(&g, limits[r].root, headers.v[i]);
		for (size_t i = 0; i < g.modules.n; i++) {
			if (!g.modules.v[i].index)
				visit_module(&g, &g.modules.v[i]);
		}
		cr_expect(g.groups <= limits[r].groups && g.largest <= limits[r].largest,
			  "%s has %zu circles, the largest of %zu modules:\n%s", limits[r].root,
			  g.groups, g.largest, buf_cstr(&g.text));
		cr_expect(g.groups == limits[r].groups && g.largest == limits[r].largest,
			  "fewer circles than limits[] says: write down %zu and %zu for %s",
			  g.groups, g.largest, limits[r].root);
	}
}
