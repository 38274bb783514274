/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over what happened, sorted by path, with the folders above in a stack. */

#include "inspect/layers/layer_settle.h"

#include "inspect/layers/hardlinks.h"

#define ODD "layer.odd-entry"

/* A path at which something happened. Places are counted from 1; 0: never. */
struct settle_group {
	const char *path;
	const struct layer_event *events;
	size_t n;
	struct item *winner; /* what is left at this path, made at: */
	size_t won;
	size_t made;		 /* the first time that something was */
	size_t cut;		 /* what was made below it before this is gone */
	size_t whiteout, opaque; /* the last of each; its own */
	bool pending;		 /* its whiteout becomes ambiguous if anything is made below */
	bool open;		 /* one at it or above it is pending */
	bool doubtful;		 /* the winner is not there for every runtime */
};

struct settle_walk {
	const struct events *e;
	struct arena *a; /* scratch */
	struct LIST(struct settle_group) above;
};

static void keep_lower(const struct settle_walk *w, const struct settle_group *g, const char *text)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->events[i].gone && (!g->events[i].gone->opaque || !*g->path))
			g->events[i].gone->kept = true;
	w->e->m->ambiguous = true;
	events_remark(w->e, ODD, *g->path ? g->path : NULL, text);
}

static void group_take_item(const struct settle_walk *w, struct settle_group *g,
			    const struct layer_event *x)
{
	struct item *i = x->item;

	if (x->at + 1 < g->cut) {
		events_remark(w->e, "layer.duplicate-entry", i->path,
			      "a later entry replaces a folder above it");
		return;
	}
	if (g->winner && (g->winner->type != ITEM_DIR || i->type != ITEM_DIR))
		events_remark(w->e, "layer.duplicate-entry", i->path,
			      "the path stands in it more than once");
	g->winner = i;
	g->won = x->at + 1;
	if (!g->made)
		g->made = x->at + 1;
}

static void take_events(const struct settle_walk *w, struct settle_group *g)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct layer_event *x = &g->events[i];

		if (x->item)
			group_take_item(w, g, x);
		else if (x->gone->opaque)
			g->opaque = x->at + 1;
		else
			g->whiteout = x->at + 1;
	}
	for (size_t i = 0; i < g->n; i++) /* now that earlier ones were compared with the old cut */
		if (g->events[i].item && g->events[i].item->type != ITEM_DIR &&
		    g->events[i].at + 1 > g->cut)
			g->cut = g->events[i].at + 1;
}

/* A folder is made anew for all only when a marker that overlayfs obeys follows it. */
static void judge_whiteout(const struct settle_walk *w, struct settle_group *g)
{
	if (!*g->path && g->opaque)
		keep_lower(
			w, g,
			"the root folder is marked as opaque: some runtimes still show what lower "
			"layers have");
	if (!g->whiteout)
		return;
	if (g->winner && g->winner->type == ITEM_DIR) {
		if (g->whiteout > g->won || g->opaque <= g->won)
			keep_lower(
				w, g,
				"a whiteout and a folder of one name: some runtimes still show what "
				"lower layers have in it");
	} else if (g->winner && g->whiteout > g->won) {
		events_remark(w->e, ODD, g->path,
			      "a whiteout follows an entry of its name: some runtimes "
			      "remove the entry");
		g->doubtful = true;
	} else {
		g->pending = !g->winner;
	}
}

/* Something is made below a folder that the layer removes and does not make. */
static void close_whiteouts(const struct settle_walk *w)
{
	for (size_t i = w->above.n; i-- > 0;) {
		struct settle_group *g = &w->above.v[i];

		if (!g->open)
			return; /* it, and those above it, were closed before */
		if (g->pending)
			keep_lower(
				w, g,
				"a whiteout and entries below its name: some runtimes still show what "
				"lower layers have there");
		g->pending = g->open = false;
	}
}

static size_t path_components(const char *path)
{
	size_t n = *path ? 1 : 0;

	for (; *path; path++)
		n += *path == '/';
	return n;
}

/* Docker removes what stood below a folder when it comes to the folder's opaque marker, unless
 * every folder on the way is an entry. */
static void judge_opaque(const struct settle_walk *w, struct settle_group *g)
{
	size_t explicit = 0;

	for (size_t i = w->above.n; i-- > 0;) {
		const struct settle_group *up = &w->above.v[i];

		if (up->opaque > g->made &&
		    path_components(g->path) - path_components(up->path) - 1 > explicit) {
			events_remark(w->e, ODD, g->path,
				      "an opaque marker follows it, and a folder between "
				      "them is not an entry: some runtimes remove it");
			g->doubtful = true;
			return;
		}
		explicit += up->winner != NULL;
	}
}

static void take_group(struct settle_walk *w, struct settle_group *g, bool any_opaque)
{
	const struct settle_group *up;

	while (w->above.n && !path_below(g->path, w->above.v[w->above.n - 1].path))
		w->above.n--;
	up = w->above.n ? &w->above.v[w->above.n - 1] : NULL;
	g->cut = up ? up->cut : 0;
	take_events(w, g);
	judge_whiteout(w, g);
	g->open = g->pending || (up && up->open);
	if (g->winner)
		close_whiteouts(w);
	if (g->winner && any_opaque)
		judge_opaque(w, g);
	w->e->m->ambiguous |= g->doubtful;
	if (g->doubtful && w->e->m->smaller)
		g->winner = NULL;
	*list_push(w->a, &w->above) = *g;
}

void settle_change(const struct events *e, struct change *change)
{
	AUTO_ARENA scratch = { 0 };
	struct settle_walk w = { .e = e, .a = &scratch };
	bool any_opaque = false;

	hardlinks_join(e);
	for (size_t i = 0; i < change->removes.n; i++)
		any_opaque |= change->removes.v[i].opaque;
	change->adds.n = 0;
	for (size_t i = 0, next; i < e->n; i = next) {
		struct settle_group g = { .path = e->v[i].path, .events = &e->v[i] };

		for (next = i + 1; next < e->n && strcmp(e->v[next].path, g.path) == 0; next++)
			;
		g.n = next - i;
		take_group(&w, &g, any_opaque);
		if (g.winner)
			change->adds.v[change->adds.n++] = g.winner;
	}
}
