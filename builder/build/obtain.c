/* SPDX-License-Identifier: Apache-2.0 */
/* Locks, and the bytes that they name. */

#include <sys/stat.h>

#include "base/file.h"
#include "build/chain.h"
#include "compile/launcher.h"
#include "lock/make.h"
#include "lock/wants.h"

static bool locking(struct arena *a, const struct build_order *o, const struct platform *p,
		    const struct recipe *r, struct mirrors *mirrors, struct lock_order *out,
		    struct error *e)
{
	*out = (struct lock_order){ .store = o->store, .mirrors = mirrors, .recipe = r, .platform = p,
				    .first = lock_first(a, r, p), .offline = o->offline,
				    .progress = o->progress };
	return mirrors_find(a, o->mirrors, o->mirror_env, r->archive, "/", mirrors, e);
}

/* Makes the lock that is not there yet, as a first `imgbuild lock` would. */
static bool make_lock(struct arena *a, const struct build_order *o, const struct platform *p,
		      const struct recipe *r, const char *path, struct lock *lock, struct error *e)
{
	struct mirrors mirrors = { 0 };
	struct lock_order order;
	struct buf text = { .a = a };

	progress_note(o->progress, "%s is not there yet: locking", path);
	if (!locking(a, o, p, r, &mirrors, &order, e) || !lock_make(a, &order, lock, e))
		return false;
	lock->file = path;
	lock_format(lock, &text);
	return file_write_path(path, 0644, buf_str(&text), e);
}

static bool get_lock(struct arena *a, const struct build_order *o, const struct platform *p,
		     const struct recipe *r, struct lock *lock, struct error *e)
{
	const char *path = recipe_lock_path(a, r->file, p);
	struct stat st;

	if (!o->locked && stat(path, &st) < 0)
		return make_lock(a, o, p, r, path, lock, e);
	return lock_load(a, path, lock, e) && lock_check(lock, r, p, e);
}

bool chain_get_locks(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	for (struct stage *s = c->v; s < c->v + c->n; s++) {
		if (!get_lock(a, o, c->platform, s->recipe, &s->lock, e))
			return false;
	}
	return true;
}

/* What the image itself is made of. What only compiling needs is fetched when something has to be
 * compiled: a build whose sources are in the store needs no compiler. */
static bool fetch_image(struct arena *a, const struct build_order *o, const struct chain *c,
			struct stage *s, struct error *e)
{
	static const char *names[] = { "image", "image-data", "library" };
	const struct strings roles = { names, sizeof(names) / sizeof(names[0]), 0 };
	struct mirrors mirrors = { 0 };
	struct lock_order order;

	return locking(a, o, c->platform, s->recipe, &mirrors, &order, e) &&
	       lock_obtain(a, &order, &s->lock, &roles, o->locked, e);
}

static bool fetch_toolchains(struct arena *a, const struct build_order *o, const struct chain *c,
			     struct stage *s, struct error *e)
{
	struct source_list sources = { 0 };
	struct strings roles = { 0 };
	struct mirrors mirrors = { 0 };
	struct lock_order order;

	recipe_sources(a, s->recipe, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		struct compile_request rq = { .store = o->store, .lock = &s->lock, .source = sources.v[i] };
		bool cached = true;

		if ((sources.v[i]->debian_source || sources.v[i]->urls.n) &&
		    !lock_source(&s->lock, sources.v[i]->name))
			continue;	/* its provider lost */
		if (!compile_is_cached(a, &rq, &cached, e))
			return false;
		if (!cached) {
			*list_push(a, &roles) = compile_role(a, sources.v[i]);
			if (o->compile.launcher)
				*list_push(a, &roles) = launcher_role(a, sources.v[i]);
			*list_push(a, &roles) = arena_printf(a, "source:%s", sources.v[i]->name);
		}
	}
	strings_unique(&roles);
	return roles.n == 0 ||
	       (locking(a, o, c->platform, s->recipe, &mirrors, &order, e) &&
		lock_obtain(a, &order, &s->lock, &roles, o->locked, e));
}

bool chain_fetch(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	for (struct stage *s = c->v; s < c->v + c->n; s++) {
		if (!fetch_image(a, o, c, s, e) || !fetch_toolchains(a, o, c, s, e))
			return false;
	}
	return true;
}
