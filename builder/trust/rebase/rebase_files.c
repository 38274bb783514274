/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of upper layers against those of two bases. */

#include "trust/rebase/rebase.h"

#include <stdarg.h>
#include <stdio.h>

void rebase_add(struct arena *a, struct rebase_obstacles *l, const char *path, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	*list_push(a, l) = (struct rebase_obstacle){ path, arena_strdup(a, text) };
}

static bool rebase_has(const struct item *i)
{
	return i && !i->implied;
}

/* The same in all that a program can see, but for times. */
static bool rebase_same(const struct item *x, const struct item *y)
{
	if (!rebase_has(x) || !rebase_has(y))
		return !rebase_has(x) && !rebase_has(y);
	if (x->type != y->type || x->mode != y->mode || x->uid != y->uid || x->gid != y->gid ||
	    x->capabilities != y->capabilities || x->unread || y->unread)
		return false;
	if (x->type == ITEM_FILE)
		return x->size == y->size && digest_eq(&x->sha256, &y->sha256);
	return !x->target || !y->target ? x->target == y->target
					: strcmp(x->target, y->target) == 0;
}

/* What an upper layer has where a base has something, too. */
static void rebase_check_upper(struct arena *a, const struct rebase_case *c, const struct item *i,
			       struct rebase_obstacles *out)
{
	const struct item *old = model_at(c->old, i->path), *now = model_at(c->now, i->path);

	if (rebase_same(old, now))
		return;
	if (i->type == ITEM_DIR && rebase_same(i, now))
		return;
	if (i->type == ITEM_DIR && rebase_has(old) && !rebase_has(now))
		return; /* the layer brings the folder itself */
	rebase_add(a, out, i->path,
		   !rebase_has(now) ? "its layer replaces a file of the base, which the new base "
				      "does not have"
		   : !rebase_has(old)
			   ? "its layer and the new base have it, the old base had not"
			   : "its layer replaces a file of the base, which is another one "
			     "in the new base");
}

/* A layer above the base that removes a file of it means the file that was there. */
static void rebase_check_removed(struct arena *a, const struct rebase_case *c,
				 const struct item *old, struct rebase_obstacles *out)
{
	const struct item *now = model_at(c->now, old->path);

	if (!rebase_same(old, now))
		rebase_add(a, out, old->path,
			   rebase_has(now) ? "a layer removes this file of the base, which is "
					     "another one in the new base"
					   : "a layer removes this file of the base, which the new "
					     "base does not have");
}

void rebase_check_files(struct arena *a, const struct rebase_case *c, struct rebase_proof *proof,
			struct rebase_obstacles *out)
{
	const struct item *removed = NULL;

	for (size_t n = 0; n < c->image->items.n; n++) {
		const struct item *i = c->image->items.v[n];

		if (i->implied || i->layer < c->old_layers)
			continue;
		proof->files++;
		rebase_check_upper(a, c, i, out);
		if (!rebase_same(i, model_at(c->result, i->path)))
			rebase_add(a, out, i->path, "it would not be the same on the new base");
	}
	for (size_t n = 0; n < c->old->items.n; n++) {
		const struct item *i = c->old->items.v[n];

		if (i->implied || model_at(c->image, i->path) ||
		    (removed && path_below(i->path, removed->path)))
			continue;
		removed = i;
		rebase_check_removed(a, c, i, out);
	}
}
