/* SPDX-License-Identifier: Apache-2.0 */
/* Many images on several threads. Each has an arena of its own, which dies with it: a thousand
 * images take no more memory than a few. */

#include <stdlib.h>

#include "base/parallel.h"
#include "cli/rebasing.h"

struct rebase_item {
	char *text; /* what it prints, of malloc(3) */
	size_t size;
	struct error why; /* ERR_NONE: it is done */
};

struct rebase_batch {
	struct rebase_common *all;
	const struct strings *images;
	struct rebase_item *items;
};

static struct rebase_image *rebase_find_base(struct rebase_common *all, const char *reference,
					     const char *platform)
{
	list_each(b, &all->bases.v) {
		if (strcmp(b->reference, reference) == 0 &&
		    strcmp(b->platform, platform ? platform : "") == 0)
			return b->image;
	}
	return NULL;
}

bool rebase_old_base(struct rebase_common *all, const char *reference, const char *platform,
		     struct rebase_image **out, struct error *e)
{
	struct arena *a = all->bases.a;
	struct rebase_reading reading = { all->c,	&all->o->registry,  NULL,
					  &all->layers, &all->certificates, NULL,
					  NULL };
	struct rebase_image *image;
	bool ok = true;

	pthread_mutex_lock(&all->bases.lock);
	image = rebase_find_base(all, reference, platform);
	if (!image) {
		image = arena_alloc(a, sizeof(*image));
		*image = (struct rebase_image)REBASE_IMAGE_INIT;
		reading.platform = platform ? arena_strdup(a, platform) : NULL;
		ok = rebase_image_read(&reading, arena_strdup(a, reference), image, e) &&
		     rebase_image_look(&reading, image, e);
		if (ok)
			*list_push(a, &all->bases.v) = (struct rebase_old_base){
				arena_strdup(a, reference),
				arena_strdup(a, platform ? platform : ""), image
			};
		else
			rebase_image_close(image);
	}
	pthread_mutex_unlock(&all->bases.lock);
	*out = image;
	return ok;
}

/* A failure is that of one image: the others go on. */
static bool rebase_work(void *ctx, size_t i, struct error *e)
{
	struct rebase_batch *b = ctx;
	struct rebase_item *item = &b->items[i];
	AUTO_ARENA a = { 0 };
	struct cli own = *b->all->c;
	struct rebasing r = { .c = &own,
			      .o = b->all->o,
			      .common = b->all,
			      .reading = { &own, &b->all->o->registry, b->all->o->platform,
					   &b->all->layers, &b->all->certificates, &b->all->book,
					   &b->all->facts_keys },
			      .image = REBASE_IMAGE_INIT,
			      .now = b->all->now,
			      .store = STORE_INIT };

	own.a = &a;
	own.out = open_memstream(&item->text, &item->size);
	if (!own.out)
		return err_sys(e, "collect output in memory");
	if (!rebase_one(&r, b->images->v[i], &item->why) && item->why.kind == ERR_NONE)
		err_set(&item->why, ERR_SYSTEM, "it failed and does not say why");
	rebase_image_close(&r.image);
	store_close(&r.store);
	return fclose(own.out) == 0 || err_sys(e, "collect output in memory");
}

/* In the order of the images. */
static void rebase_give(const struct rebase_batch *b, struct error *first)
{
	for (size_t i = 0; i < b->images->n; i++) {
		struct rebase_item *item = &b->items[i];
		char text[sizeof(struct error)];

		fwrite(item->text ? item->text : "", 1, item->size, b->all->c->out);
		free(item->text);
		if (item->why.kind == ERR_NONE)
			continue;
		if (first->kind == ERR_NONE) {
			*first = item->why;
			continue;
		}
		err_format(&item->why, text, sizeof(text));
		progress_warn(b->all->c->progress, "%s", text);
	}
}

bool rebase_batch(struct rebase_common *all, const struct strings *images, struct error *e)
{
	struct arena *a = all->c->a;
	struct rebase_batch b = { all, images, arena_array(a, images->n, sizeof(*b.items)) };
	struct error first = { 0 };
	bool ok = parallel_for(images->n, all->c->jobs, rebase_work, &b, e);

	rebase_give(&b, &first);
	list_each(base, &all->bases.v)
		rebase_image_close(base->image);
	if (ok && first.kind != ERR_NONE)
		*e = first;
	return ok && first.kind == ERR_NONE;
}
