/* SPDX-License-Identifier: Apache-2.0 */
/* Places are found from the project on, nearest first, so that one that is found stays. A name that
 * is looked up in a folder and found above must not be put into that folder later, as another
 * package: `meant` holds what each folder's name means already. */

#include "format/text/npm_hoisted.h"

#include <assert.h>
#include <stdlib.h>

#include "base/path.h"
#include "base/strmap.h"
#include "format/text/npm_words.h"

/* Copies of copies can be more than any memory holds, of few lines: what is looked up in folders,
 * in bytes of their names. Of a project of 5,000 packages these are 5 MB. */
#define HOISTED_TEXT_MAX ((size_t)256 << 20)

#define HOISTED_UNKNOWN SIZE_MAX
#define HOISTED_LINK (SIZE_MAX - 1) /* no package, but a folder of the project */

/* A package in a place: an importer, or one of the graph's packages. */
struct hoisted_node {
	const char *place;
	const struct npm_edges *edges;
	size_t package;		/* of the graph; NPM_OF_PROJECT */
	struct npm_edges found; /* the edges, to places */
};

struct hoisted {
	struct arena *a;
	const struct npm_graph *g;
	struct LIST(struct hoisted_node) nodes; /* importers first */
	struct strmap placed; /* "node_modules/b": the number of the node, plus one */
	struct strmap meant;  /* what a name means in a folder: of the package, plus one */
	struct strmap homes;  /* folders that may have node_modules */
	size_t text;	      /* bytes of names that were looked up */
};

static const char *hoisted_at(struct hoisted *h, const char *folder, const char *name)
{
	const char *at = arena_printf(h->a, "%s%s" NPM_MODULES "/%s", folder, folder[0] ? "/" : "",
				      name);

	h->text += strlen(at);
	return at;
}

/* The folders in which Node.js looks from a place, the nearest first; of these packages and folders
 * of the project have node_modules. */
static void hoisted_folders(struct hoisted *h, const char *place, struct strings *out)
{
	for (const char *dir = place;; dir = path_dir(h->a, dir)) {
		h->text += strlen(dir);
		if (strmap_get(&h->homes, str_of(dir)))
			*list_push(h->a, out) = dir;
		if (!dir[0])
			return;
	}
}

static size_t hoisted_get(const struct strmap *m, const char *place)
{
	return (size_t)(uintptr_t)strmap_get(m, str_of(place)) - 1;
}

static void hoisted_mean(struct hoisted *h, const char *place, size_t package)
{
	*strmap_slot(h->a, &h->meant, str_of(place)) = (void *)(package + 1);
}

static size_t hoisted_add(struct hoisted *h, const char *place, size_t package)
{
	*list_push(h->a, &h->nodes) = (struct hoisted_node){
		.place = place, .edges = &h->g->packages.v[package].edges, .package = package
	};
	*strmap_slot(h->a, &h->placed, str_of(place)) = (void *)h->nodes.n;
	strmap_add(h->a, &h->homes, str_of(place));
	hoisted_mean(h, place, package);
	return h->nodes.n - 1;
}

/* Where a name leads from a place: to the package, if that stands above with nothing between; else
 * it is put as high as it may. */
static size_t hoisted_find(struct hoisted *h, const char *from, const struct npm_edge *edge)
{
	struct strings folders = { NULL, 0, 0 };
	size_t at = 0, found = HOISTED_UNKNOWN;

	hoisted_folders(h, from, &folders);
	assert(folders.v); /* `from` itself is one */
	for (size_t i = 0; i < folders.n; i++) {
		const char *place = hoisted_at(h, folders.v[i], edge->name);
		size_t node = hoisted_get(&h->placed, place), means = hoisted_get(&h->meant, place);

		if (node != HOISTED_UNKNOWN) {
			found = h->nodes.v[node].package == edge->to ? node : HOISTED_UNKNOWN;
			at = found != HOISTED_UNKNOWN ? i : at;
			break;
		}
		if (means == HOISTED_UNKNOWN || means == edge->to)
			at = i;
	}
	if (found == HOISTED_UNKNOWN)
		found = hoisted_add(h, hoisted_at(h, folders.v[at], edge->name), edge->to);
	for (size_t i = 0; i < at; i++)
		hoisted_mean(h, hoisted_at(h, folders.v[i], edge->name), edge->to);
	return found;
}

/* A name that is looked up from a place. */
struct hoisted_step {
	size_t from; /* the node */
	const struct npm_edge *edge;
};

static int compare_steps(const void *x, const void *y)
{
	const struct hoisted_step *a = x, *b = y;
	int order = strcmp(a->edge->name, b->edge->name);

	if (order == 0)
		order = (a->edge->to > b->edge->to) - (a->edge->to < b->edge->to);
	return order ? order : (a->from > b->from) - (a->from < b->from);
}

static bool hoisted_check(const struct hoisted *h, size_t node, struct error *e)
{
	const struct npm_entry *x = &h->g->packages.v[h->nodes.v[node].package].entry;

	return h->text <= HOISTED_TEXT_MAX ||
	       err_set(e, ERR_INPUT,
		       "the packages need so many versions of each other that %zu copies were not "
		       "enough, at %s %s: give those that are there in many versions one "
		       "(\"resolutions\" of package.json), and let yarn write the file anew",
		       h->nodes.n, x->name, x->version);
}

/* All that nodes of one distance from the project need, by name, as yarn goes through them. */
static bool hoisted_resolve(struct hoisted *h, size_t first, size_t end, struct error *e)
{
	struct LIST(struct hoisted_step) steps = { NULL, 0, 0 };

	for (size_t i = first; i < end; i++) {
		list_each(edge, h->nodes.v[i].edges)
			*list_push(h->a, &steps) = (struct hoisted_step){ i, edge };
	}
	if (steps.n)
		qsort(steps.v, steps.n, sizeof(*steps.v), compare_steps);
	list_each(step, &steps) {
		struct npm_edge found = *step->edge;

		if (found.to != NPM_OF_PROJECT) {
			found.to = hoisted_find(h, h->nodes.v[step->from].place, step->edge);
			if (!hoisted_check(h, found.to, e))
				return false;
		}
		*list_push(h->a, &h->nodes.v[step->from].found) = found;
	}
	return true;
}

/* How many packages need each package by a name. */
struct hoisted_use {
	const char *name;
	size_t package, users;
};

static int compare_hoisted_uses(const void *x, const void *y)
{
	const struct hoisted_use *a = x, *b = y;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->package > b->package) - (a->package < b->package);
}

struct hoisted_uses LIST(struct hoisted_use);

static void hoisted_count(struct hoisted *h, const struct npm_edges *l, struct hoisted_uses *out)
{
	list_each(edge, l) {
		if (edge->to != NPM_OF_PROJECT)
			*list_push(h->a, out) = (struct hoisted_use){ edge->name, edge->to, 1 };
	}
}

/* Sorted, each pair once. */
static void hoisted_count_all(struct hoisted *h, struct hoisted_uses *out)
{
	size_t n = 0;

	list_each(p, &h->g->packages) {
		if (p->reached)
			hoisted_count(h, &p->edges, out);
	}
	list_each(x, &h->g->importers)
		hoisted_count(h, &x->edges, out);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_hoisted_uses);
	for (size_t i = 0; i < out->n; i++) {
		if (n && compare_hoisted_uses(&out->v[n - 1], &out->v[i]) == 0)
			out->v[n - 1].users++;
		else
			out->v[n++] = out->v[i];
	}
	out->n = n;
}

/* Of a name that the project itself does not use the package that most need gets the place in
 * node_modules of the project, if there are others of the name and two need it. */
static void hoisted_place_favourites(struct hoisted *h)
{
	struct hoisted_uses uses = { NULL, 0, 0 };

	hoisted_count_all(h, &uses);
	for (size_t i = 0, next; i < uses.n; i = next) {
		const struct hoisted_use *best = &uses.v[i];
		const char *place = hoisted_at(h, "", best->name);

		for (next = i + 1; next < uses.n && strcmp(uses.v[next].name, best->name) == 0;
		     next++) {
			if (uses.v[next].users > best->users)
				best = &uses.v[next];
		}
		if (next - i > 1 && best->users > 1 &&
		    hoisted_get(&h->placed, place) == HOISTED_UNKNOWN)
			(void)hoisted_add(h, place, best->package);
	}
}

/* Who is for development, and what can be done without, follows from places: a copy beside a tool
 * is for that alone. */
static void hoisted_add_entries(struct hoisted *h, size_t importers, struct npm_entries *out)
{
	struct npm_graph places = { .packages = { NULL, 0, 0 } };

	for (size_t i = 0; i < h->nodes.n; i++) {
		const struct hoisted_node *n = &h->nodes.v[i];

		list_each(edge, &n->found) {
			if (edge->to != NPM_OF_PROJECT)
				edge->to -= importers;
		}
		if (i < importers) {
			*list_push(h->a, &places.importers) =
				(struct npm_importer){ .folder = n->place, .edges = n->found };
			continue;
		}
		*list_push(h->a, &places.packages) = (struct npm_package){
			.entry = h->g->packages.v[n->package].entry, .edges = n->found
		};
		places.packages.v[i - importers].entry.place = n->place;
		npm_graph_add_needs(h->a, &n->found, &places.packages.v[i - importers].entry);
	}
	npm_graph_mark(&places);
	list_each(p, &places.packages) {
		if (p->reached)
			*list_push(h->a, out) = p->entry;
	}
}

/* The places of links are taken. */
static void hoisted_add_importer(struct hoisted *h, const struct npm_importer *x)
{
	*list_push(h->a, &h->nodes) = (struct hoisted_node){ .place = x->folder,
							     .edges = &x->edges,
							     .package = NPM_OF_PROJECT };
	strmap_add(h->a, &h->homes, str_of(x->folder));
	list_each(edge, &x->edges) {
		if (edge->to == NPM_OF_PROJECT)
			hoisted_mean(h, hoisted_at(h, x->folder, edge->name), HOISTED_LINK);
	}
}

bool npm_hoisted_place(struct arena *a, const struct npm_graph *g, struct npm_entries *out,
		       struct npm_entries *others, struct error *e)
{
	struct hoisted h = { .a = a, .g = g };

	list_each(x, &g->importers)
		hoisted_add_importer(&h, x);
	/* the project itself comes first */
	if (!hoisted_resolve(&h, 0, h.nodes.n ? 1 : 0, e))
		return false;
	hoisted_place_favourites(&h);
	for (size_t first = 1, end; first < h.nodes.n; first = end) {
		end = h.nodes.n;
		if (!hoisted_resolve(&h, first, end, e))
			return false;
	}
	hoisted_add_entries(&h, g->importers.n, out);
	npm_graph_add_project(a, g, out, others);
	return true;
}
