/* SPDX-License-Identifier: Apache-2.0 */
/* Following paths through links inside the tree, as a process chrooted into it would. */

#include "make/tree/tree.h"

#define LINKS_MAX 40

/* A walk: where we are ("" is the root) and what is still to be walked. */
struct follow_walk {
	const struct tree *t;
	struct buf at;
	struct str rest;
	unsigned links;
};

static void to_parent(struct follow_walk *w)
{
	while (w->at.n && w->at.p[w->at.n - 1] != '/')
		w->at.n--;
	if (w->at.n)
		w->at.n--;
	if (w->at.p)
		w->at.p[w->at.n] = '\0';
}

static bool follow_link(struct follow_walk *w, const struct node *link)
{
	struct buf joined = { .a = w->at.a };

	if (++w->links > LINKS_MAX)
		return false;
	buf_puts(&joined, link->target);
	buf_putc(&joined, '/');
	buf_add(&joined, w->rest);
	w->rest = buf_str(&joined);
	to_parent(w);
	if (link->target[0] == '/')
		w->at.n = 0;
	if (w->at.p)
		w->at.p[w->at.n] = '\0';
	return true;
}

/* Takes one component; *n is where we stand then (NULL: the root). */
static bool follow_step(struct follow_walk *w, struct str component, struct node **n)
{
	if (component.n == 0 || str_eq(component, STR(".")))
		return true;
	if (str_eq(component, STR(".."))) {
		to_parent(w);
		*n = w->at.n ? tree_find(w->t, buf_cstr(&w->at)) : NULL;
		return true;
	}
	if (*n && (*n)->type != NODE_DIR)
		return false;
	if (w->at.n)
		buf_putc(&w->at, '/');
	buf_add(&w->at, component);
	*n = tree_find(w->t, buf_cstr(&w->at));
	if (!*n)
		return false;
	if ((*n)->type == NODE_LINK) {
		if (!follow_link(w, *n))
			return false;
		*n = w->at.n ? tree_find(w->t, buf_cstr(&w->at)) : NULL;
	}
	return true;
}

struct node *tree_resolve(const struct tree *t, const char *path)
{
	AUTO_ARENA a = { 0 };
	struct follow_walk w = { .t = t, .rest = str_of(path), .at = { .a = &a } };
	struct node *n = NULL;
	struct str one;

	while (str_next(&w.rest, '/', &one)) {
		if (!follow_step(&w, one, &n))
			return NULL;
	}
	return n;
}
