/* SPDX-License-Identifier: Apache-2.0 */
/* Packages are the first nodes, the others follow. A name means the nearest package of that name,
 * looked for as Node.js does: in node_modules beside, then in the folders above. */

#include "format/text/npm_tree.h"

#include "base/path.h"
#include "base/strmap.h"

/* Optional needs hold nothing together, but optional peers are not taken away from who has them. */
struct npm_node {
	const struct npm_entry *entry;
	struct LIST(size_t) needs, needed_by;
	struct LIST(size_t) has, had_by; /* optional peers */
	bool in_set;
};

struct npm_tree {
	struct arena *a;
	struct npm_node *nodes;
	size_t n;
	struct strmap places; /* of packages: the number of the node, plus one */
};

static bool npm_find_package(struct npm_tree *t, const char *from, const char *name, size_t *out)
{
	for (const char *dir = from;; dir = path_dir(t->a, dir)) {
		const char *place = arena_printf(t->a, "%s%snode_modules/%s", dir,
						 dir[0] ? "/" : "", name);
		uintptr_t found = (uintptr_t)strmap_get(&t->places, str_of(place));

		if (found) {
			*out = found - 1;
			return true;
		}
		if (!dir[0])
			return false;
	}
}

static void npm_tree_add_needs(struct npm_tree *t, size_t from)
{
	const struct npm_entry *x = t->nodes[from].entry;
	size_t to;

	list_each(need, &x->needs) {
		if ((need->optional && !need->peer) ||
		    !npm_find_package(t, x->place, need->name, &to))
			continue;
		if (need->optional) {
			*list_push(t->a, &t->nodes[from].has) = to;
			*list_push(t->a, &t->nodes[to].had_by) = from;
			continue;
		}
		*list_push(t->a, &t->nodes[from].needs) = to;
		*list_push(t->a, &t->nodes[to].needed_by) = from;
	}
}

static void npm_tree_open(struct npm_tree *t, const struct npm_entries *l,
			  const struct npm_entries *others)
{
	t->n = l->n + others->n;
	t->nodes = arena_array(t->a, t->n, sizeof(*t->nodes));
	for (size_t i = 0; i < t->n; i++) {
		const struct npm_entry *x = i < l->n ? &l->v[i] : &others->v[i - l->n];

		t->nodes[i].entry = x;
		if (i >= l->n)
			continue;
		*strmap_slot(t->a, &t->places, str_of(x->place)) = (void *)(i + 1);
		list_each(alias, &x->aliases)
			*strmap_slot(t->a, &t->places, str_of(alias->place)) = (void *)(i + 1);
	}
	for (size_t i = 0; i < t->n; i++)
		npm_tree_add_needs(t, i);
}

struct npm_set LIST(size_t);

static void npm_set_add(struct npm_tree *t, struct npm_set *set, size_t i)
{
	if (t->nodes[i].in_set)
		return;
	t->nodes[i].in_set = true;
	*list_push(t->a, set) = i;
}

static bool npm_is_needed_elsewhere(const struct npm_tree *t, size_t i)
{
	const struct npm_node *n = &t->nodes[i];

	list_each(by, &n->needed_by) {
		if (!t->nodes[*by].in_set)
			return true;
	}
	list_each(by, &n->had_by) {
		if (!t->nodes[*by].in_set)
			return true;
	}
	return false;
}

/* Takes a node out of the set. */
static void npm_set_keep(struct npm_tree *t, struct npm_set *kept, size_t i)
{
	if (!t->nodes[i].in_set)
		return;
	t->nodes[i].in_set = false;
	*list_push(t->a, kept) = i;
}

/* What somebody outside of the set needs stays, and so does what that needs. */
static void npm_set_shrink(struct npm_tree *t, const struct npm_set *set)
{
	struct npm_set kept = { NULL, 0, 0 };

	list_each(i, set) {
		if (npm_is_needed_elsewhere(t, *i))
			npm_set_keep(t, &kept, *i);
	}
	for (size_t k = 0; k < kept.n; k++) {
		const struct npm_node *n = &t->nodes[kept.v[k]];

		list_each(to, &n->needs)
			npm_set_keep(t, &kept, *to);
		list_each(to, &n->has)
			npm_set_keep(t, &kept, *to);
	}
}

/* With those who cannot do without, and with what they need. */
static void npm_set_grow(struct npm_tree *t, struct npm_set *set, const struct npm_entries *l)
{
	for (size_t k = 0; k < set->n; k++) {
		list_each(by, &t->nodes[set->v[k]].needed_by) {
			if (*by < l->n && l->v[*by].optional)
				npm_set_add(t, set, *by);
		}
	}
	for (size_t k = 0; k < set->n; k++) {
		list_each(to, &t->nodes[set->v[k]].needs)
			npm_set_add(t, set, *to);
	}
}

void npm_tree_leave_out(struct arena *a, struct npm_entries *l, const struct npm_entries *others,
			const char *cpu, const char *node)
{
	AUTO_ARENA scratch = { 0 };
	struct npm_tree t = { .a = &scratch };
	struct npm_set set = { NULL, 0, 0 };

	npm_tree_open(&t, l, others);
	for (size_t i = 0; i < l->n; i++) {
		const struct npm_entry *x = &l->v[i];

		if (x->optional &&
		    (!npm_entry_fits(x, cpu) || (node && !npm_entry_takes_node(x, node))))
			npm_set_add(&t, &set, i);
	}
	npm_set_grow(&t, &set, l);
	npm_set_shrink(&t, &set);
	list_each(i, &set) {
		if (t.nodes[*i].in_set && *i < l->n)
			*list_push(a, &l->v[*i].left_out) = cpu;
	}
}
