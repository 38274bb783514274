/* SPDX-License-Identifier: Apache-2.0 */
/* The flow of a build: each line turns the previous result into the next input. */

#include "line/build.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "line/base_ahead.h"
#include "line/chain.h"
#include "line/run_memo.h"
#include "input/lock/lock_variants.h"
#include "line/step_inputs.h"
#include "make/compose/compose.h"
#include "make/compose/depends.h"
#include "line/pinned.h"
#include "line/provenance_record.h"
#include "line/shared_results.h"
#include "line/unchanged.h"
#include "format/text/image_name.h"

static void build_summarise(const struct chain *c, struct build_result *out)
{
	const struct image *img = &chain_top(c)->image;

	out->layers += img->layers.v.n;
	out->size += img->config.n + img->manifest.n;
	for (size_t i = 0; i < img->layers.v.n; i++)
		out->size += img->layers.v.v[i].size;
	for (size_t i = 0; i < c->tree.n; i++) {
		const char *path = c->tree.v[i]->path;

		out->files += c->tree.v[i]->type == NODE_FILE;
		out->packages += strncmp(path, "var/lib/dpkg/status.d/", 22) == 0 &&
				 !str_ends(str_of(path), STR(".md5sums"));
	}
}

static bool make_once(struct arena *a, const struct build_order *o, struct chain *c,
		      struct error *e)
{
	bool ok;

	c->ahead = base_ahead_new(o, c);
	ok = chain_fetch(a, o, c, e) && stages_make(a, o, c, e);
	base_ahead_end(c->ahead);
	c->ahead = NULL;
	return ok;
}

/* Once more, when a library was on no mirror any more that nobody had asked for until then. */
static bool make_again(struct arena *a, const struct build_order *o, struct chain *c,
		       struct error *e)
{
	struct strings gone = c->gone;

	if (gone.n == 0)
		return false;
	err_clear(e);
	chain_reset(a, c);
	return chain_replace(a, o, c, &gone, e) && make_once(a, o, c, e);
}

static bool build_chain(struct arena *a, const struct build_order *o, struct chain *c,
			struct error *e)
{
	struct depends_report depends;
	struct compositions all;

	progress_subject(o->progress, "%s %s", recipe_title(a, chain_top(c)->recipe),
			 c->platform->name);
	if (!make_once(a, o, c, e) && !make_again(a, o, c, e))
		return false;
	all = chain_compositions(a, c);
	if (!depends_check(a, &all, &depends, e))
		return false;
	compose_note_opened(a, &chain_top(c)->composition);
	depends_warn(a, o->progress, &depends);
	return true;
}

/* The first package of `x` that `y` has of another source version, or NULL. */
static const struct locked_package *find_differing(const struct lock *x, const struct lock *y)
{
	for (size_t i = 0; i < x->packages.n; i++) {
		const struct locked_package *p = &x->packages.v[i];
		const struct locked_package *q = lock_package(y, p->name);

		if (q && !lock_is_tool(x, p) &&
		    (package_has_role(p, "image") || package_has_role(p, "library")) &&
		    strcmp(p->source_version, q->source_version) != 0)
			return p;
	}
	return NULL;
}

/* An image for two platforms is one thing: both parts should have the same security updates. */
static void warn_states(const struct build_order *o, const struct chain *first,
			const struct chain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct lock *x = &first->v[i].lock, *y = &c->v[i].lock;
		const struct locked_package *p = find_differing(x, y);

		if (p)
			progress_warn(o->progress,
				      "%s has %s %s, %s has %s; imgbuild update %s moves both",
				      x->file, p->name, p->version, y->file,
				      lock_package(y, p->name)->version,
				      recipe_asked(c->v[i].recipe));
	}
}

static bool wrap_platform(const struct chains *all, size_t i, struct error *e)
{
	return all->n == 1 ? false : err_wrap(e, "%s", all->v[i].platform->name);
}

/* The locks, and after them what writes the layers: making a lock may pin that, too. */
static bool prepare_chains(struct arena *a, const struct build_order *o, struct chains *all,
			   struct pinned *pinned, struct build_result *out, struct error *e)
{
	for (size_t i = 0; i < all->n; i++) {
		bool done;

		progress_work_begin(o->progress, "lock", NULL);
		done = chain_get_locks(a, o, &all->v[i], e);
		progress_work_end(o->progress, 0);
		if (!done)
			return wrap_platform(all, i, e);
	}
	if (!pinned_open(a, o, chain_top(&all->v[0])->recipe, pinned, e))
		return false;
	for (size_t i = 0; i < all->n; i++) {
		all->v[i].compressor = &pinned->compressor;
		all->v[i].decoder.xz = &pinned->xz;
	}
	out->compressors = pinned->used;
	out->substituted = pinned->lacking;
	return true;
}

static bool build_chains(struct arena *a, const struct build_order *o, struct chains *all,
			 struct pinned *pinned, struct image *img, struct build_result *out,
			 struct error *e)
{
	const struct image **parts = arena_array(a, all->n, sizeof(*parts));

	if (!prepare_chains(a, o, all, pinned, out, e))
		return false;
	for (size_t i = 0; i < all->n; i++) {
		if (!build_chain(a, o, &all->v[i], e))
			return wrap_platform(all, i, e);
		parts[i] = &chain_top(&all->v[i])->image;
		warn_states(o, &all->v[0], &all->v[i]);
	}
	image_join(a, parts, all->n, img);
	if (!chains_publish(a, o, all, img, out, e))
		return false;
	out->manifest = img->manifest_digest;
	for (size_t i = 0; i < all->n; i++)
		build_summarise(&all->v[i], out);
	return true;
}

/* What would be refused at the end is refused before the work. */
static bool check_results(struct arena *a, const struct build_order *o, const struct recipe *r,
			  const char *output, struct error *e)
{
	if (!image_name_check(stage_image_name(a, o, r, true), e)) {
		if (o->tag)
			e->kind = ERR_USAGE; /* the command line's mistake, not the recipe's */
		return false;
	}
	return image_check_layout(output, e) &&
	       (!o->archive || strcmp(o->archive, "-") == 0 || image_check_archive(o->archive, e));
}

static bool make_output_folder(struct arena *a, const char *output, struct error *e)
{
	const char *dir = path_dir(a, output);

	return !dir[0] || file_mkdirs(AT_FDCWD, dir, e);
}

static bool locks_exist(struct arena *a, const struct platform *p, const struct recipe *r)
{
	struct stat st;

	return stat(recipe_lock_path(a, r, p), &st) == 0 &&
	       (!r->base || locks_exist(a, p, r->base));
}

/* An image for another platform does not take the place of the usual one. */
static const char *build_output_folder(struct arena *a, const struct build_order *o,
				       const struct recipe *r)
{
	const struct platform *p = o->platforms.v[0];

	const char *own = r->variant ? arena_printf(a, "%s-%s", r->name, r->variant) : r->name;

	if (o->platforms.n > 1 || p == platform_of_compilers())
		return arena_printf(a, "out/%s", own);
	return arena_printf(a, "out/%s-%s", own, p->machine->oci);
}

/* The recipe, and whether it may be built as ordered. */
static bool load_recipe(struct arena *a, const struct build_order *o, struct recipe *r,
			bool *have_locks, struct error *e)
{
	const struct recipe_opening opening = { o->recipe, o->variant, o->data,
						o->memo ? &o->memo->recipes : NULL };

	*have_locks = true;
	if (!recipe_load_with(a, &opening, r, e) || !recipe_read_tags(a, r, e))
		return false;
	if (o->one && r->variants.n)
		return err_set(
			e, ERR_USAGE,
			"build: -o, --archive, --tag and --against go with one image only, and "
			"%s has variants, too; say which with --variant %s or --variant %s",
			r->name, VARIANT_PLAIN, r->variants.v[0]->variant);
	for (size_t i = 0; i < o->platforms.n; i++) {
		if (!recipe_check_platform(a, r, o->platforms.v[i], e))
			return false;
		*have_locks &= locks_exist(a, o->platforms.v[i], r);
	}
	return true;
}

/* What decided a build, before and after it. */
struct build_decision {
	struct history_inputs in;
	struct digest inputs, key;
	int64_t started; /* seconds since the epoch */
	bool stable;	 /* nothing changed while it was built from */
};

/* 1 when the image is there already and out says so. */
static int find_unchanged(struct arena *a, const struct build_order *o, const struct recipe *r,
			  struct build_decision *d, struct build_result *out, struct error *e)
{
	int found;

	if (!unchanged_key(a, o, r, &d->inputs, &d->in, &d->key, e))
		return -1;
	found = unchanged_find(a, o, &d->key, out, e);
	return found > 0 && !changes_image(o, r, out, &d->in, e) ? -1 : found;
}

/* Files that somebody changed while they were built from are in no state that can be named. */
static bool decision_look_again(struct arena *a, const struct build_order *o,
				const struct recipe *r, const struct build_decision *before,
				struct build_decision *after, struct error *e)
{
	if (!unchanged_inputs(a, o, r, &after->in, &after->inputs, e))
		return false;
	after->stable = digest_eq(&after->inputs, &before->inputs);
	return true;
}

/* The last step: where it is noted, the next run looks at nothing. */
static bool note_unchanged(struct arena *a, const struct build_order *o, const struct recipe *r,
			   struct build_decision *d, const struct image *img,
			   const struct build_result *out, struct error *e)
{
	if (!d->stable)
		return true;
	return unchanged_key(a, o, r, &d->inputs, &d->in, &d->key, e) &&
	       changes_image(o, r, out, &d->in, e) &&
	       (out->rejected || out->substituted || unchanged_note(a, o, &d->key, img, out, e));
}

/* What the images' parts of locks have been told belongs into the locks. */
static void join_notes(const struct chain *c)
{
	for (size_t i = 0; i < c->n; i++) {
		struct lock whole = *c->locks.v[i].now; /* the packages are shared */

		lock_take_notes(&whole, &c->v[i].lock);
	}
}

/* An image came of them. */
static bool note_locks(struct arena *a, const struct build_order *o, const struct chains *all,
		       struct error *e)
{
	for (size_t i = 0; i < all->n; i++) {
		if (!relock_succeeded(a, o->store, &all->v[i].locks, e))
			return false;
		join_notes(&all->v[i]);
		if (!o->locked)
			relock_note(a, &all->v[i].locks, o->progress);
	}
	return true;
}

/* What nobody can name is not told. */
static bool note_provenance(struct arena *a, const struct build_order *o,
			    const struct build_decision *d, const struct provenance_of *of,
			    struct error *e)
{
	if (of->result->rejected)
		return true;
	if (!d->stable)
		progress_warn(o->progress,
			      "files of %s changed while it was built: its provenance is not "
			      "written; build it again",
			      of->result->name);
	return !d->stable || provenance_write(a, o, of, e) ||
	       err_wrap(e, "provenance of %s", of->result->name);
}

bool build_image(struct arena *a, const struct build_order *o, struct build_result *out,
		 struct error *e)
{
	struct recipe r = { 0 };
	AUTO_PINNED pinned = PINNED_INIT; /* what decodes packages needs it to the end */
	struct chains all = { 0 };
	struct image img = { 0 };
	struct build_decision d = { .started = (int64_t)time(NULL) }, after = { 0 };
	bool have_locks, ok;
	int found;

	if (o->memo)
		run_memo_trim(o->memo);
	if (!load_recipe(a, o, &r, &have_locks, e))
		return false;
	*out = (struct build_result){ .name = recipe_title(a, &r), .output = o->output };
	for (size_t i = 0; i < r.variants.n; i++)
		*list_push(a, &out->variants) = r.variants.v[i]->variant;
	if (!out->output) {
		out->output = build_output_folder(a, o, &r);
		if (o->memo && !made_outputs_add(&o->memo->outputs, out->output, o->recipe, e))
			return false;
	}
	if (!check_results(a, o, &r, out->output, e))
		return false;
	if (!unchanged_inputs(a, o, &r, &d.in, &d.inputs, e))
		return false;
	/* data about vulnerabilities make another verdict of the same image */
	if (have_locks && !o->archive && !o->cve) {
		found = find_unchanged(a, o, &r, &d, out, e);
		if (found)
			return found > 0 && shared_results_note(a, o, &r, e);
	}
	chains_open(a, o, &r, &all);
	ok = make_output_folder(a, out->output, e) &&
	     build_chains(a, o, &all, &pinned, &img, out, e);
	ok = ok && (out->rejected || note_locks(a, o, &all, e)) &&
	     decision_look_again(a, o, &r, &d, &after, e) &&
	     note_provenance(a, o, &after, &(struct provenance_of){ &all, &img, out, d.started },
			     e) &&
	     note_unchanged(a, o, &r, &after, &img, out, e);
	chains_close(&all);
	return ok;
}
