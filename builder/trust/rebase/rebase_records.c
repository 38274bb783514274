/* SPDX-License-Identifier: Apache-2.0 */
/* What a build works out from base and layers together: it must come out as it stands there. */

#include "inspect/layers/elf_facts.h"
#include "inspect/model/packages.h"
#include "trust/rebase/rebase.h"

#define LOADER_CACHE "etc/ld.so.cache"

static bool rebase_is_upper(const struct rebase_case *c, const char *path)
{
	const struct item *i = model_at(c->image, path);

	return i && !i->implied && i->layer >= c->old_layers;
}

static const char *rebase_cached_name(const struct item *i)
{
	return i->elf && i->elf->readable && !i->elf->program ? i->elf->head.soname : NULL;
}

/* A library of one base that the other has not at the same place under the same name. */
static const struct item *rebase_moved_library(const struct model *of, const struct model *in)
{
	for (size_t n = 0; n < of->items.n; n++) {
		const struct item *i = of->items.v[n], *other;
		const char *name = rebase_cached_name(i), *own;

		if (!name)
			continue;
		other = model_at(in, i->path);
		own = other ? rebase_cached_name(other) : NULL;
		if (!own || strcmp(own, name) != 0)
			return i;
	}
	return NULL;
}

/* The cache of the upper layers lists the base's libraries, too. */
static void rebase_check_cache(struct arena *a, const struct rebase_case *c,
			       struct rebase_obstacles *out)
{
	const struct item *moved;

	if (!rebase_is_upper(c, LOADER_CACHE))
		return;
	moved = rebase_moved_library(c->old, c->now);
	if (!moved)
		moved = rebase_moved_library(c->now, c->old);
	if (moved)
		rebase_add(a, out, LOADER_CACHE,
			   "it stands in a layer above the base and would change: /%s is in one "
			   "base only",
			   moved->path);
}

/* The package of the new base that is of this source in another version, or NULL. */
static const struct package *rebase_apart(const struct model *now, const struct package *p)
{
	list_each(q, &now->packages) {
		if (strcmp(q->source, p->source) == 0 &&
		    strcmp(q->source_version, p->source_version) != 0)
			return q;
	}
	return NULL;
}

void rebase_check_records(struct arena *a, const struct rebase_case *c,
			  struct rebase_obstacles *out)
{
	rebase_check_cache(a, c, out);
	list_each(p, &c->image->packages) {
		const struct package *apart = rebase_is_upper(c, p->record)
						      ? rebase_apart(c->now, p)
						      : NULL;

		if (apart)
			rebase_add(
				a, out, p->record,
				"package %s %s is of the source %s %s, of which the new base has %s %s",
				p->name, p->version, p->source, p->source_version, apart->name,
				apart->version);
	}
}
