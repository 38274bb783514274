/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a lock are wanted, and where each may be had: the mirrors of its archive first,
 * then the snapshot of the day on which the suite was locked. Knows no network. */

#include "lock/wants.h"

struct want_list {
	list_of(struct want) v;
};

static bool plays(const struct strings *played, const struct strings *roles)
{
	if (!roles)
		return true;
	for (size_t i = 0; i < played->n; i++) {
		if (strings_has(roles, played->v[i]))
			return true;
	}
	return false;
}

const char *lock_suite_date(const struct lock *lock, const char *archive, const char *suite)
{
	for (size_t i = 0; i < lock->suites.n; i++) {
		const struct locked_suite *s = &lock->suites.v[i];

		if (strcmp(s->archive, archive) == 0 && strcmp(s->codename, suite) == 0)
			return s->date;
	}
	return NULL;
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

static void want_packages(struct arena *a, const struct mirrors *m, const struct lock *lock,
			  const struct strings *roles, struct want_list *l)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];
		const char *name;

		if (!plays(&p->roles, roles))
			continue;
		name = arena_printf(a, "%s %s (%s)", p->name, p->version, p->architecture);
		mirrors_urls(a, m, p->archive, p->file.path,
			     lock_suite_date(lock, p->archive, p->suite),
			     &add_want(a, l, name, &p->file)->urls);
	}
}

static void want_sources(struct arena *a, const struct mirrors *m, const struct lock *lock,
			 const struct strings *roles, struct want_list *l)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		const struct locked_source *s = &lock->sources.v[i];
		const char *role = arena_printf(a, "source:%s", s->name);

		if (roles && !strings_has(roles, role))
			continue;
		for (size_t k = 0; k < s->files.n; k++) {
			const struct locked_file *f = &s->files.v[k];
			struct want *w = add_want(a, l,
						  arena_printf(a, "%s (source %s %s)", f->name,
							       s->package, s->version),
						  f);

			if (s->archive)
				mirrors_urls(a, m, s->archive, f->path,
					     s->as_of ? s->as_of
						      : lock_suite_date(lock, s->archive, s->suite),
					     &w->urls);
			else
				w->urls = s->urls;
		}
	}
}

bool lock_fetch(struct arena *a, const struct store *s, const struct mirrors *m,
		const struct lock *lock, const struct strings *roles, bool offline,
		struct progress *progress, struct error *e)
{
	struct want_list l = { 0 };

	want_packages(a, m, lock, roles, &l);
	want_sources(a, m, lock, roles, &l);
	return fetch_wants(s, l.v.v, l.v.n, offline, progress, e);
}
