/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild update: moves the locks of a recipe and its bases forward. */

#include <unistd.h>

#include "cli/catalogue_operand.h"
#include "cli/cmd_lock.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/lock_security.h"
#include "input/lock/lock_names.h"
#include "input/lock/locked_base.h"
#include "input/resolve/archive_memo.h"

static void lock_add_names(struct arena *a, const struct lock *lock, struct strings *out)
{
	for (size_t i = 0; i < lock->packages.n; i++)
		*list_push(a, out) = lock->packages.v[i].name;
	for (size_t i = 0; i < lock->sources.n; i++) {
		*list_push(a, out) = lock->sources.v[i].name;
		*list_push(a, out) = lock->sources.v[i].package;
	}
}

/* The locks there are of a recipe and its bases, for all platforms. */
static bool update_load_locks(struct cli *c, const struct lock_options *o, const struct recipe *r,
			      struct locks *out, struct error *e)
{
	struct platforms platforms;

	if (!lock_platforms(c, o, r, &platforms, e) ||
	    (r->base && !update_load_locks(c, o, r->base, out, e)))
		return false;
	for (size_t i = 0; i < platforms.n; i++) {
		const char *path = recipe_lock_path(c->a, r, platforms.v[i]);
		struct lock *lock = arena_alloc(c->a, sizeof(*lock));

		if (access(path, F_OK) != 0)
			continue;
		if (!lock_load(c->a, path, lock, e))
			return false;
		*list_push(c->a, out) = lock;
	}
	return true;
}

/* What is part of an image of others moves with it alone. */
static bool refuse_in_base(struct cli *c, const struct locks *l, const struct recipe *r,
			   const char *name, struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		if (locked_base_package(l->v[i]->base, name))
			return err_set(e, ERR_USAGE,
				       "%s is part of the base image %s, which moves as a whole: "
				       "imgbuild update %s",
				       name, l->v[i]->base->reference, recipe_shown(c->a, r));
	}
	return true;
}

/* Every package named must be one that a lock has: a misspelt name would silently update nothing.
 */
static bool check_update_names(struct cli *c, const struct locks *l, const struct recipe *r,
			       const struct strings *names, struct error *e)
{
	struct strings known = { 0 };

	for (size_t i = 0; i < l->n; i++)
		lock_add_names(c->a, l->v[i], &known);
	if (!lock_tools_names(c->a, r, &known, e))
		return false;
	strings_unique(&known);
	for (size_t i = 0; i < names->n; i++) {
		const char *near;

		if (strings_has(&known, names->v[i]))
			continue;
		if (!refuse_in_base(c, l, r, names->v[i], e))
			return false;
		near = str_nearest(str_of(names->v[i]), known.v, known.n);
		return err_set(e, ERR_USAGE, "no lock of %s%s has a package \"%s\"%s%s%s", r->file,
			       r->base ? " and its bases" : "", names->v[i],
			       near ? "; did you mean \"" : "", near ? near : "",
			       near ? "\"?" : "");
	}
	return true;
}

/* update RECIPE PACKAGE...: what moves is all that is of one source with these, in all locks. */
static bool find_named(struct cli *c, struct lock_options *o, const struct recipe *r,
		       const struct strings *names, struct error *e)
{
	struct strings *moving = arena_alloc(c->a, sizeof(*moving));
	struct locks locks = { 0 };

	if (!update_load_locks(c, o, r, &locks, e) || !check_update_names(c, &locks, r, names, e))
		return false;
	list_append(c->a, moving, names);
	lock_siblings(c->a, &locks, moving);
	o->named = names;
	o->update = moving;
	return true;
}

/* update --security: what moves is what has fixes, with all that is of one source with it. */
static bool find_fixes(struct cli *c, const struct store *s, struct lock_options *o,
		       const struct recipe *r, struct security_rows *rows, struct error *e)
{
	struct strings *named = arena_alloc(c->a, sizeof(*named));
	struct strings *moving = arena_alloc(c->a, sizeof(*moving));
	AUTO_CVE_DATA data = CVE_DATA_INIT;
	struct locks locks = { 0 };

	if (!cve_data_open(c, &o->cve, r->file, &data, e) ||
	    !security_look(c, s, o, r, &data.inputs, rows, e) ||
	    !update_load_locks(c, o, r, &locks, e))
		return false;
	security_report(c, recipe_shown(c->a, r), rows);
	security_names(c->a, rows, named);
	list_append(c->a, moving, named);
	lock_siblings(c->a, &locks, moving);
	o->named = named;
	o->update = moving;
	return true;
}

static bool update_fixes(struct cli *c, const struct store *s, struct lock_options *o,
			 const struct recipe *r, struct error *e)
{
	struct security_rows rows = { 0 };
	struct lock_tools tools = { 0 };
	struct relocks l = { 0 };

	if (!find_fixes(c, s, o, r, &rows, e))
		return false;
	if (o->check)
		return security_outcome(c, r->file, &rows, e);
	if (!o->named->n)
		return true;
	if (!lock_recipe(c, s, o, r, &l, &tools, e))
		return false;
	security_tell_kept(c, &rows, &l);
	return lock_outcome(o, &l, &tools, e);
}

static bool update_run(struct cli *c, struct error *e)
{
	const struct strings first = { c->operands.v, 1, 0 },
			     names = { c->operands.v + 1, c->operands.n - 1, 0 };
	struct lock_options o = *(const struct lock_options *)c->options;
	AUTO_MEMO memo = { 0 };
	AUTO_STORE s = STORE_INIT;
	struct strings files = { 0 };
	struct lock_tools tools = { 0 };
	struct recipe r = { 0 };
	struct relocks l = { 0 };

	if (o.security && names.n)
		return err_set(e, ERR_USAGE,
			       "update: --security finds out itself what moves; leave out %s",
			       names.v[0]);

	o.memo = &memo;
	o.moves = true;
	o.check = c->locked;
	if (!catalogue_recipes(c->a, &first, &files, e))
		return false;
	if (files.n > 1)
		return err_set(e, ERR_USAGE, "update: one recipe at a time; %s names %zu",
			       first.v[0], files.n);
	if (!recipe_load(c->a, files.v[0], &r, e) || (names.n && !find_named(c, &o, &r, &names, e)))
		return false;
	if (!lock_open_store(c, &s, e))
		return false;
	if (o.security)
		return update_fixes(c, &s, &o, &r, e);
	return lock_recipe(c, &s, &o, &r, &l, &tools, e) && lock_outcome(&o, &l, &tools, e);
}

static const struct option_row update_options[] = {
	{ "--platform", 0, "LIST", "whose lock; several with commas between",
	  OPTION_IS_READ(struct lock_options, platforms, platforms_read), .word = WORD_PLATFORM,
	  .otherwise =
		  "all that images.json lists; of a base that comes with imgbuild, all that it is made for" },
	{ "--security", 0, NULL,
	  "move only what a security suite has newer, or what --cve says is fixed",
	  OPTION_IS_FLAG(struct lock_options, security) },
	OPTION_CVE(struct lock_options, cve, .needs = "--security"),
	{ "--allow-older", 0, NULL, "take an archive state older than one seen before",
	  OPTION_IS_FLAG(struct lock_options, allow_older) },
	{ NULL },
};

const struct command cmd_update = {
	.name = "update",
	.summary = "move the locks of a recipe and its bases forward",
	.operands = { { "RECIPE.json", WORD_RECIPE }, { "[PACKAGE...]" } },
	.wanted = "which recipe? imgbuild update RECIPE.json",
	.examples = "update recipes/cephalo.json\nupdate recipes/cephalo.json libssl3t64\n"
		    "update --security --cve debian recipes/cephalo.json",
	.text = "Packages of one source move together. Shows what changed, and which other recipes stand on a base that "
		"moved. With --security all else in the locks stays as it is, compilers too.",
	.options = update_options,
	.options_size = sizeof(struct lock_options),
	.run = update_run,
	.jails = true,
};
