/* SPDX-License-Identifier: Apache-2.0 */
/* Which locks of a chain are made, kept or refused. How one is made is lock_make.c's; how they come
 * to be written together, relock_write.c's. */

#include "input/relock/relock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "input/lock/base_locks.h"
#include "input/lock/lock_names.h"
#include "input/lock/lock_variants.h"
#include "input/lock/locked_base.h"
#include "input/relock/relock_start.h"

static const struct strings nothing;

static struct relocked *find_relocked(const struct relocks *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++) {
		if (strcmp(l->v[i].path, path) == 0)
			return &l->v[i];
	}
	return NULL;
}

static bool find_mirrors(struct arena *a, const struct relock_order *o, struct relocked *r,
			 struct error *e)
{
	return mirrors_find(a, o->mirrors, o->mirror_env, r->recipe->archive, "/", &r->mirrors, e);
}

/* The locks of what the recipe stands on, outermost first. */
static void list_bases(struct arena *a, const struct relocks *l, const struct relocked *r,
		       struct locks *out)
{
	for (const struct recipe *base = r->recipe->base; base; base = base->base) {
		const struct relocked *found = find_relocked(l, recipe_lock_path(a, base,
										 r->platform));

		if (found) {
			struct lock *part = arena_alloc(a, sizeof(*part));

			*part = lock_of_variant(a, found->now, base);
			*list_push(a, out) = part;
			if (part->base)
				*list_push(a, out) = locked_base_as_lock(a, part->base);
		}
	}
}

/* What a lock is made from, as conservatively as can be; or NULL. */
static const struct lock *lock_before(const struct relocked *r)
{
	return r->old ? r->old : r->start;
}

/* The image that the recipe stands on: as it was, or - to move forward - as it is now. */
static bool take_image(struct arena *a, const struct relock_order *o, const struct relocked *r,
		       const struct locked_base **out, struct error *e)
{
	const struct base_image *image = r->recipe->base_image;
	const struct lock *before = lock_before(r);
	struct locked_base *now;

	*out = NULL;
	if (!image)
		return true;
	if (o->update && before && before->base &&
	    strcmp(before->base->reference, image->text) == 0) {
		*out = before->base;
		return true;
	}
	now = arena_alloc(a, sizeof(*now));
	*now = (struct locked_base){ .reference = image->text };
	*out = now;
	return o->look(a, o, image, r->platform, now, e);
}

/* The recipe's lock for the compilers' platform: as it will be, or as it is. */
static const struct lock *find_first(struct arena *a, const struct relocks *l,
				     const struct relocked *r)
{
	const struct relocked *found = find_relocked(l, recipe_lock_path(a, r->recipe,
									 platform_of_compilers()));

	if (r->platform == platform_of_compilers())
		return NULL;
	return found ? found->now : lock_first(a, r->recipe, r->platform);
}

static bool make_lock(struct arena *a, const struct relock_order *o, const struct relocks *l,
		      struct relocked *r, struct error *e)
{
	struct lock_order order = {
		.store = o->store,
		.mirrors = &r->mirrors,
		.recipe = r->recipe,
		.platform = r->platform,
		.old = lock_before(r),
		.first = find_first(a, l, r),
		.update = start_update(a, o, l, r),
		.offline = o->offline,
		.allow_older = o->allow_older,
		.memo = o->memo,
		.progress = o->progress,
		.in_way = &r->in_way,
	};
	struct lock *now = arena_alloc(a, sizeof(*now));
	const struct locked_base *image;

	list_bases(a, l, r, &order.bases);
	if (!take_image(a, o, r, &image, e))
		return err_wrap(e, "lock %s", recipe_shown(a, r->recipe));
	if (image)
		*list_push(a, &order.bases) = locked_base_as_lock(a, image);
	if (!lock_make(a, &order, now, e))
		return err_wrap(e, "lock %s", recipe_shown(a, r->recipe));
	now->base = image;
	now->builtin = r->recipe->builtin;
	now->file = r->path;
	r->now = now;
	return true;
}

/* Reads the lock there was. One that cannot be read is lost only to who moves everything forward
 * anyway. */
static bool read_old(struct arena *a, const struct relock_order *o, struct relocked *r,
		     struct error *e)
{
	struct lock *old = arena_alloc(a, sizeof(*old));
	struct error bad = { 0 };
	char text[1024];

	if (access(r->path, F_OK) != 0 && errno == ENOENT)
		return start_read(a, r, e);
	if (lock_load(a, r->path, old, &bad)) {
		r->old = old;
		return true;
	}
	if (o->update || o->locked || bad.kind != ERR_INPUT || old->format > LOCK_FORMAT) {
		*e = bad;
		return old->format > LOCK_FORMAT
			       ? false
			       : err_wrap(e, "the lock there was (mend it, or remove it "
					     "to lock anew)");
	}
	err_format(&bad, text, sizeof(text));
	progress_warn(o->progress, "the lock there was is not used: %s", text);
	return true;
}

static bool may_stay(struct arena *a, const struct relock_order *o, const struct relocks *l,
		     const struct relocked *r)
{
	const struct lock *before = lock_before(r);
	const struct strings *update = start_update(a, o, l, r);
	struct error stale = { 0 };
	struct locks bases = { 0 };

	list_bases(a, l, r, &bases);
	return before && update && !lock_names_any(before, update) &&
	       lock_check(before, r->recipe, r->platform, &stale) && !bases_apart(&bases, before);
}

/* A lock as it is, with the built-in files that are read now. */
static const struct lock *take_builtin(struct arena *a, const struct relocked *r,
				       const struct lock *before)
{
	struct lock *now;

	if (before == r->old && !builtin_difference(&before->builtin, &r->recipe->builtin))
		return before;
	now = arena_alloc(a, sizeof(*now));
	*now = *before;
	now->builtin = r->recipe->builtin;
	now->file = r->path;
	return now;
}

/* A lock of format 1 in the words of format 2. */
static const struct lock *convert_lock(struct arena *a, const struct relocked *r)
{
	const struct recipe *recipe = recipe_for(a, r->recipe, r->platform);
	const struct lock *before = lock_before(r);
	struct lock *now;

	if (before->format == LOCK_FORMAT)
		return take_builtin(a, r, before);
	now = arena_alloc(a, sizeof(*now));
	*now = *before;
	now->file = r->path;
	now->builtin = r->recipe->builtin;
	now->answers = recipe_request_digest(r->recipe, r->platform, LOCK_FORMAT);
	now->components.v = arena_array(a, now->components.n + 1, sizeof(*now->components.v));
	for (size_t i = 0; i < now->components.n; i++) {
		now->components.v[i] = before->components.v[i];
		for (size_t k = 0; k < recipe->components.n; k++) {
			const struct component *c = &recipe->components.v[k];
			struct digest d = recipe_component_digest(c, r->platform);

			if (strcmp(c->name, now->components.v[i].name) == 0)
				now->components.v[i].question = digest_hex_dup(a, &d);
		}
	}
	now->format = LOCK_FORMAT;
	return now;
}

static struct relocked *add_relocked(struct arena *a, const struct recipe *r,
				     const struct platform *p, struct relocks *out)
{
	const char *path = recipe_lock_path(a, r, p);
	struct relocked *one;

	if (find_relocked(out, path))
		return NULL;
	one = list_push(a, out);
	*one = (struct relocked){ .recipe = recipe_plain(r), .platform = p, .path = path };
	return one;
}

typedef bool relock_way(struct arena *a, const struct relock_order *o, const struct recipe *r,
			const struct platform *p, struct relocks *out, struct error *e);

/* Makes or reads the locks of a chain; what is in the way of it and may move does. */
static bool relock_until_done(relock_way *way, struct arena *a, const struct relock_order *o,
			      const struct recipe *r, const struct platform *p, struct relocks *out,
			      struct error *e)
{
	size_t before = out->n;

	while (!way(a, o, r, p, out, e)) {
		if (!start_move(a, o, before, out))
			return false;
		err_clear(e);
		out->n = before;
	}
	return true;
}

static bool make_chain(struct arena *a, const struct relock_order *o, const struct recipe *r,
		       const struct platform *p, struct relocks *out, struct error *e)
{
	struct relocked *one;

	if (r->base && !make_chain(a, o, r->base, p, out, e))
		return false;
	one = add_relocked(a, r, p, out);
	if (!one)
		return true;
	progress_subject(o->progress, "%s %s", r->name, p->name);
	if (!recipe_check_platform(a, r, p, e) || !find_mirrors(a, o, one, e) ||
	    !read_old(a, o, one, e))
		return false;
	if (!may_stay(a, o, out, one))
		return make_lock(a, o, out, one, e);
	one->now = convert_lock(a, one);
	return true;
}

bool relock_chain(struct arena *a, const struct relock_order *o, const struct recipe *r,
		  const struct platform *p, struct relocks *out, struct error *e)
{
	return relock_until_done(make_chain, a, o, r, p, out, e);
}

/* A lock that a build made is remembered by its digest until an image comes of it. */
static struct digest own_key(struct arena *a, struct str text)
{
	struct digest d = digest_of(text);

	return digest_of(
		str_of(arena_printf(a, "lock made by a build/1\n%s\n", digest_hex_dup(a, &d))));
}

static struct str lock_text(struct arena *a, const struct lock *lock)
{
	struct buf text = { .a = a };

	lock_format(lock, &text);
	return buf_str(&text);
}

static bool note_own(struct arena *a, const struct store *s, struct str lock, struct str state,
		     struct error *e)
{
	struct digest key = own_key(a, lock);

	return store_put_action(s, &key, state, e);
}

/* 1: a build made this file, which has this text, and no image has come of it; 0; -1. */
static int lock_is_own(struct arena *a, const struct store *s, const char *path, struct str *text,
		       struct error *e)
{
	struct digest key;
	struct str state;
	int got;

	if (!io_read_file(a, AT_FDCWD, path, 64u << 20, text, e))
		return -1;
	key = own_key(a, *text);
	got = store_get_action(a, s, &key, &state, e);
	return got > 0 ? str_eq(state, STR("new\n")) : got;
}

/* Makes a lock for a build, as a first `imgbuild lock` would. */
static bool make_own(struct arena *a, const struct relock_order *o, const struct relocks *l,
		     struct relocked *r, struct error *e)
{
	struct relock_order fresh = *o;

	fresh.update = &nothing;
	if (may_stay(a, &fresh, l, r))
		r->now = convert_lock(a, r);
	else if (!make_lock(a, &fresh, l, r, e))
		return false;
	return note_own(a, o->store, lock_text(a, r->now), STR("new\n"), e);
}

static bool make_first(struct arena *a, const struct relock_order *o, const struct relocks *l,
		       struct relocked *r, struct error *e)
{
	if (!start_read(a, r, e))
		return false;
	if (l->moved.n) /* this was said before */
		return make_own(a, o, l, r, e);
	progress_note(o->progress,
		      r->start
			      ? "%s is not there yet: it begins as the lock that came with imgbuild"
			      : "%s is not there yet: locking",
		      r->path);
	return make_own(a, o, l, r, e);
}

/* A lock that was made with another imgbuild, whose files were others: what is kept apart from
 * that, may differ. `stale`: the lock does not answer the recipe, which may then read others of
 * the same files. */
static bool meet_builtin(struct arena *a, const struct relock_order *o, const struct relocked *r,
			 bool stale, bool *differs, struct error *e)
{
	const char *name = builtin_difference(&r->now->builtin, &r->recipe->builtin);

	*differs = name && !(stale && !recipe_is_builtin(r->recipe) &&
			     !builtin_has_changed(&r->now->builtin, &r->recipe->builtin));
	if (!*differs)
		return true;
	name = arena_printf(a, BUILTIN_MARK "%s", name);
	if (o->locked)
		return err_set(
			e, ERR_INPUT,
			"%s was made with another imgbuild, and %s is not as it was: build with that "
			"one, or run imgbuild lock %s%s",
			r->path, name, r->platform->option, recipe_asked(r->recipe));
	progress_note(
		o->progress,
		"%s was made with another imgbuild, and %s is not as it was: this one's is taken; "
		"imgbuild lock %s%s takes note of it",
		r->path, name, r->platform->option, recipe_asked(r->recipe));
	return true;
}

static bool refuse_missing(const struct relocked *r, struct error *e)
{
	return err_set(e, ERR_INPUT, "there is no %s: run imgbuild lock %s%s", r->path,
		       r->platform->option, recipe_asked(r->recipe));
}

static bool load_one(struct arena *a, const struct relock_order *o, const struct relocks *l,
		     struct relocked *r, struct error *e)
{
	struct lock *lock = arena_alloc(a, sizeof(*lock));
	struct error stale = { 0 };
	struct str text;
	bool differs, answers;
	int own;

	if (access(r->path, F_OK) != 0 && errno == ENOENT)
		return o->locked ? refuse_missing(r, e) : make_first(a, o, l, r, e);
	if (!lock_load(a, r->path, lock, e))
		return false;
	r->old = r->now = lock;
	answers = lock_check(lock, r->recipe, r->platform, &stale);
	if (!meet_builtin(a, o, r, !answers, &differs, e))
		return false;
	if (answers)
		return true;
	/* the user has changed nothing */
	if (differs && recipe_is_builtin(r->recipe))
		return make_own(a, o, l, r, e);
	own = o->locked ? 0 : lock_is_own(a, o->store, r->path, &text, e);
	if (own == 0)
		*e = stale;
	if (own <= 0)
		return false;
	progress_note(o->progress,
		      "%s was made by a build that failed, and %s has changed since: locking again",
		      r->path, recipe_shown(a, r->recipe));
	return make_own(a, o, l, r, e);
}

static bool load_chain(struct arena *a, const struct relock_order *o, const struct recipe *r,
		       const struct platform *p, struct relocks *out, struct error *e)
{
	struct relocked *one;

	if (r->base && !load_chain(a, o, r->base, p, out, e))
		return false;
	one = add_relocked(a, r, p, out);
	return !one || (find_mirrors(a, o, one, e) && load_one(a, o, out, one, e));
}

bool relock_load(struct arena *a, const struct relock_order *o, const struct recipe *r,
		 const struct platform *p, struct relocks *out, struct error *e)
{
	return relock_recover(a, r->repository, !o->locked, o->progress, e) &&
	       relock_until_done(load_chain, a, o, r, p, out, e) &&
	       (o->locked || relock_write(a, out, e));
}

bool relock_succeeded(struct arena *a, const struct store *s, const struct relocks *l,
		      struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct str text;
		int own = lock_is_own(a, s, l->v[i].path, &text, e);

		/* as it is, and as relock_note() may write it */
		if (own < 0 ||
		    (own > 0 && (!note_own(a, s, text, STR("built\n"), e) ||
				 !note_own(a, s, lock_text(a, l->v[i].now), STR("built\n"), e))))
			return false;
	}
	return true;
}
