/* SPDX-License-Identifier: Apache-2.0 */
/* A lock against the indexes of its own days, one state after the other. Reading those is
 * archive_state.c's, as when the lock was made. */

#include "input/relock/relock_verify.h"

#include "input/resolve/archive_state.h"
#include "input/resolve/package_roles.h"

static bool verify_fail_differs(const struct lock *lock, const char *what, const char *name,
				const char *locked, const char *found, struct error *e)
{
	return err_set(e, ERR_VERIFY,
		       "%s: %s %s: the lock has %s, the signed index of its day %s; find out who "
		       "changed the lock, and take back the change",
		       lock->file, name, what, locked, found);
}

static bool same_file(const struct locked_file *x, const struct locked_file *y)
{
	return strcmp(x->path, y->path) == 0 && x->size == y->size &&
	       digest_eq(&x->sha256, &y->sha256);
}

static const char *describe_locked_file(struct arena *a, const struct locked_file *f)
{
	return arena_printf(a, "%s, %llu bytes, SHA-256 %s", f->path, (unsigned long long)f->size,
			    digest_hex_dup(a, &f->sha256));
}

static bool verify_same_text(const struct lock *lock, const char *what, const char *name,
			     const char *locked, const char *found, struct error *e)
{
	return strcmp(locked, found) == 0 ||
	       verify_fail_differs(lock, what, name, locked, found, e);
}

/* What a lock of format 1 did not record is not compared. */
static bool same_recorded(struct arena *a, const struct lock *lock, const struct locked_package *p,
			  const struct locked_package *now, struct error *e)
{
	const struct {
		const char *what, *locked, *found;
	} fields[] = {
		{ "provides", p->provides, now->provides },
		{ "conflicts", p->conflicts, now->conflicts },
		{ "breaks", p->breaks, now->breaks },
		{ "installed size", arena_printf(a, "%llu", (unsigned long long)p->installed_size),
		  arena_printf(a, "%llu", (unsigned long long)now->installed_size) },
		{ "Multi-Arch", p->any ? "allowed" : "", now->any ? "allowed" : "" },
	};

	for (size_t i = 0; !p->depends_only && i < ARRAY_SIZE(fields); i++) {
		if (!verify_same_text(lock, fields[i].what, p->name,
				      fields[i].locked ? fields[i].locked : "",
				      fields[i].found ? fields[i].found : "", e))
			return false;
	}
	return true;
}

static bool verify_package(struct arena *a, const struct archive_state *s, const struct lock *lock,
			   const struct locked_package *p, struct error *e)
{
	const struct index *x = lock_is_tool(lock, p) ? state_tools(s) : &s->index;
	const struct index_package *found = index_version(x, p->name, p->version);
	struct locked_package now;

	if (!found)
		return verify_fail_differs(lock, "package", p->name, p->version,
					   "has no such version", e);
	locked_package_of(a, s, found, &now);
	return verify_same_text(lock, "architecture", p->name, p->architecture, now.architecture,
				e) &&
	       verify_same_text(lock, "source", p->name, p->source, now.source, e) &&
	       verify_same_text(lock, "source version", p->name, p->source_version,
				now.source_version, e) &&
	       verify_same_text(lock, "depends", p->name, p->depends, now.depends, e) &&
	       same_recorded(a, lock, p, &now, e) &&
	       (same_file(&p->file, &now.file) ||
		verify_fail_differs(lock, "file", p->name, describe_locked_file(a, &p->file),
				    describe_locked_file(a, &now.file), e));
}

static const struct index_source *find_source(const struct archive_state *s,
					      const struct locked_source *l)
{
	const struct index_source *const *v;
	size_t n;

	v = index_source_versions(&s->index, l->package, &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i]->version, str_of(l->version)))
			return v[i];
	}
	return NULL;
}

static bool verify_source(struct arena *a, const struct archive_state *s, const struct lock *lock,
			  const struct locked_source *l, struct error *e)
{
	const struct index_source *found = find_source(s, l);
	size_t n = found ? found->files.n : 0;

	if (!found)
		return verify_fail_differs(lock, "source", l->package, l->version,
					   "no such version", e);
	for (size_t i = 0; i < l->files.n; i++) {
		bool same = i < n && l->files.v[i].size == found->files.v[i].size &&
			    digest_eq(&l->files.v[i].sha256, &found->files.v[i].sha256) &&
			    str_eq(found->files.v[i].name, str_of(l->files.v[i].name));

		if (!same)
			return verify_fail_differs(lock, "file", l->package,
						   describe_locked_file(a, &l->files.v[i]),
						   "another one", e);
	}
	return l->files.n == n || verify_fail_differs(lock, "files", l->package, "some", "more", e);
}

static const char *signers_joined(struct arena *a, const struct strings *l)
{
	struct buf text = { .a = a };

	for (size_t i = 0; i < l->n; i++)
		buf_printf(&text, "%s%s", i ? " " : "", l->v[i]);
	return buf_cstr(&text);
}

/* The state itself: who signed it, and when it was made. */
static bool verify_release(struct arena *a, const struct archive_state *s, const struct lock *lock,
			   const struct locked_state *l, struct error *e)
{
	const struct release *r = &s->releases.v[0];

	return verify_same_text(lock, "date", l->codename, l->date, r->date, e) &&
	       verify_same_text(lock, "signers", l->codename, signers_joined(a, &l->signers),
				signers_joined(a, &r->signers), e);
}

static bool verify_contents(struct arena *a, const struct archive_state *s, const struct lock *lock,
			    struct verified_state *v, struct error *e)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		if (lock->packages.v[i].state != v->state)
			continue;
		if (!verify_package(a, s, lock, &lock->packages.v[i], e))
			return false;
		v->packages++;
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (lock->sources.v[i].state != v->state)
			continue;
		if (!verify_source(a, s, lock, &lock->sources.v[i], e))
			return false;
		v->sources++;
	}
	return true;
}

/* The recipe's archive with the one suite that a state is of, or NULL. */
static const struct recipe *narrow_recipe(struct arena *a, const struct recipe *r,
					  const struct locked_state *l)
{
	struct archive *archive = arena_alloc(a, sizeof(*archive));
	struct recipe *out = arena_alloc(a, sizeof(*out));

	*archive = *r->archive;
	archive->suites.v = NULL;
	archive->suites.n = archive->suites.cap = 0;
	for (size_t i = 0; i < r->archive->suites.n; i++) {
		const struct suite *suite = &r->archive->suites.v[i];

		if (strcmp(suite->archive, l->archive) == 0 &&
		    strcmp(suite->codename, l->codename) == 0)
			*list_push(a, &archive->suites) = *suite;
	}
	*out = *r;
	out->archive = archive;
	return archive->suites.n ? out : NULL;
}

static void state_source_names(struct arena *a, const struct lock *lock,
			       const struct locked_state *l, struct strings *out)
{
	for (size_t i = 0; i < lock->sources.n; i++) {
		if (lock->sources.v[i].state == l)
			*list_push(a, out) = lock->sources.v[i].package;
	}
	strings_unique(out);
}

static void cannot_prove(struct arena *a, const struct lock *lock, struct verified_state *v,
			 const char *why, struct lock_verified *out)
{
	v->missing = arena_strdup(a, why);
	for (size_t i = 0; i < lock->packages.n; i++)
		v->unproved += lock->packages.v[i].state == v->state;
	for (size_t i = 0; i < lock->sources.n; i++)
		v->unproved += lock->sources.v[i].state == v->state;
	out->unproved += v->unproved;
}

/* As the order says, which is narrowed to the state. 1, 0 something that is kept was damaged and is
 * gone, -1. */
static int verify_once(struct arena *a, const struct lock_order *order, const struct lock *lock,
		       struct verified_state *v, struct lock_verified *out, struct error *e)
{
	struct strings sources = { 0 };
	AUTO_STATE state = { 0 };
	struct error bad = { 0 };
	char text[1024];
	bool proven;

	*v = (struct verified_state){ .state = order->exactly };
	state_source_names(a, lock, v->state, &sources);
	if (!state_open(a, order, &sources, &state, &bad)) {
		if (bad.kind != ERR_NETWORK) {
			*e = bad;
			return state_mend(&state) ? 0 : -1;
		}
		err_format(&bad, text, sizeof(text));
		cannot_prove(a, lock, v, text, out);
		return 1;
	}
	proven = verify_release(a, &state, lock, v->state, e) &&
		 verify_contents(a, &state, lock, v, e);
	if (state_sound(&state, e) && proven)
		return 1;
	return state_mend(&state) ? 0 : -1;
}

static bool verify_state(struct arena *a, const struct lock_order *o, const struct lock *lock,
			 struct verified_state *v, struct lock_verified *out, struct error *e)
{
	struct lock_order order = *o;
	int got = 0;

	if (v->state->unproven) {
		cannot_prove(a, lock, v, "its InRelease is not recorded: it was locked in format 1",
			     out);
		return true;
	}
	order.recipe = narrow_recipe(a, o->recipe, v->state);
	order.exactly = v->state;
	order.old = NULL;
	if (!order.recipe)
		return verify_fail_differs(lock, "suite", v->state->codename, "it",
					   "belongs to no suite of the recipe", e);
	for (int tries = 0; got == 0 && tries < STATE_TRIES; tries++) {
		err_clear(e);
		got = verify_once(a, &order, lock, v, out, e);
	}
	return got > 0;
}

bool lock_verify(struct arena *a, const struct lock_order *o, const struct lock *lock,
		 struct lock_verified *out, struct error *e)
{
	*out = (struct lock_verified){ 0 };
	for (size_t i = 0; i < lock->states.n; i++) {
		struct verified_state *v = list_push(a, out);

		v->state = lock->states.v[i];
		if (!verify_state(a, o, lock, v, out, e))
			return false;
		out->packages += v->packages;
		out->sources += v->sources;
	}
	return true;
}
