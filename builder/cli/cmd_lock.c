/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock and imgbuild update: pin what recipes and their bases stand on, and move it forward. */

#include "cli/cmd_lock.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input/lock/tools.h"

static const struct strings nothing;

struct options {
	bool check;			/* change nothing, say whether anything would change */
	bool verify;			/* only go through the chain of trust again */
	bool allow_older;
	bool suggest, write;		/* print what the recipe lacks; and write it there */
	bool moves;			/* update: for every platform that images.json lists */
	const struct strings *update;	/* of struct relock_order */
	const struct strings *named;	/* update: the packages asked for, or NULL */
	struct platforms platforms;	/* --platform; none: see platforms_of() */
};

static void add_platform(struct arena *a, struct platforms *l, const struct platform *p)
{
	if (!platforms_have(l, p))
		*list_push(a, l) = p;
}

/* Those asked for; else the usual one and those that have a lock already - and, to move them forward, all that
 * images.json lists: an image for two platforms is one thing. */
static bool platforms_of(struct cli *c, const struct options *o, const struct recipe *r, struct platforms *out,
			 struct error *e)
{
	struct platforms all, listed = { 0 };

	*out = o->platforms;
	if (out->n)
		return true;
	if (!recipe_platforms(c->a, r, &listed, e))
		return false;
	for (size_t i = 0; o->moves && i < listed.n; i++)
		add_platform(c->a, out, listed.v[i]);
	if (out->n == 0)
		cli_default_platform(c, out);
	platforms_all(c->a, &all);
	for (size_t i = 0; i < all.n; i++) {
		if ((listed.n == 0 || platforms_have(&listed, all.v[i])) &&
		    access(recipe_lock_path(c->a, r->file, all.v[i]), F_OK) == 0)
			add_platform(c->a, out, all.v[i]);
	}
	return true;
}

static struct relock_order order_of(const struct cli *c, const struct store *s, const struct options *o)
{
	return (struct relock_order){
		.store = s, .mirrors = &c->mirrors, .mirror_env = getenv("IMGBUILD_MIRROR"),
		.update = o->check ? NULL : o->update, .locked = o->check, .offline = c->offline,
		.allow_older = o->allow_older, .progress = c->progress,
	};
}

/* A recipe and its bases, each for its own platforms and for those of what stands on it. */
static bool relock_all(struct cli *c, const struct relock_order *ro, const struct options *o,
		       const struct recipe *r, const struct platforms *above, struct relocks *l,
		       struct error *e)
{
	struct platforms own;

	if (!platforms_of(c, o, r, &own, e))
		return false;
	for (size_t i = 0; above && i < above->n; i++)
		add_platform(c->a, &own, above->v[i]);
	if (r->base && !relock_all(c, ro, o, r->base, &own, l, e))
		return false;
	for (size_t i = 0; i < own.n; i++) {
		if (!relock_chain(c->a, ro, r, own.v[i], l, e))
			return false;
	}
	return true;
}

/* A base is told only where it is not as it was: the question was about the recipe. */
static void report_all(struct cli *c, const struct options *o, const struct recipe *r, const struct relocks *l,
		       size_t from)
{
	for (size_t i = from; i < l->n; i++) {
		const struct relocked *one = &l->v[i];

		if (one->recipe == r || o->check || one->now != one->old)
			lock_report(c, one, one->recipe == r, o->check);
	}
}

static bool is_same_file(const char *x, const char *y)
{
	struct stat a, b;

	return stat(x, &a) == 0 && stat(y, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* The first base of `r` that was moved, or NULL. */
static const struct recipe *moved_base(const struct recipe *r, const struct relocks *l)
{
	for (const struct recipe *base = r->base; base; base = base->base) {
		for (size_t i = 0; i < l->n; i++) {
			if (l->v[i].old && relocked_changed(&l->v[i]) &&
			    is_same_file(l->v[i].recipe->file, base->file))
				return base;
		}
	}
	return NULL;
}

static bool is_among(const struct relocks *l, const char *file)
{
	for (size_t i = 0; i < l->n; i++) {
		if (is_same_file(l->v[i].recipe->file, file))
			return true;
	}
	return false;
}

/* Other recipes stand on a base that was moved: their locks do not agree with it any more. */
static void name_siblings(struct cli *c, const struct recipe *r, const struct relocks *l)
{
	struct strings files = { 0 };
	struct error ignored = { 0 };

	if (!recipe_catalogue(c->a, r->repository, &files, &ignored))
		return;
	for (size_t i = 0; i < files.n; i++) {
		const struct recipe *base;
		struct recipe other = { 0 };
		struct error broken = { 0 };

		if (is_among(l, files.v[i]) || !recipe_load(c->a, files.v[i], &other, &broken))
			continue;
		base = moved_base(&other, l);
		if (base)
			progress_warn(c->progress, "%s stands on %s, which has moved: run imgbuild lock %s",
				      files.v[i], base->file, files.v[i]);
	}
}

/* Formats put the question in different words: a lock of format 1 can have all the same pins and be stale. */
static bool is_out_of_date(const struct relocked *r)
{
	struct error stale = { 0 };

	return relocked_changed(r) || !lock_check(r->old, r->recipe, r->platform, &stale);
}

static bool find_outcome(const struct options *o, const struct relocks *l, const struct lock_tools *t,
			 struct error *e)
{
	const struct relocked *first = NULL;
	struct error stale = { 0 };

	for (size_t i = 0; i < l->n && !first; i++) {
		if (o->check && is_out_of_date(&l->v[i]))
			first = &l->v[i];
	}
	if (o->check && !first && t->changed)
		return err_set(e, ERR_FINDINGS, "%s is not what it would be now; imgbuild %s %s %s it", t->path,
			       t->old ? "update" : "lock", l->v[l->n - 1].recipe->file,
			       t->old ? "moves" : "makes");
	if (!o->check || !first)
		return true;
	if (!first->old)
		return err_set(e, ERR_FINDINGS, "there is no %s; imgbuild lock makes it", first->path);
	if (!lock_check(first->old, first->recipe, first->platform, &stale))
		return err_set(e, ERR_FINDINGS, "%s", stale.cause);
	return err_set(e, ERR_FINDINGS, "%s is not what it would be now; imgbuild update %s moves it forward",
		       first->path, l->v[l->n - 1].recipe->file);
}

/* Whether the lock of tools is to be moved forward, too: by update, but not by that of other packages; and to
 * be compared with what that would make of it. */
static bool moves_tools(const struct options *o)
{
	return o->check || (o->moves && (!o->update || lock_tools_named(o->named)));
}

static bool verify_all(struct cli *c, const struct store *s, const struct options *o, const struct recipe *r,
		       struct error *e)
{
	struct platforms platforms;

	if (!platforms_of(c, o, r, &platforms, e) || (r->base && !verify_all(c, s, o, r->base, e)))
		return false;
	for (size_t i = 0; i < platforms.n; i++) {
		if (!lock_verify_recipe(c, s, r, platforms.v[i], e))
			return false;
	}
	return true;
}

/* `t` is left with the first lock of tools that changes: recipes may be of several repositories. */
static bool lock_recipe(struct cli *c, const struct store *s, const struct options *o, const struct recipe *r,
			struct relocks *l, struct lock_tools *t, struct error *e)
{
	struct relock_order order = order_of(c, s, o);
	struct lock_tools tools;
	size_t before = l->n;

	if (!relock_recover(c->a, r->repository, !o->check, c->progress, e) ||
	    !relock_all(c, &order, o, r, NULL, l, e) || !lock_tools_make(c, s, r, moves_tools(o), &tools, e))
		return false;
	l->tools_path = tools.path;
	l->tools = tools.changed ? &tools.now : NULL;
	if (!o->check && !relock_write(c->a, l, e))
		return false;
	report_all(c, o, r, l, before);
	lock_tools_report(c, &tools, o->check);
	l->tools = NULL;
	if (!t->changed)
		*t = tools;
	if (!o->check)
		name_siblings(c, r, l);
	return true;
}

static bool open_store(struct cli *c, struct store *s, struct error *e)
{
	s->progress = c->progress;
	return store_open(c->a, c->cache_dir, s, e);
}

/* 1: the argument was one of the verb's options, 0: it is an operand, -1: error. */
static int take_option(struct cli *c, int *i, struct options *o, struct error *e)
{
	static const char *const known[] = { "--check", "--verify", "--allow-older", "--suggest", "--write",
					     "--platform" };
	bool *const set[] = { &o->check, &o->verify, &o->allow_older, &o->suggest, &o->write };
	int platform = cli_platforms(c, i, &o->platforms, e);

	if (platform)
		return platform;
	for (size_t k = 0; k < sizeof(set) / sizeof(*set); k++) {
		int got = cli_option(c, i, known[k], false, NULL, e);

		if (got > 0)
			*set[k] = true;
		if (got)
			return got;
	}
	if (c->argv[*i][0] != '-')
		return 0;
	cli_unknown(c->argv[0], c->argv[*i], known, sizeof(known) / sizeof(*known), e);
	return -1;
}

/* Takes the verb's options out of the arguments; what is left are operands. */
static bool read_arguments(struct cli *c, struct options *o, struct strings *operands,
			   struct error *e)
{
	o->check = c->locked;
	for (int i = 1; i < c->argc; i++) {
		int got = take_option(c, &i, o, e);

		if (got < 0)
			return false;
		if (got == 0)
			*list_push(c->a, operands) = c->argv[i];
	}
	if (o->write && !o->suggest)
		return err_set(e, ERR_USAGE, "%s: --write goes with --suggest", c->argv[0]);
	return operands->n || err_set(e, ERR_USAGE, "%s: which recipe? imgbuild %s RECIPE.json",
				      c->argv[0], c->argv[0]);
}

bool cmd_lock(struct cli *c, struct error *e)
{
	AUTO_STORE s = STORE_INIT;
	struct strings files = { 0 };
	struct options o = { .update = &nothing };
	struct lock_tools tools = { 0 };
	struct relocks l = { 0 };

	if (!read_arguments(c, &o, &files, e) || !open_store(c, &s, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		struct recipe *r = arena_alloc(c->a, sizeof(*r));

		if (o.suggest && !lock_suggest(c, &s, files.v[i], &o.platforms, o.write, e))
			return false;
		if (o.suggest && !o.write)
			continue;
		if (!recipe_load(c->a, files.v[i], r, e) ||
		    !(o.verify ? verify_all(c, &s, &o, r, e) && lock_verify_tools(c, &s, r, e)
			       : lock_recipe(c, &s, &o, r, &l, &tools, e)))
			return false;
	}
	return find_outcome(&o, &l, &tools, e);
}

static void add_names(struct arena *a, const struct lock *lock, struct strings *out)
{
	for (size_t i = 0; i < lock->packages.n; i++)
		*list_push(a, out) = lock->packages.v[i].name;
	for (size_t i = 0; i < lock->sources.n; i++) {
		*list_push(a, out) = lock->sources.v[i].name;
		*list_push(a, out) = lock->sources.v[i].package;
	}
}

/* The locks there are of a recipe and its bases, for all platforms. */
static bool load_locks(struct cli *c, const struct options *o, const struct recipe *r, struct locks *out,
		       struct error *e)
{
	struct platforms platforms;

	if (!platforms_of(c, o, r, &platforms, e) || (r->base && !load_locks(c, o, r->base, out, e)))
		return false;
	for (size_t i = 0; i < platforms.n; i++) {
		const char *path = recipe_lock_path(c->a, r->file, platforms.v[i]);
		struct lock *lock = arena_alloc(c->a, sizeof(*lock));

		if (access(path, F_OK) != 0)
			continue;
		if (!lock_load(c->a, path, lock, e))
			return false;
		*list_push(c->a, out) = lock;
	}
	return true;
}

/* Every package named must be one that a lock has: a misspelt name would silently update nothing. */
static bool check_names(struct cli *c, const struct locks *l, const struct recipe *r,
			const struct strings *names, struct error *e)
{
	struct strings known = { 0 };

	for (size_t i = 0; i < l->n; i++)
		add_names(c->a, l->v[i], &known);
	if (!lock_tools_names(c->a, r, &known, e))
		return false;
	strings_unique(&known);
	for (size_t i = 0; i < names->n; i++) {
		const char *near;

		if (strings_has(&known, names->v[i]))
			continue;
		near = str_nearest(str_of(names->v[i]), known.v, known.n);
		return err_set(e, ERR_USAGE, "no lock of %s%s has a package \"%s\"%s%s%s", r->file,
			       r->base ? " and its bases" : "", names->v[i], near ? "; did you mean \"" : "",
			       near ? near : "", near ? "\"?" : "");
	}
	return true;
}

/* update RECIPE PACKAGE...: what moves is all that is of one source with these, in all locks. */
static bool find_named(struct cli *c, struct options *o, const struct recipe *r, const struct strings *names,
		       struct error *e)
{
	struct strings *moving = arena_alloc(c->a, sizeof(*moving));
	struct locks locks = { 0 };

	if (!load_locks(c, o, r, &locks, e) || !check_names(c, &locks, r, names, e))
		return false;
	for (size_t i = 0; i < names->n; i++)
		*list_push(c->a, moving) = names->v[i];
	relock_siblings(c->a, &locks, moving);
	o->named = names;
	o->update = moving;
	return true;
}

bool cmd_update(struct cli *c, struct error *e)
{
	AUTO_STORE s = STORE_INIT;
	struct strings operands = { 0 }, names;
	struct options o = { .moves = true };
	struct lock_tools tools = { 0 };
	struct recipe r = { 0 };
	struct relocks l = { 0 };

	if (!read_arguments(c, &o, &operands, e))
		return false;
	if (o.suggest)
		return err_set(e, ERR_USAGE, "update: --suggest belongs to lock: imgbuild lock --suggest %s",
			       operands.v[0]);
	if (o.verify)
		return err_set(e, ERR_USAGE, "update: --verify changes nothing: imgbuild lock --verify %s",
			       operands.v[0]);
	if (!recipe_load(c->a, operands.v[0], &r, e))
		return false;
	names = (struct strings){ operands.v + 1, operands.n - 1, 0 };
	if (names.n && !find_named(c, &o, &r, &names, e))
		return false;
	if (!open_store(c, &s, e) || !lock_recipe(c, &s, &o, &r, &l, &tools, e))
		return false;
	return find_outcome(&o, &l, &tools, e);
}
