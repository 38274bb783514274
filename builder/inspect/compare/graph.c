/* SPDX-License-Identifier: Apache-2.0 */
/* From needs to nodes and edges. Knows nothing of how they are drawn. */

#include "inspect/compare/graph.h"

#include <stdlib.h>

#include "inspect/layers/elf_facts.h"
#include "inspect/model/packages.h"
#include "base/path.h"

#define ALIKE_MIN 4 /* from so many on, files alike are one node */

/* A file's place among the nodes: by what it is called and boxed with. */
struct graph_entry {
	const struct item *item; /* NULL: missing */
	const char *name;	 /* missing: as it is needed */
	const char *cluster, *label;
	bool modules; /* one of many alike */
};

struct graph_making {
	struct arena *a;
	const struct model *m;
	const struct needs *needs;
	struct LIST(struct graph_entry) entries; /* sorted by item, then name */
};

static int by_thing(const void *a, const void *b)
{
	const struct graph_entry *x = a, *y = b;

	if (!x->item != !y->item)
		return x->item ? -1 : 1;
	return x->item ? path_order(x->item->path, y->item->path) : strcmp(x->name, y->name);
}

static void graph_add_entry(struct graph_making *k, const struct item *item, const char *name)
{
	*list_push(k->a, &k->entries) = (struct graph_entry){ .item = item,
							      .name = item ? NULL : name };
}

/* Every file at either end of a need, once. */
static void graph_gather(struct graph_making *k)
{
	size_t n = 0;

	for (size_t i = 0; i < k->needs->n; i++) {
		graph_add_entry(k, k->needs->v[i].by, NULL);
		graph_add_entry(k, k->needs->v[i].on, k->needs->v[i].name);
	}
	if (k->entries.n == 0)
		return;
	qsort(k->entries.v, k->entries.n, sizeof(*k->entries.v), by_thing);
	for (size_t i = 0; i < k->entries.n; i++)
		if (n == 0 || by_thing(&k->entries.v[n - 1], &k->entries.v[i]) != 0)
			k->entries.v[n++] = k->entries.v[i];
	k->entries.n = n;
}

static const struct graph_entry *entry_of(const struct graph_making *k, const struct item *item,
					  const char *name)
{
	const struct graph_entry key = { .item = item, .name = name };

	return bsearch(&key, k->entries.v, k->entries.n, sizeof(*k->entries.v), by_thing);
}

static bool may_be_alike(const struct graph_making *k, const struct graph_entry *x)
{
	return x->item && !(x->item->elf && x->item->elf->program) && !needs_any(k->needs, x->item);
}

/* "12 files in /usr/lib/python3.13/lib-dynload". */
static void group_alike(struct graph_making *k, size_t from, size_t to)
{
	const char *dir = path_dir(k->a, k->entries.v[from].item->path);
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += k->entries.v[i].modules;
	for (size_t i = from; i < to; i++) {
		struct graph_entry *x = &k->entries.v[i];

		if (x->modules && n >= ALIKE_MIN)
			x->label = arena_printf(k->a, "%zu files in /%s", n, dir);
		else
			x->modules = false;
	}
}

static bool same_group(struct arena *a, const struct graph_entry *x, const struct graph_entry *y)
{
	return x->item && y->item && x->item->package == y->item->package &&
	       strcmp(path_dir(a, x->item->path), path_dir(a, y->item->path)) == 0;
}

static void label_files(struct graph_making *k, bool all)
{
	AUTO_ARENA scratch = { 0 };

	for (size_t i = 0; i < k->entries.n; i++) {
		struct graph_entry *x = &k->entries.v[i];

		x->label = x->item ? arena_printf(k->a, "/%s", x->item->path) : x->name;
		x->cluster = x->item && x->item->package ? x->item->package->name : NULL;
		x->modules = !all && may_be_alike(k, x);
	}
	for (size_t i = 0, end; !all && i < k->entries.n; i = end) {
		for (end = i + 1; end < k->entries.n &&
				  same_group(&scratch, &k->entries.v[i], &k->entries.v[end]);
		     end++)
			;
		if (k->entries.v[i].item)
			group_alike(k, i, end);
	}
}

static void label_packages(struct graph_making *k)
{
	for (size_t i = 0; i < k->entries.n; i++) {
		struct graph_entry *x = &k->entries.v[i];

		if (!x->item)
			x->label = x->name;
		else if (x->item->package)
			x->label = x->item->package->name;
		else
			x->label = arena_printf(k->a, "/%s", x->item->path);
	}
}

static int compare_texts(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "");
}

static int by_label(const void *a, const void *b)
{
	const struct graph_node *x = a, *y = b;
	int order = compare_texts(x->cluster, y->cluster);

	if (!order)
		order = (x->missing > y->missing) - (x->missing < y->missing);
	return order ? order : strcmp(x->label, y->label);
}

static void make_nodes(struct graph_making *k, struct graph *out)
{
	size_t n = 0;

	for (size_t i = 0; i < k->entries.n; i++) {
		const struct graph_entry *x = &k->entries.v[i];

		*list_push(k->a, &out->nodes) = (struct graph_node){
			.label = x->label,
			.item = x->item,
			.cluster = x->cluster,
			.files = x->item != NULL,
			.bytes = x->item && !x->item->shared ? x->item->size : 0,
			.missing = !x->item,
			.program = x->item && x->item->elf && x->item->elf->program
		};
	}
	if (out->nodes.n == 0)
		return;
	qsort(out->nodes.v, out->nodes.n, sizeof(*out->nodes.v), by_label);
	for (size_t i = 0; i < out->nodes.n; i++) {
		struct graph_node *x = &out->nodes.v[i];

		if (n && by_label(&out->nodes.v[n - 1], x) == 0) {
			out->nodes.v[n - 1].bytes += x->bytes;
			out->nodes.v[n - 1].files += x->files;
			out->nodes.v[n - 1].program |= x->program;
		} else {
			out->nodes.v[n++] = *x;
		}
	}
	out->nodes.n = n;
}

static size_t node_of(const struct graph *g, const struct graph_entry *x)
{
	const struct graph_node key = { .label = x->label,
					.cluster = x->cluster,
					.missing = !x->item };
	const struct graph_node *found = bsearch(&key, g->nodes.v, g->nodes.n, sizeof(*g->nodes.v),
						 by_label);

	return (size_t)(found - g->nodes.v);
}

static int compare_graph_edges(const void *a, const void *b)
{
	const struct graph_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

static void make_edges(struct graph_making *k, struct graph *out)
{
	size_t n = 0;

	for (size_t i = 0; i < k->needs->n; i++) {
		const struct need *x = &k->needs->v[i];
		size_t from = node_of(out, entry_of(k, x->by, NULL));
		size_t to = node_of(out, entry_of(k, x->on, x->name));

		if (from != to)
			*list_push(k->a, &out->edges) = (struct graph_edge){ from, to, x->kind };
	}
	if (out->edges.n == 0)
		return;
	qsort(out->edges.v, out->edges.n, sizeof(*out->edges.v), compare_graph_edges);
	for (size_t i = 0; i < out->edges.n; i++)
		if (n == 0 || out->edges.v[n - 1].from != out->edges.v[i].from ||
		    out->edges.v[n - 1].to != out->edges.v[i].to)
			out->edges.v[n++] = out->edges.v[i];
	out->edges.n = n;
}

void graph_make(struct arena *a, const struct model *m, const struct needs *needs, enum graph_by by,
		bool all, struct graph *out)
{
	struct graph_making k = { .a = a, .m = m, .needs = needs };

	*out = (struct graph){ 0 };
	graph_gather(&k);
	if (by == GRAPH_FILES)
		label_files(&k, all);
	else
		label_packages(&k);
	make_nodes(&k, out);
	make_edges(&k, out);
}
