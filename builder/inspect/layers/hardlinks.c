/* SPDX-License-Identifier: Apache-2.0 */
/* Hard links, in the order of the tar. Podman and docker give a file the mode, owner and attributes
 * of every link to it, umoci does not; where these differ, the worse of both is judged. */

#include "inspect/layers/hardlinks.h"

#include <stdlib.h>

#include "base/path.h"

#define ODD "layer.odd-entry"
#define LINKS_MAX 40

struct hardlink_finder {
	const struct events *e;
	struct arena *a; /* scratch */
	size_t at;	 /* when the link is made */
};

static struct item *lower_at(const struct events *e, const char *path)
{
	size_t i = items_lower(e->lower, path);

	return i < e->lower->n && strcmp(e->lower->v[i]->path, path) == 0 ? e->lower->v[i] : NULL;
}

static struct item *item_find(const struct hardlink_finder *f, const char *path)
{
	struct item *t = events_before(f->e, path, f->at);

	return t ? t : lower_at(f->e, path);
}

/* The path with symbolic links in its folders followed, or NULL where they lead in circles. */
static const char *without_links(const struct hardlink_finder *f, const char *path)
{
	const char *real = "";
	struct str rest = str_of(path), one;
	unsigned links = 0;

	while (str_next(&rest, '/', &one)) {
		const struct item *i;

		if (one.n == 0 || str_eq(one, STR(".")))
			continue;
		if (str_eq(one, STR(".."))) {
			real = path_dir(f->a, real);
			continue;
		}
		real = arena_printf(f->a, "%s%s" STR_FMT, real, *real ? "/" : "", STR_ARG(one));
		i = rest.n ? item_find(f, real) : NULL;
		if (!i || i->type != ITEM_LINK)
			continue;
		if (++links > LINKS_MAX)
			return NULL;
		real = i->target[0] == '/' ? "" : path_dir(f->a, real);
		rest = str_of(arena_printf(f->a, "%s/" STR_FMT, i->target, STR_ARG(rest)));
	}
	return real;
}

static void modes_unite(const struct events *e, struct item *link, struct item *t)
{
	if (t->type == ITEM_LINK || (link->mode == t->mode && link->uid == t->uid &&
				     link->gid == t->gid && link->capabilities <= t->capabilities))
		return;
	events_remark(e, ODD, link->path,
		      "a hard link with another mode or owner than its file; some runtimes "
		      "give the file the link's");
	t->mode |= link->mode;
	t->capabilities |= link->capabilities;
	t->uid = link->uid < t->uid ? link->uid : t->uid;
	t->gid = link->gid < t->gid ? link->gid : t->gid;
}

static void link_copy(struct item *link, const struct item *t)
{
	const struct item before = *link;

	*link = *t;
	link->path = before.path;
	link->mtime = before.mtime;
	link->layer = before.layer;
	link->implied = link->dead = link->owned = false;
	link->package = NULL;
	link->shared = true;
}

static struct item *target_of(const struct hardlink_finder *f, struct item *link)
{
	const struct events *e = f->e;
	const char *path = link->target;
	struct item *t = item_find(f, path);

	if (!t) {
		path = without_links(f, path);
		t = path && *path ? item_find(f, path) : NULL;
	}
	if (t && t->layer != e->layer && t->type != ITEM_DIR)
		events_remark(e, ODD, link->path,
			      "a hard link to a file of a lower layer; some runtimes fail");
	if (t)
		return t;
	t = events_before(e, link->target, SIZE_MAX);
	if (t && t != link)
		events_remark(e, ODD, link->path,
			      "a hard link that stands before the file it names; no runtime "
			      "unpacks it");
	return t;
}

static void link_join(const struct events *e, struct item *link, size_t at)
{
	AUTO_ARENA scratch = { 0 };
	const struct hardlink_finder f = { e, &scratch, at };
	struct item *t = target_of(&f, link);

	if (!t || t == link || t->type == ITEM_HARD || t->type == ITEM_DIR)
		return;
	modes_unite(e, link, t);
	link_copy(link, t);
}

static int links_by_place(const void *a, const void *b)
{
	const struct layer_event *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

void hardlinks_join(const struct events *e)
{
	AUTO_ARENA scratch = { 0 };
	struct LIST(struct layer_event) links = { NULL, 0, 0 };

	for (size_t i = 0; i < e->n; i++)
		if (e->v[i].item && e->v[i].item->type == ITEM_HARD)
			*list_push(&scratch, &links) = e->v[i];
	if (links.n)
		qsort(links.v, links.n, sizeof(*links.v), links_by_place);
	for (size_t i = 0; i < links.n; i++)
		link_join(e, links.v[i].item, links.v[i].at);
}
