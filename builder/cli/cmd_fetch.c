/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild fetch: has everything that the locks of some recipes name in the store. */

#include <stdlib.h>

#include "base/size.h"
#include "cli/catalogue_operand.h"
#include "cli/commands.h"
#include "cli/common_options.h"
#include "transfer/store/store.h"
#include "format/json/jsonw.h"
#include "input/relock/relock.h"
#include "input/lock/tools_lock.h"
#include "input/lock/lock_wants.h"
#include "line/image_base.h"

struct fetch_verb_options {
	struct platforms platforms;
};

/* One file that a lock names. */
struct needed {
	struct digest digest;
	uint64_t size;
};

struct needed_list {
	struct LIST(struct needed) v;
};

struct fetch_account {
	size_t files, present;
	uint64_t bytes, present_bytes;
};

static int compare_needed(const void *x, const void *y)
{
	const struct needed *a = x, *b = y;

	return memcmp(a->digest.b, b->digest.b, sizeof(a->digest.b));
}

static void add_needed(struct arena *a, const struct locked_file *f, struct needed_list *out)
{
	*list_push(a, &out->v) = (struct needed){ f->sha256, f->size };
}

static void needed_of(struct arena *a, const struct lock *lock, struct needed_list *out)
{
	for (size_t i = 0; i < lock->packages.n; i++)
		add_needed(a, &lock->packages.v[i].file, out);
	for (size_t i = 0; i < lock->sources.n; i++) {
		const struct locked_source *s = &lock->sources.v[i];

		for (size_t f = 0; f < s->files.n; f++) {
			if (!locked_file_is_local(s, &s->files.v[f]))
				add_needed(a, &s->files.v[f], out);
		}
	}
}

static void needed_files(struct arena *a, const struct relocks *l, const struct lock *tools,
			 struct needed_list *out)
{
	for (size_t k = 0; k < l->n; k++)
		needed_of(a, l->v[k].now, out);
	needed_of(a, tools, out);
	if (out->v.n)
		qsort(out->v.v, out->v.n, sizeof(*out->v.v), compare_needed);
}

/* Counts different files, and those that are in the store now. */
static void take_account(const struct store *s, const struct needed_list *needed,
			 struct fetch_account *out)
{
	*out = (struct fetch_account){ 0 };
	for (size_t i = 0; i < needed->v.n; i++) {
		const struct needed *x = &needed->v.v[i];

		if (i && compare_needed(x, x - 1) == 0)
			continue;
		out->files++;
		out->bytes += x->size;
		if (store_has_blob(s, &x->digest, x->size)) {
			out->present++;
			out->present_bytes += x->size;
		}
	}
}

static void print_account(struct cli *c, const char *recipe, const struct fetch_account *before)
{
	struct buf text = { .a = c->a };
	size_t fetched = before->files - before->present;
	uint64_t fetched_bytes = before->bytes - before->present_bytes;
	struct jsonw w;

	if (!c->json) {
		fprintf(c->out, "%s: %zu files, %s; downloaded %zu, %s; already there %zu\n",
			recipe, before->files, size_text(c->a, before->bytes), fetched,
			size_text(c->a, fetched_bytes), before->present);
		return;
	}
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "recipe", recipe);
	jsonw_u64(&w, "files", before->files);
	jsonw_u64(&w, "bytes", before->bytes);
	jsonw_u64(&w, "downloaded", fetched);
	jsonw_u64(&w, "downloaded-bytes", fetched_bytes);
	jsonw_u64(&w, "present", before->present);
	jsonw_object_end(&w);
	fprintf(c->out, "%s\n", buf_cstr(&text));
}

static bool fetch_locks(struct cli *c, const struct store *s, const struct relocks *l,
			struct strings *gone, struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		struct lock_order order = { .store = s,
					    .mirrors = &l->v[i].mirrors,
					    .offline = c->offline,
					    .progress = c->progress };

		if (!lock_fetch(c->a, &order, l->v[i].now, NULL, gone, e))
			return false;
	}
	return true;
}

/* Images of others that recipes stand on. */
static bool fetch_bases(struct cli *c, const struct store *s, const struct relocks *l,
			struct error *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct image_base_order order = { .store = s,
							.image = l->v[i].recipe->base_image,
							.platform = l->v[i].platform,
							.locked = l->v[i].now->base,
							.offline = c->offline,
							.progress = c->progress };

		if (order.image && !image_base_fetch(c->a, &order, e))
			return false;
	}
	return true;
}

/* What this machine compresses layers and reads packages with. */
static bool tools_here(struct cli *c, const struct recipe *r, struct lock *out, struct error *e)
{
	struct lock all = { 0 };

	*out = all;
	if (tools_load(c->a, tools_path(c->a, r->repository), &all, e) < 0)
		return false;
	if (platform_of_host())
		tools_for(c->a, &all, NULL, platform_of_host(), out);
	return true;
}

static bool fetch_tools(struct cli *c, const struct store *s, const struct relocks *l,
			const struct lock *tools, struct error *e)
{
	struct lock_order order = { .store = s,
				    .mirrors = &l->v[l->n - 1].mirrors,
				    .offline = c->offline,
				    .progress = c->progress };

	return tools->packages.n == 0 || lock_fetch(c->a, &order, tools, NULL, NULL, e);
}

/* Everything that a build of the recipe may ask for, its bases included. */
static bool fetch_recipe(struct cli *c, const struct store *s, const char *path,
			 const struct platform *p, struct error *e)
{
	static const struct strings nothing;
	struct relock_order order = { .store = s,
				      .mirrors = &c->mirrors,
				      .mirror_env = getenv("IMGBUILD_MIRROR"),
				      .update = &nothing,
				      .locked = c->locked,
				      .offline = c->offline,
				      .progress = c->progress,
				      .look = image_base_look };
	bool may_replace = !c->locked && !c->offline;
	struct needed_list needed = { 0 };
	struct strings gone = { 0 };
	struct recipe recipe = { 0 };
	struct relocks l = { 0 };
	struct fetch_account before;
	struct lock tools;

	if (!recipe_load(c->a, path, &recipe, e) || !recipe_check_platform(c->a, &recipe, p, e) ||
	    !relock_load(c->a, &order, &recipe, p, &l, e) || !tools_here(c, &recipe, &tools, e))
		return false;
	progress_subject(c->progress, "%s %s", recipe.name, p->name);
	needed_files(c->a, &l, &tools, &needed);
	take_account(s, &needed, &before);
	if (!fetch_locks(c, s, &l, may_replace ? &gone : NULL, e))
		return err_wrap(e, "%s", path);
	if (gone.n &&
	    (!relock_replace(c->a, &order, &gone, &l, e) || !fetch_locks(c, s, &l, NULL, e)))
		return err_wrap(e, "%s", path);
	if (!fetch_bases(c, s, &l, e) || !fetch_tools(c, s, &l, &tools, e))
		return err_wrap(e, "%s", path);
	print_account(c, path, &before);
	return true;
}

static bool fetch_verb_run(struct cli *c, struct error *e)
{
	const struct fetch_verb_options *o = c->options;
	const struct platforms *platforms = &o->platforms;
	AUTO_STORE s = STORE_INIT;
	struct strings recipes = { 0 };

	if (!catalogue_recipes(c->a, &c->operands, &recipes, e))
		return false;
	s.progress = c->progress;
	if (!store_open(c->a, c->cache_dir, &s, e))
		return false;
	for (size_t i = 0; i < recipes.n * platforms->n; i++) {
		if (!fetch_recipe(c, &s, recipes.v[i / platforms->n],
				  platforms->v[i % platforms->n], e))
			return false;
	}
	return true;
}

static const struct option_row fetch_options[] = {
	{ "--platform", 0, "LIST", "for this platform, or for several with commas between",
	  OPTION_IS_READ(struct fetch_verb_options, platforms, platforms_read),
	  .word = WORD_PLATFORM, .initial = "linux/amd64" },
	{ NULL },
};

const struct command cmd_fetch = {
	.name = "fetch",
	.summary = "download what a lock names, and nothing else",
	.operands = { { "RECIPE.json...", WORD_RECIPE } },
	.wanted = "which recipe? imgbuild fetch RECIPE.json...",
	.examples = "fetch recipes/cephalo.json",
	.options = fetch_options,
	.options_size = sizeof(struct fetch_verb_options),
	.run = fetch_verb_run,
};
