/* SPDX-License-Identifier: Apache-2.0 */
/* A lock against the indexes of its own day. Reading those is state.c's, as when the lock was made. */

#include "lock/verify.h"

#include "lock/roles.h"
#include "lock/state.h"

static bool differs(const struct lock *lock, const char *what, const char *name, const char *locked,
		    const char *found, struct error *e)
{
	return err_set(e, ERR_VERIFY, "%s: %s %s: the lock has %s, the signed index of its day %s; make "
		       "it anew with imgbuild lock, and find out who changed it", lock->file, name, what,
		       locked, found);
}

static bool same_file(const struct locked_file *x, const struct locked_file *y)
{
	return strcmp(x->path, y->path) == 0 && x->size == y->size &&
	       digest_eq(&x->sha256, &y->sha256);
}

static const char *describe(struct arena *a, const struct locked_file *f)
{
	return arena_printf(a, "%s, %llu bytes, SHA-256 %s", f->path, (unsigned long long)f->size,
			    digest_hex_dup(a, &f->sha256));
}

static bool same_text(const struct lock *lock, const char *what, const char *name, const char *locked,
		      const char *found, struct error *e)
{
	return strcmp(locked, found) == 0 || differs(lock, what, name, locked, found, e);
}

static bool verify_package(struct arena *a, const struct state *s, const struct lock *lock,
			   const struct locked_package *p, struct error *e)
{
	const struct index *x = lock_is_tool(lock, p) ? state_tools(s) : &s->index;
	const struct index_package *found = index_candidate(x, str_of(p->name));
	struct locked_package now;

	if (!found)
		return differs(lock, "package", p->name, p->version, "none of that name", e);
	locked_package_of(a, found, &now);
	return same_text(lock, "version", p->name, p->version, now.version, e) &&
	       same_text(lock, "architecture", p->name, p->architecture, now.architecture, e) &&
	       same_text(lock, "suite", p->name, p->suite, now.suite, e) &&
	       same_text(lock, "archive", p->name, p->archive, now.archive, e) &&
	       same_text(lock, "source", p->name, p->source, now.source, e) &&
	       same_text(lock, "source version", p->name, p->source_version, now.source_version, e) &&
	       same_text(lock, "depends", p->name, p->depends, now.depends, e) &&
	       (same_file(&p->file, &now.file) ||
		differs(lock, "file", p->name, describe(a, &p->file), describe(a, &now.file), e));
}

static const struct index_source *find_source(const struct state *s, const struct locked_source *l)
{
	const struct index_source *const *v;
	size_t n;

	v = index_source_versions(&s->index, l->package, &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i]->version, str_of(l->version)) &&
		    strcmp(v[i]->suite->codename, l->suite) == 0)
			return v[i];
	}
	return NULL;
}

static bool verify_source(struct arena *a, const struct state *s, const struct lock *lock,
			  const struct locked_source *l, struct error *e)
{
	const struct index_source *found = find_source(s, l);
	size_t n = found ? found->files.n : 0;

	if (!found)
		return differs(lock, "source", l->package, l->version, "no such version", e);
	for (size_t i = 0; i < l->files.n; i++) {
		bool same = i < n && l->files.v[i].size == found->files.v[i].size &&
			    digest_eq(&l->files.v[i].sha256, &found->files.v[i].sha256) &&
			    str_eq(found->files.v[i].name, str_of(l->files.v[i].name));

		if (!same)
			return differs(lock, "file", l->package, describe(a, &l->files.v[i]),
				       "another one", e);
	}
	return l->files.n == n || differs(lock, "files", l->package, "some", "more", e);
}

static bool verify_suite(struct arena *a, const struct state *s, const struct lock *lock,
			 const struct locked_suite *l, struct error *e)
{
	struct buf locked = { .a = a }, found = { .a = a };
	const struct release *r = NULL;

	for (size_t i = 0; i < s->releases.n && !r; i++) {
		if (digest_eq(&s->releases.v[i].inrelease, &l->inrelease))
			r = &s->releases.v[i];
	}
	if (!r)
		return differs(lock, "suite", l->codename, "it", "belongs to no suite of the recipe", e);
	for (size_t i = 0; i < l->signers.n; i++)
		buf_printf(&locked, "%s ", l->signers.v[i]);
	for (size_t i = 0; i < r->signers.n; i++)
		buf_printf(&found, "%s ", r->signers.v[i]);
	return same_text(lock, "date", l->codename, l->date, r->date, e) &&
	       same_text(lock, "signers", l->codename, buf_cstr(&locked), buf_cstr(&found), e);
}

static bool compare(struct arena *a, const struct state *s, const struct lock *lock,
		    struct lock_verified *out, struct error *e)
{
	for (size_t i = 0; i < lock->suites.n; i++) {
		if (!verify_suite(a, s, lock, &lock->suites.v[i], e))
			return false;
	}
	for (size_t i = 0; i < lock->packages.n; i++, out->packages++) {
		if (!verify_package(a, s, lock, &lock->packages.v[i], e))
			return false;
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		const struct locked_source *l = &lock->sources.v[i];

		if (l->archive && !l->as_of && !verify_source(a, s, lock, l, e))
			return false;
		out->sources += l->archive && !l->as_of;
		out->older += l->as_of != NULL;
	}
	return true;
}

bool lock_verify(struct arena *a, const struct lock_order *o, const struct lock *lock,
		 struct lock_verified *out, struct error *e)
{
	static const struct strings none;
	struct lock_order order = *o;
	struct strings sources = { 0 };
	AUTO_STATE state = { 0 };

	*out = (struct lock_verified){ 0 };
	order.old = order.exactly = lock;
	order.update = &none;
	order.offline = true;
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (lock->sources.v[i].archive)
			*list_push(a, &sources) = lock->sources.v[i].package;
	}
	strings_unique(&sources);
	return state_open(a, &order, &sources, &state, e) && compare(a, &state, lock, out, e);
}
