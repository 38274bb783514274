/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild lock: pins what recipes and their bases stand on. What imgbuild update shares with it is
 * here, too. */

#include "cli/cmd_lock.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/catalogue_operand.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/cve_data.h"
#include "input/lock/tools_lock.h"
#include "input/resolve/archive_memo.h"
#include "line/image_base.h"

static const struct strings nothing;

static void add_platform(struct arena *a, struct platforms *l, const struct platform *p)
{
	if (!platforms_have(l, p))
		*list_push(a, l) = p;
}

/* Those asked for; else the usual one and those that have a lock already - and, to move them
 * forward, all that images.json lists: an image for two platforms is one thing. */
bool lock_platforms(struct cli *c, const struct lock_options *o, const struct recipe *r,
		    struct platforms *out, struct error *e)
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
		platforms_default(c, out);
	platforms_all(c->a, &all);
	for (size_t i = 0; i < all.n; i++) {
		if ((listed.n == 0 || platforms_have(&listed, all.v[i])) &&
		    access(recipe_lock_path(c->a, r, all.v[i]), F_OK) == 0)
			add_platform(c->a, out, all.v[i]);
	}
	return true;
}

static struct relock_order lock_relock_order(const struct cli *c, const struct store *s,
					     const struct lock_options *o)
{
	return (struct relock_order){
		.store = s,
		.mirrors = &c->mirrors,
		.mirror_env = getenv("IMGBUILD_MIRROR"),
		.update = o->check ? NULL : o->update,
		.locked = o->check,
		.offline = c->offline,
		.allow_older = o->allow_older,
		.memo = o->memo,
		.progress = c->progress,
		.look = image_base_look,
	};
}

/* A recipe and its bases, each for its own platforms and for those of what stands on it. */
static bool relock_all(struct cli *c, const struct relock_order *ro, const struct lock_options *o,
		       const struct recipe *r, const struct platforms *above, struct relocks *l,
		       struct error *e)
{
	struct platforms own;

	if (!lock_platforms(c, o, r, &own, e))
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
static void report_all(struct cli *c, const struct lock_options *o, const struct recipe *r,
		       const struct relocks *l, size_t from)
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

/* The image of others that `r` stands on, if another recipe's lock has just taken a newer one of
 * that name; or NULL. */
static const char *moved_image(const struct recipe *r, const struct relocks *l)
{
	while (r->base)
		r = r->base;
	for (size_t i = 0; r->base_image && i < l->n; i++) {
		const struct locked_base *old = l->v[i].old ? l->v[i].old->base : NULL;
		const struct locked_base *now = l->v[i].now->base;

		if (old && now && !digest_eq(&old->digest, &now->digest) &&
		    strcmp(now->reference, r->base_image->text) == 0)
			return now->reference;
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

/* Whether a lock is another one than there was: only then others have to follow. */
static bool has_moved(const struct relocks *l)
{
	list_each(one, l) {
		if (one->old && relocked_changed(one))
			return true;
	}
	return false;
}

/* Other recipes stand on a base that was moved: their locks do not agree with it any more. */
static void name_siblings(struct cli *c, const struct recipe *r, const struct relocks *l)
{
	struct strings files = { 0 };
	struct error ignored = { 0 };

	if (!has_moved(l) || !recipe_catalogue(c->a, r->repository, &files, &ignored))
		return;
	for (size_t i = 0; i < files.n; i++) {
		const struct recipe *base;
		struct recipe other = { 0 };
		struct error broken = { 0 };
		const char *image;

		if (is_among(l, files.v[i]) || !recipe_load(c->a, files.v[i], &other, &broken))
			continue;
		base = moved_base(&other, l);
		if (base)
			progress_warn(c->progress,
				      "%s stands on %s, which has moved: run imgbuild lock %s",
				      files.v[i], recipe_shown(c->a, base), files.v[i]);
		image = moved_image(&other, l);
		if (image)
			progress_warn(c->progress,
				      "%s stands on %s, too, which has moved: imgbuild update %s "
				      "moves it there",
				      files.v[i], image, files.v[i]);
	}
}

/* Formats put the question in different words: a lock of format 1 can have all the same pins and be
 * stale. */
static bool is_out_of_date(const struct relocked *r)
{
	struct error stale = { 0 };

	return relocked_changed(r) || !lock_check(r->old, r->recipe, r->platform, &stale);
}

bool lock_outcome(const struct lock_options *o, const struct relocks *l, const struct lock_tools *t,
		  struct error *e)
{
	const struct relocked *first = NULL;
	struct error stale = { 0 };

	for (size_t i = 0; i < l->n && !first; i++) {
		if (o->check && is_out_of_date(&l->v[i]))
			first = &l->v[i];
	}
	if (o->check && !first && t->changed)
		return err_set(e, ERR_FINDINGS,
			       "%s is not what it would be now; imgbuild %s %s %s it", t->path,
			       t->old ? "update" : "lock", l->v[l->n - 1].recipe->file,
			       t->old ? "moves" : "makes");
	if (!o->check || !first)
		return true;
	if (!first->old)
		return err_set(e, ERR_FINDINGS, "there is no %s; imgbuild lock makes it",
			       first->path);
	if (!lock_check(first->old, first->recipe, first->platform, &stale))
		return err_set(e, ERR_FINDINGS, "%s", stale.cause);
	return err_set(e, ERR_FINDINGS,
		       "%s is not what it would be now; imgbuild update %s moves it forward",
		       first->path, l->v[l->n - 1].recipe->file);
}

/* Whether the lock of tools is to be moved forward, too: by update, but not by that of other
 * packages; and to be compared with what that would make of it. */
static bool moves_tools(const struct lock_options *o)
{
	if (o->security)
		return lock_tools_named(o->named);
	return o->check || (o->moves && (!o->update || lock_tools_named(o->named)));
}

static bool verify_all(struct cli *c, const struct store *s, const struct lock_options *o,
		       const struct recipe *r, struct error *e)
{
	struct platforms platforms;

	if (!lock_platforms(c, o, r, &platforms, e) ||
	    (r->base && !verify_all(c, s, o, r->base, e)))
		return false;
	for (size_t i = 0; i < platforms.n; i++) {
		if (!lock_verify_recipe(c, s, r, platforms.v[i], e))
			return false;
	}
	return true;
}

/* `t` is left with the first lock of tools that changes: recipes may be of several repositories. */
bool lock_recipe(struct cli *c, const struct store *s, const struct lock_options *o,
		 const struct recipe *r, struct relocks *l, struct lock_tools *t, struct error *e)
{
	struct relock_order order = lock_relock_order(c, s, o);
	struct lock_tools tools;
	size_t before = l->n;

	if (!relock_recover(c->a, r->repository, !o->check, c->progress, e) ||
	    !relock_all(c, &order, o, r, NULL, l, e) ||
	    !lock_tools_make(c, s, o, r, moves_tools(o), &tools, e))
		return false;
	l->tools_path = tools.path;
	l->tools = tools.changed ? &tools.now : NULL;
	if (!o->check && !relock_write(c->a, l, e)) {
		l->tools = NULL;
		return false;
	}
	report_all(c, o, r, l, before);
	lock_tools_report(c, &tools, o->check);
	l->tools = NULL;
	if (!t->changed)
		*t = tools;
	if (!o->check)
		name_siblings(c, r, l);
	return true;
}

bool lock_open_store(struct cli *c, struct store *s, struct error *e)
{
	s->progress = c->progress;
	return store_open(c->a, c->cache_dir, s, e);
}

/* Before the first lock is written: what is wrong with the last recipe is told in a moment. */
static bool lock_load_all(struct cli *c, const struct strings *files, struct recipe **out,
			  struct error *e)
{
	*out = arena_array(c->a, files->n + 1, sizeof(**out));
	for (size_t i = 0; i < files->n; i++) {
		if (!recipe_load(c->a, files->v[i], &(*out)[i], e))
			return false;
	}
	return true;
}

static bool lock_run(struct cli *c, struct error *e)
{
	struct lock_options o = *(const struct lock_options *)c->options;
	AUTO_MEMO memo = { 0 };
	AUTO_STORE s = STORE_INIT;
	struct strings files = { 0 };
	struct lock_tools tools = { 0 };
	struct recipe *recipes;
	struct relocks l = { 0 };

	o.update = &nothing;
	o.memo = &memo;
	o.check = o.check || c->locked;
	if (!catalogue_recipes(c->a, &c->operands, &files, e) || !lock_open_store(c, &s, e))
		return false;
	if (o.cve.n)
		return lock_check_fixes(c, &s, &o, &files, e);
	if (!lock_load_all(c, &files, &recipes, e))
		return false;
	for (size_t i = 0; i < files.n; i++) {
		const struct recipe *r = &recipes[i];

		if (o.suggest && !lock_suggest(c, &s, files.v[i], &o.platforms, o.write, e))
			return false;
		if (o.suggest && !o.write)
			continue;
		if ((o.suggest && !recipe_load(c->a, files.v[i], &recipes[i], e)) || /* written */
		    !(o.verify ? verify_all(c, &s, &o, r, e) && lock_verify_tools(c, &s, r, e)
			       : lock_recipe(c, &s, &o, r, &l, &tools, e)))
			return false;
	}
	return lock_outcome(&o, &l, &tools, e);
}

static const struct option_row lock_options[] = {
	{ "--check", 0, NULL,
	  "change nothing; exit 1 if a lock is out of date or update would move something",
	  OPTION_IS_FLAG(struct lock_options, check), .excludes = "--suggest --verify" },
	OPTION_CVE(struct lock_options, cve, .needs = "--check"),
	{ "--suggest", 0, NULL,
	  "print the lines that the recipe lacks: libraries, links, packages, accepted scripts",
	  OPTION_IS_FLAG(struct lock_options, suggest), .excludes = "--verify" },
	{ "--write", 0, NULL, "with --suggest: add them to the recipe, then lock it",
	  OPTION_IS_FLAG(struct lock_options, write), .needs = "--suggest" },
	{ "--verify", 0, NULL,
	  "change nothing; check that the signed files it names say what it says",
	  OPTION_IS_FLAG(struct lock_options, verify) },
	{ "--platform", 0, "LIST", "whose lock; several with commas between",
	  OPTION_IS_READ(struct lock_options, platforms, platforms_read), .word = WORD_PLATFORM,
	  .otherwise = "the usual one, and those that are there" },
	{ "--allow-older", 0, NULL, "take an archive state older than one seen before",
	  OPTION_IS_FLAG(struct lock_options, allow_older) },
	{ NULL },
};

const struct command cmd_lock = {
	.name = "lock",
	.summary = "pin every package and source a recipe stands on",
	.operands = { { "RECIPE.json...", WORD_RECIPE } },
	.wanted = "which recipe? imgbuild lock RECIPE.json",
	.examples = "lock recipes/hello.json\n"
		    "lock --check --cve debian recipes/hello.json",
	.text = "Keeps every pin that still satisfies the recipe; the bases' locks come along. With --cve, --check asks only "
		"whether fixes are missing: of what can come into the image, what a security suite has newer, and what "
		"the data say is fixed.",
	.options = lock_options,
	.options_size = sizeof(struct lock_options),
	.run = lock_run,
	.jails = true,
};
