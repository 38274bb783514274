/* SPDX-License-Identifier: Apache-2.0 */
/* Walks from the folders of the project, nearest first. */

#include "format/text/npm_graph.h"

#include "format/text/npm_words.h"

struct npm_walk {
	const struct npm_graph *g;
	bool *seen;
	struct npm_step *found; /* in the order in which they were met */
	size_t n;
	bool needed_alone; /* what is optional is passed over */
};

static void npm_walk_edges(struct npm_walk *w, const struct npm_edges *l, bool dev, size_t depth)
{
	list_each(x, l) {
		if (x->to == NPM_OF_PROJECT || w->seen[x->to] || (x->dev && !dev) ||
		    (x->optional && w->needed_alone))
			continue;
		w->seen[x->to] = true;
		w->found[w->n++] = (struct npm_step){ x->to, depth };
	}
}

/* From where the project begins, and on to what these need; with `dev` also from what it is
 * developed with. */
static void npm_walk_all(struct npm_walk *w, bool dev)
{
	size_t i = w->n;

	list_each(x, &w->g->importers)
		npm_walk_edges(w, &x->edges, dev, 0);
	for (; i < w->n; i++)
		npm_walk_edges(w, &w->g->packages.v[w->found[i].package].edges, dev,
			       w->found[i].depth + 1);
}

static bool *npm_graph_reach(struct arena *a, const struct npm_graph *g, bool dev,
			     bool needed_alone)
{
	struct npm_walk w = { .g = g, .needed_alone = needed_alone };

	w.seen = arena_array(a, g->packages.n + 1, sizeof(*w.seen));
	w.found = arena_array(a, g->packages.n + 1, sizeof(*w.found));
	npm_walk_all(&w, dev);
	return w.seen;
}

void npm_graph_mark(struct npm_graph *g)
{
	AUTO_ARENA a = { 0 };
	const bool *all = npm_graph_reach(&a, g, true, false);
	const bool *run = npm_graph_reach(&a, g, false, false);
	const bool *needed = npm_graph_reach(&a, g, true, true);
	const bool *needed_to_run = npm_graph_reach(&a, g, false, true);

	for (size_t i = 0; i < g->packages.n; i++) {
		struct npm_package *p = &g->packages.v[i];

		p->reached = all[i];
		p->entry.dev = !run[i];
		p->entry.optional = run[i] ? !needed_to_run[i] : !needed[i];
	}
}

size_t npm_graph_order(const struct npm_graph *g, struct npm_step *out)
{
	AUTO_ARENA a = { 0 };
	struct npm_walk w = { .g = g, .found = out };

	w.seen = arena_array(&a, g->packages.n + 1, sizeof(*w.seen));
	npm_walk_all(&w, false);
	npm_walk_all(&w, true);
	return w.n;
}

void npm_graph_add_needs(struct arena *a, const struct npm_edges *edges, struct npm_entry *x)
{
	list_each(edge, edges)
		*list_push(a, &x->needs) = (struct npm_need){ edge->name, edge->optional, false };
}

void npm_graph_add_project(struct arena *a, const struct npm_graph *g, struct npm_entries *out,
			   struct npm_entries *others)
{
	list_each(x, &g->importers) {
		struct npm_entry folder = { .place = x->folder,
					    .engine = x->engine,
					    .line = x->line };

		npm_graph_add_needs(a, &x->edges, &folder);
		*list_push(a, others) = folder;
		list_each(edge, &x->edges) {
			if (edge->to != NPM_OF_PROJECT)
				continue;
			*list_push(a, out) = (struct npm_entry){
				.place = arena_printf(a, "%s%s" NPM_MODULES "/%s", x->folder,
						      x->folder[0] ? "/" : "", edge->name),
				.name = edge->name,
				.version = "",
				.link = edge->link,
				.dev = edge->dev,
				.optional = edge->optional,
				.line = x->line
			};
		}
	}
}
