/* SPDX-License-Identifier: Apache-2.0 */
/* What is decoded already needs its .deb no more: that is not even hashed, unless what was decoded
 * turns out to be damaged. */

#include "make/compose/package_opening.h"

#include "base/parallel.h"

struct opening {
	const struct store *store;
	const struct to_open *packages;
	struct arena *arenas; /* one for each */
};

static bool open_one(void *ctx, size_t i, struct error *e)
{
	const struct opening *o = ctx;
	struct placed *p = o->packages->v[i];

	p->open = p->open || deb_open(&o->arenas[i], o->store, p->deb.package, &p->deb, e);
	return p->open || err_wrap(e, "package %s", p->locked->name);
}

/* Each is hashed: on all processors. */
static bool open_each(struct arena *a, const struct store *s, const struct to_open *l,
		      struct error *e)
{
	struct opening o = { s, l, arena_array(a, l->n + 1, sizeof(*o.arenas)) };
	bool ok = parallel_for(l->n, 0, open_one, &o, e);

	for (size_t i = 0; i < l->n; i++)
		arena_join(a, &o.arenas[i]);
	return ok;
}

/* Decodes packages on all processors, and opens them. */
static bool packages_decode(struct arena *a, const struct compose_order *o, const struct to_open *l,
			    struct error *e)
{
	const struct deb_package **debs = arena_array(a, l->n + 1, sizeof(*debs));

	for (size_t i = 0; i < l->n; i++)
		debs[i] = l->v[i]->deb.package;
	return decoder_wait(o->decoder, debs, l->n, e) && open_each(a, o->store, l, e);
}

/* Has those in the store that are not decoded; with `all`, every one. */
static bool fetch_for_opening(struct arena *a, const struct compose_order *o,
			      const struct to_open *l, bool all, struct error *e)
{
	const struct locked_package **v = arena_array(a, l->n + 1, sizeof(*v));
	size_t n = 0;

	list_each(p, l) {
		if (all || !deb_seems_decoded(o->store, (*p)->deb.package))
			v[n++] = (*p)->locked;
	}
	return n == 0 || o->fetch(o->ctx, v, n, e);
}

static bool lacks_file(const struct compose_order *o, const struct to_open *l)
{
	list_each(p, l) {
		const struct locked_file *file = &(*p)->locked->file;

		if (!(*p)->open && !store_has_blob(o->store, &file->sha256, file->size))
			return true;
	}
	return false;
}

/* A package that was decoded, which is damaged, needs its file, which was damaged, too, and has
 * gone: nobody had looked at it. */
static bool open_again(struct arena *a, const struct compose_order *o, const struct to_open *l,
		       struct error *e)
{
	if (!o->fetch || !lacks_file(o, l))
		return false;
	err_clear(e);
	return fetch_for_opening(a, o, l, true, e) && packages_decode(a, o, l, e);
}

bool packages_open(struct arena *a, struct composition *c, const struct to_open *l, bool fetch,
		   struct error *e)
{
	const struct compose_order *o = c->order;

	if ((fetch && o->fetch && !fetch_for_opening(a, o, l, false, e)) ||
	    (!packages_decode(a, o, l, e) && !open_again(a, o, l, e)))
		return false;
	for (size_t i = 0; i < l->n; i++)
		*list_push(a, &c->debs) = &l->v[i]->deb;
	return true;
}
