/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of a lock are wanted, and where each may be had: the mirrors of its archive first,
 * then the snapshot of the day on which the suite was locked. And what is done when one cannot be
 * had at all. */

#include "lock/wants.h"

#include "base/file.h"
#include "fetch/fetch.h"
#include "lock/diff.h"

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

static const char *package_label(struct arena *a, const struct locked_package *p)
{
	return arena_printf(a, "%s %s (%s)", p->name, p->version, p->architecture);
}

static void want_packages(struct arena *a, const struct mirrors *m, const struct lock *lock,
			  const struct strings *roles, struct want_list *l)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		if (plays(&p->roles, roles))
			mirrors_urls(a, m, p->archive, p->file.path,
				     lock_suite_date(lock, p->archive, p->suite),
				     &add_want(a, l, package_label(a, p), &p->file)->urls);
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

bool lock_fetch(struct arena *a, const struct lock_order *o, const struct lock *lock,
		const struct strings *roles, struct strings *gone, struct error *e)
{
	struct want_list l = { 0 };

	want_packages(a, o->mirrors, lock, roles, &l);
	want_sources(a, o->mirrors, lock, roles, &l);
	for (size_t i = 0; i < l.v.n; i++)
		l.v.v[i].optional = gone != NULL;
	if (!fetch_wants(o->store, l.v.v, l.v.n, o->offline, o->progress, e))
		return false;
	for (size_t i = 0; i < l.v.n; i++) {
		if (l.v.v[i].missing)
			*list_push(a, gone) = l.v.v[i].name;
	}
	return true;
}

/* Packages that are gone may change; as to the others, the lock is obeyed as far as the archive
 * still has them. */
static void may_change(struct arena *a, const struct lock *lock, const struct strings *gone,
		       struct strings *out)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];

		if (strings_has(gone, package_label(a, p)))
			*list_push(a, out) = p->name;
	}
}

static void warn_changes(struct arena *a, struct progress *progress, const struct lock *old,
			 const struct lock *now)
{
	struct lock_changes changes = { 0 };

	lock_diff(a, old, now, &changes);
	for (size_t i = 0; i < changes.n; i++) {
		const struct lock_change *c = &changes.v[i];

		progress_warn(progress, "%s: %s %s was %s, is now %s", old->file, c->kind, c->name,
			      c->before ? c->before : "not there", c->after ? c->after : "not there");
	}
}

/* Makes the lock anew and writes it. */
static bool replace(struct arena *a, const struct lock_order *o, struct lock *lock,
		    const struct strings *gone, struct error *e)
{
	struct lock_order order = *o;
	struct strings names = { 0 };
	struct buf text = { .a = a };
	struct lock now = { 0 };

	for (size_t i = 0; i < gone->n; i++)
		progress_warn(o->progress, "no mirror that answers has %s any more: %s is made anew", gone->v[i],
			      lock->file);
	may_change(a, lock, gone, &names);
	order.old = lock;
	order.update = &names;
	if (!lock_make(a, &order, &now, e))
		return err_wrap(e, "replace what is gone from every mirror");
	now.file = lock->file;
	warn_changes(a, o->progress, lock, &now);
	lock_format(&now, &text);
	*lock = now;
	return file_write_path(lock->file, 0644, buf_str(&text), e);
}

bool lock_obtain(struct arena *a, const struct lock_order *o, struct lock *lock,
		 const struct strings *roles, bool locked, struct error *e)
{
	struct strings gone = { 0 };

	if (locked || o->offline)
		return lock_fetch(a, o, lock, roles, NULL, e);
	if (!lock_fetch(a, o, lock, roles, &gone, e))
		return false;
	return gone.n == 0 ||
	       (replace(a, o, lock, &gone, e) && lock_fetch(a, o, lock, roles, NULL, e));
}
