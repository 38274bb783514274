/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a lock are wanted, and where each may be had: the mirrors of its archive first,
 * then the snapshot of the day on which the suite was locked. And what is done when one cannot be
 * had at all. */

#include "input/lock/lock_wants.h"

#include "transfer/download/fetch.h"

struct want_list {
	struct LIST(struct want) v;
	size_t guessed; /* of them, the last ones */
};

static bool plays_any_role(const struct strings *played, const struct strings *roles)
{
	if (!roles)
		return true;
	for (size_t i = 0; i < played->n; i++) {
		if (strings_has(roles, played->v[i]))
			return true;
	}
	return false;
}

static struct want *add_want(struct arena *a, struct want_list *l, const char *name,
			     const struct locked_file *f)
{
	struct want *w = list_push(a, &l->v);

	w->name = name;
	w->sha256 = f->sha256;
	w->size = f->size;
	return w;
}

static const char *package_label(struct arena *a, const struct locked_package *p)
{
	return arena_printf(a, "%s %s (%s)", p->name, p->version, p->architecture);
}

bool locked_source_is_download(const struct locked_source *s)
{
	return !s->state && s->format && strcmp(s->format, "download") == 0;
}

static const char *source_label(struct arena *a, const struct locked_source *s,
				const struct locked_file *f)
{
	return arena_printf(a, "%s (%s %s %s)", f->name,
			    locked_source_is_download(s) ? "download" : "source", s->package,
			    s->version);
}

/* That the snapshot stands in for a mirror is said before it is waited for. */
static void tell_snapshot(const struct lock_order *o, const char *archive,
			  const struct locked_file *f)
{
	if (o->mirrors->lacking && !o->offline && !store_has_blob(o->store, &f->sha256, f->size))
		mirrors_tell(o->mirrors, archive, o->progress);
}

/* Whom to tell of a package. */
struct arrival {
	const struct lock_order *order;
	const struct locked_package *package;
};

static void tell_arrival(void *ctx)
{
	const struct arrival *one = ctx;

	one->order->arrived(one->order->arrived_ctx, one->package);
}

static void want_package(struct arena *a, const struct lock_order *o,
			 const struct locked_package *p, bool first, struct want_list *l)
{
	struct want *w = add_want(a, l, package_label(a, p), &p->file);
	struct arrival *arrival;

	w->first = first;
	tell_snapshot(o, p->state->archive, &p->file);
	mirrors_urls(a, o->mirrors, p->state->archive, p->file.path, p->state->date, &w->urls);
	if (!o->arrived)
		return;
	arrival = arena_alloc(a, sizeof(*arrival));
	*arrival = (struct arrival){ o, p };
	w->arrived = tell_arrival;
	w->ctx = arrival;
}

static void want_packages(struct arena *a, const struct lock_order *o, const struct lock *lock,
			  const struct strings *roles, struct want_list *l)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (plays_any_role(&lock->packages.v[i].roles, roles))
			want_package(a, o, &lock->packages.v[i], false, l);
	}
}

const char *lock_files_role(struct arena *a, const char *source)
{
	return arena_printf(a, "files:%s", source);
}

static void want_sources(struct arena *a, const struct lock_order *o, const struct lock *lock,
			 const struct strings *roles, struct want_list *l)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		const struct locked_source *s = &lock->sources.v[i];

		if (roles && !strings_has(roles, arena_printf(a, "source:%s", s->name)) &&
		    !strings_has(roles, lock_files_role(a, s->name)))
			continue;
		for (size_t k = 0; k < s->files.n; k++) {
			const struct locked_file *f = &s->files.v[k];
			struct want *w;

			if (locked_file_is_local(s, f))
				continue;
			w = add_want(a, l, source_label(a, s, f), f);
			w->addressed = f->url || !s->state;
			if (f->url) {
				*list_push(a, &w->urls) = f->url;
				continue;
			}
			if (!s->state) {
				w->urls = s->urls;
				continue;
			}
			tell_snapshot(o, s->state->archive, f);
			mirrors_urls(a, o->mirrors, s->state->archive, f->path, s->state->date,
				     &w->urls);
		}
	}
}

static bool fetch_list(struct arena *a, const struct lock_order *o, struct want_list *l,
		       struct strings *gone, struct error *e)
{
	size_t sure = l->v.n - l->guessed;

	for (size_t i = 0; i < l->v.n; i++)
		l->v.v[i].optional = gone || i >= sure;
	if (!fetch_wants(o->store, l->v.v, l->v.n, o->offline, o->progress, e))
		return false;
	for (size_t i = 0; i < sure; i++) {
		if (gone && l->v.v[i].missing)
			*list_push(a, gone) = l->v.v[i].name;
	}
	return true;
}

bool lock_fetch(struct arena *a, const struct lock_order *o, const struct lock *lock,
		const struct strings *roles, struct strings *gone, struct error *e)
{
	struct want_list l = { 0 };

	want_packages(a, o, lock, roles, &l);
	want_sources(a, o, lock, roles, &l);
	return fetch_list(a, o, &l, gone, e);
}

bool lock_fetch_packages(struct arena *a, const struct packages_wanted *packages,
			 struct strings *gone, struct error *e)
{
	struct want_list l = { 0 };

	list_each(w, packages) {
		if (!w->guessed)
			want_package(a, w->order, w->package, w->first, &l);
	}
	list_each(w, packages) {
		if (w->guessed)
			want_package(a, w->order, w->package, w->first, &l);
		l.guessed += w->guessed;
	}
	return l.v.n == 0 || fetch_list(a, packages->v[0].order, &l, gone, e);
}

void lock_named(struct arena *a, const struct lock *lock, const struct strings *gone,
		struct strings *out)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		if (strings_has(gone, package_label(a, p)))
			*list_push(a, out) = p->name;
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		const struct locked_source *s = &lock->sources.v[i];
		bool named = false;

		for (size_t k = 0; k < s->files.n; k++)
			named |= strings_has(gone, source_label(a, s, &s->files.v[k]));
		if (named)
			*list_push(a, out) = s->name;
	}
}
