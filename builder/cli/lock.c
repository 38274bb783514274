/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock and imgbuild update: pin what recipes stand on, and say what that changes. */

#include "cli/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "fetch/mirrors.h"
#include "fetch/store.h"
#include "format/jsonw.h"
#include "lock/diff.h"
#include "lock/make.h"

struct options {
	bool check;			/* change nothing, say whether anything would change */
	bool verify;			/* only go through the chain of trust again */
	bool allow_older;
	bool table;			/* print what changed: update */
	const struct strings *update;	/* only these packages; NULL: all */
	struct platforms platforms;
};

struct relock {
	const char *recipe_file, *lock_file;
	const struct platform *platform;
	struct recipe recipe;
	struct lock old_lock, now;
	const struct lock *old;		/* NULL: there was none */
	struct lock_changes changes;
};

/* The lock there was. One that cannot be read is to be replaced: that is what this verb is for. */
static void read_old(struct cli *c, struct relock *r)
{
	struct error e = { 0 };
	char text[1024];

	if (access(r->lock_file, F_OK) != 0)
		return;
	if (lock_load(c->a, r->lock_file, &r->old_lock, &e)) {
		r->old = &r->old_lock;
		return;
	}
	err_format(&e, text, sizeof(text));
	progress_warn(c->progress, "the lock there was is not used: %s", text);
}

static bool make(struct cli *c, const struct store *s, const struct options *o, struct relock *r,
		 struct error *e)
{
	struct mirrors mirrors = { 0 };
	struct lock_order order = {
		.store = s, .mirrors = &mirrors, .recipe = &r->recipe, .platform = r->platform,
		.update = o->update, .offline = c->offline, .allow_older = o->allow_older,
		.progress = c->progress,
	};

	if (!recipe_load(c->a, r->recipe_file, &r->recipe, e) ||
	    !recipe_check_platform(c->a, &r->recipe, r->platform, e))
		return false;
	read_old(c, r);
	order.old = r->old;
	order.first = lock_first(c->a, &r->recipe, r->platform);
	if (!mirrors_find(c->a, &c->mirrors, getenv("IMGBUILD_MIRROR"), r->recipe.archive, "/",
			  &mirrors, e) ||
	    !lock_make(c->a, &order, &r->now, e))
		return false;
	lock_diff(c->a, r->old, &r->now, &r->changes);
	return true;
}

static bool write_lock(struct cli *c, const struct relock *r, struct error *e)
{
	struct buf text = { .a = c->a };

	lock_format(&r->now, &text);
	return file_write_path(r->lock_file, 0644, buf_str(&text), e);
}

static void print_components(struct cli *c, const struct relock *r)
{
	for (size_t i = 0; i < r->now.components.n; i++) {
		const struct locked_component *k = &r->now.components.v[i];

		fprintf(c->out, "%s: %s\n", k->name, k->reason);
		for (size_t n = 0; n < k->lost.n; n++)
			fprintf(c->out, "  not chosen: %s\n", k->lost.v[n]);
	}
	for (size_t i = 0; i < r->now.sources.n; i++) {
		if (r->now.sources.v[i].warning)
			fprintf(c->out, "  warning: %s\n", r->now.sources.v[i].warning);
	}
}

static size_t count_role(const struct lock *lock, const char *role)
{
	size_t n = 0;

	for (size_t i = 0; i < lock->packages.n; i++)
		n += package_has_role(&lock->packages.v[i], role);
	return n;
}

static void print_summary(struct cli *c, const struct options *o, const struct relock *r)
{
	bool same = r->old && lock_same(r->old, &r->now);
	const char *done = o->check ? same ? "up to date" : "would change"
				    : same ? "unchanged" : "written";

	fprintf(c->out, "%s: %zu packages (%zu for the image, %zu candidates for libraries), %zu "
		"sources; %s\n", r->lock_file, r->now.packages.n, count_role(&r->now, "image"),
		count_role(&r->now, "library"), r->now.sources.n, done);
}

static int width(const struct lock_changes *l,
		 const char *const *(*field)(const struct lock_change *), int least)
{
	int most = least;

	for (size_t i = 0; i < l->n; i++) {
		const char *text = *field(&l->v[i]);
		int n = text ? (int)strlen(text) : 1;

		if (n > most)
			most = n < 60 ? n : 60;
	}
	return most;
}

static const char *const *field_name(const struct lock_change *c)
{
	return &c->name;
}

static const char *const *field_before(const struct lock_change *c)
{
	return &c->before;
}

static const char *const *field_after(const struct lock_change *c)
{
	return &c->after;
}

static void print_table(struct cli *c, const struct lock_changes *l)
{
	int name = width(l, field_name, 7), before = width(l, field_before, 3);
	int after = width(l, field_after, 3);

	if (l->n == 0)
		return;
	fprintf(c->out, "%-9s  %-*s  %-*s  %-*s  %10s  suite\n", "kind", name, "name", before,
		"old", after, "new", "size");
	for (size_t i = 0; i < l->n; i++) {
		const struct lock_change *k = &l->v[i];

		fprintf(c->out, "%-9s  %-*s  %-*s  %-*s  %7.1f kB  %s%s\n", k->kind, name, k->name,
			before, k->before ? k->before : "-", after, k->after ? k->after : "-",
			(double)k->size / 1e3, k->suite, k->security ? " (security)" : "");
	}
}

static void print_json(struct cli *c, const struct relock *r)
{
	struct buf text = { .a = c->a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "recipe", r->recipe_file);
	jsonw_cstr(&w, "lock", r->lock_file);
	jsonw_bool(&w, "changed", !r->old || !lock_same(r->old, &r->now));
	jsonw_u64(&w, "packages", r->now.packages.n);
	jsonw_u64(&w, "sources", r->now.sources.n);
	jsonw_array(&w, "changes");
	for (size_t i = 0; i < r->changes.n; i++) {
		const struct lock_change *k = &r->changes.v[i];

		jsonw_object(&w, NULL);
		jsonw_cstr(&w, "kind", k->kind);
		jsonw_cstr(&w, "name", k->name);
		if (k->before)
			jsonw_cstr(&w, "old", k->before);
		if (k->after)
			jsonw_cstr(&w, "new", k->after);
		jsonw_u64(&w, "bytes", k->size);
		jsonw_cstr(&w, "suite", k->suite);
		jsonw_bool(&w, "security", k->security);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

/* One lock of a recipe. *differs: it is not what it would be now. */
static bool relock_one(struct cli *c, const struct store *s, const struct options *o,
		       const char *file, const struct platform *p, bool *differs, struct error *e)
{
	struct relock r = { .recipe_file = file, .lock_file = recipe_lock_path(c->a, file, p),
			    .platform = p };

	if (!make(c, s, o, &r, e))
		return err_wrap(e, "lock %s", file);
	*differs |= !r.old || !lock_same(r.old, &r.now);
	if (!o->check && !write_lock(c, &r, e))
		return false;
	if (c->json) {
		print_json(c, &r);
		return true;
	}
	print_components(c, &r);
	if (o->table || (o->check && r.old))
		print_table(c, &r.changes);
	print_summary(c, o, &r);
	return true;
}

/* A lock that was not asked for stays behind: say so, or an image for both would be of two days. */
static void note_others(struct cli *c, const struct options *o, const char *file)
{
	struct platforms all;

	platforms_all(c->a, &all);
	for (size_t i = 0; i < all.n; i++) {
		const char *path = recipe_lock_path(c->a, file, all.v[i]);

		if (!platforms_have(&o->platforms, all.v[i]) && access(path, F_OK) == 0)
			progress_note(c->progress, "%s is left alone: it is for %s, see --platform", path,
				      all.v[i]->name);
	}
}

static bool relock(struct cli *c, const struct store *s, const struct options *o, const char *file,
		   bool *differs, struct error *e)
{
	for (size_t i = 0; i < o->platforms.n; i++) {
		const struct platform *p = o->platforms.v[i];

		if (!(o->verify ? lock_verify_recipe(c, s, file, p, e)
				: relock_one(c, s, o, file, p, differs, e)))
			return false;
	}
	note_others(c, o, file);
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
	static const char *const known[] = { "--check", "--verify", "--allow-older", "--platform" };
	bool *const set[] = { &o->check, &o->verify, &o->allow_older };
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
	cli_default_platform(c, &o->platforms);
	return operands->n || err_set(e, ERR_USAGE, "%s: which recipe? imgbuild %s RECIPE.json",
				      c->argv[0], c->argv[0]);
}

static bool outcome(const struct options *o, bool differs, struct error *e)
{
	return !o->check || !differs ||
	       err_set(e, ERR_FINDINGS,
		       "the lock is not what it would be now; imgbuild update moves "
		       "it forward");
}

static bool all_locked(struct cli *c, const struct options *o, const char *file)
{
	for (size_t i = 0; i < o->platforms.n; i++)
		if (access(recipe_lock_path(c->a, file, o->platforms.v[i]), F_OK) != 0)
			return false;
	return true;
}

/* A build wants the locks of the bases, too: one that is missing is made, and a check is one of all
 * that the image is made of. */
static bool relock_bases(struct cli *c, const struct store *s, const struct options *o,
			 const struct recipe *base, bool *differs, struct error *e)
{
	if (!base)
		return true;
	if (!relock_bases(c, s, o, base->base, differs, e))
		return false;
	return (!o->check && all_locked(c, o, base->file)) ||
	       relock(c, s, o, base->file, differs, e);
}

static bool relock_whole(struct cli *c, const struct store *s, const struct options *o,
			 const char *file, bool *differs, struct error *e)
{
	struct recipe r = { 0 };

	if (!recipe_load(c->a, file, &r, e))
		return err_wrap(e, "lock %s", file);
	return (o->verify || relock_bases(c, s, o, r.base, differs, e)) &&
	       relock(c, s, o, file, differs, e);
}

bool cmd_lock(struct cli *c, struct error *e)
{
	AUTO_STORE s = STORE_INIT;
	struct strings recipes = { 0 };
	struct options o = { 0 };
	bool differs = false;

	if (!read_arguments(c, &o, &recipes, e) || !open_store(c, &s, e))
		return false;
	for (size_t i = 0; i < recipes.n; i++) {
		if (!relock_whole(c, &s, &o, recipes.v[i], &differs, e))
			return false;
	}
	return outcome(&o, differs, e);
}

/* Every package named must be one that the lock has: a misspelt name would silently update
 * nothing. */
static bool check_names(struct cli *c, const char *file, const struct platform *p,
			const struct strings *names, struct error *e)
{
	struct lock lock = { 0 };

	if (!lock_load(c->a, recipe_lock_path(c->a, file, p), &lock, e))
		return false;
	for (size_t i = 0; i < names->n; i++) {
		struct strings known = { 0 };
		const char *near;

		for (size_t k = 0; k < lock.packages.n; k++)
			*list_push(c->a, &known) = lock.packages.v[k].name;
		if (strings_has(&known, names->v[i]))
			continue;
		near = str_nearest(str_of(names->v[i]), known.v, known.n);
		return err_set(e, ERR_USAGE, "%s has no package \"%s\"%s%s%s", lock.file,
			       names->v[i], near ? "; did you mean \"" : "", near ? near : "",
			       near ? "\"?" : "");
	}
	return true;
}

bool cmd_update(struct cli *c, struct error *e)
{
	AUTO_STORE s = STORE_INIT;
	struct strings operands = { 0 }, names;
	struct options o = { .table = true };
	bool differs = false;

	if (!read_arguments(c, &o, &operands, e))
		return false;
	if (o.verify)
		return err_set(e, ERR_USAGE, "update: --verify changes nothing: imgbuild lock --verify %s",
			       operands.v[0]);
	names = (struct strings){ operands.v + 1, operands.n - 1, 0 };
	if (names.n) {
		o.update = &names;
		for (size_t i = 0; i < o.platforms.n; i++) {
			if (!check_names(c, operands.v[0], o.platforms.v[i], &names, e))
				return false;
		}
	}
	if (!open_store(c, &s, e))
		return false;
	return relock(c, &s, &o, operands.v[0], &differs, e) && outcome(&o, differs, e);
}
