/* SPDX-License-Identifier: Apache-2.0 */
/* A source becomes a fragment: from the store, or by compiling it. */

#include "make/compile/compile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make/compile/build_remains.h"
#include "make/compile/compile_key.h"
#include "make/compile/compile_turn.h"
#include "make/compile/dependency_layout.h"
#include "make/compile/incremental.h"
#include "make/compile/kept_cache.h"
#include "make/compile/kept_tree.h"
#include "make/compile/launcher.h"
#include "make/compile/local_files.h"
#include "make/compile/toolchain_root.h"
#include "make/compile/sandbox.h"
#include "make/compile/compile_steps.h"
#include "make/compile/source_folder.h"
#include "make/compile/source_signature.h"
#include "make/compile/source_states.h"
#include "make/compile/workplace.h"

static const struct variable fixed_environment[] = {
	{ "PATH", "/usr/sbin:/usr/bin" },
	{ "HOME", "/build" },
	{ "LC_ALL", "C.UTF-8" },
	{ "TZ", "UTC0" },
	{ "SOURCE_DATE_EPOCH", "1" },
	{ "TERM", "dumb" },
	{ "USER", "build" },
};

/* What comes later wins. */
static void fill_environment(struct arena *a, const struct compile_request *rq, struct sandbox *box)
{
	const struct source_recipe *s = rq->source;
	const struct cross *cross = toolchain_cross(s->toolchain, compile_platform(rq->lock));

	for (size_t i = 0; i < ARRAY_SIZE(fixed_environment); i++)
		*list_push(a, &box->env) = fixed_environment[i];
	list_append(a, &box->env, &s->toolchain->env);
	for (size_t i = 0; cross && i < cross->env.n; i++)
		*list_push(a, &box->env) = cross->env.v[i];
	dependencies_set_env(a, s, &box->env);
	list_append(a, &box->env, &s->env);
}

/* Source files are mounted from the store, after they have been verified there. */
static bool mount_sources(struct arena *a, const struct compile_request *rq, struct sandbox *box,
			  struct error *e)
{
	const struct locked_source *s = lock_source(rq->lock, rq->source->name);

	for (size_t i = 0; s && !locked_source_is_dependencies(s) && i < s->files.n; i++) {
		const struct locked_file *f = &s->files.v[i];
		AUTO_FD fd = -1;
		int got = store_open_blob(rq->store, &f->sha256, f->size, &fd, e);

		if (got < 0)
			return false;
		if (got == 0)
			return err_set(e, ERR_SYSTEM, "%s is not in the store; run imgbuild fetch",
				       f->name);
		if (!source_signature_check(a, &rq->source->signature, fd, f->name, e))
			return false;
		*list_push(a, &box->sources) = (struct sandbox_mount){
			arena_printf(a, "%s/blobs/sha256/%s", rq->store->path,
				     digest_hex_dup(a, &f->sha256)),
			f->name,
		};
	}
	return true;
}

/* Copies: the build's user may not be able to read what stands in the repository. */
static bool mount_patches(struct arena *a, const struct source_recipe *s, const struct workplace *w,
			  struct sandbox *box, struct error *e)
{
	AUTO_FD patches = file_open_dir(w->dir.fd, "patches", e);

	if (patches < 0)
		return false;
	for (size_t i = 0; i < s->patches.n; i++) {
		const char *name = path_base(s->patches.v[i]);

		if (!local_copy(s->patches.v[i], patches, e))
			return false;
		*list_push(a, &box->sources) = (struct sandbox_mount){
			arena_printf(a, "%s/patches/%s/%s", w->path, name, name), name
		};
	}
	return true;
}

/* The files of a source's folder, and what stays of its builds. */
struct brought {
	struct source_files files;
	struct kept_tree tree;
	struct kept_cache cache;
};
#define BROUGHT_INIT { .tree = KEPT_TREE_INIT, .cache = KEPT_CACHE_INIT }

static void brought_close(struct brought *b)
{
	kept_cache_close(&b->cache);
	kept_tree_close(&b->tree);
}
#define AUTO_BROUGHT __attribute__((cleanup(brought_close))) struct brought

/* Into the workplace, unless the last build's folder is there. */
static bool copy_folder(struct arena *a, const struct compile_request *rq, int src,
			struct brought *b, struct error *e)
{
	if (!source_folder_list(a, rq->source, &b->files, e) ||
	    !kept_cache_open(a, rq, &b->files, &b->cache, e) ||
	    (kept_tree_serves(rq) && !kept_tree_open(a, rq, &b->files, &b->tree, e)))
		return false;
	return b->tree.path || source_folder_copy(&b->files, src, b->cache.times, e);
}

static bool copy_trees(struct arena *a, const struct compile_request *rq, int workplace,
		       struct brought *b, struct error *e)
{
	const struct source_recipe *s = rq->source;
	AUTO_FD src = file_open_dir(workplace, "src", e);

	if (src < 0 || !copy_folder(a, rq, src, b, e))
		return false;
	for (size_t i = 0; i < s->trees.n; i++) {
		if (!local_copy(s->trees.v[i], src, e))
			return false;
	}
	return true;
}

static bool copy_image_file(const struct node *n, int out, struct error *e)
{
	AUTO_MAPPING m = { 0 };
	AUTO_ARENA a = { 0 };

	return node_map(n, &m, e) && file_mkdirs(out, path_dir(&a, n->path), e) &&
	       file_write(out, n->path, 0644, m.bytes, e);
}

/* Files of the image stand where the results go: what is made of one is put beside it. */
static bool copy_image(const struct composed_files *files, int workplace, struct error *e)
{
	AUTO_FD out = file_open_dir(workplace, "out", e);

	if (out < 0)
		return false;
	list_each(n, files) {
		if (!copy_image_file(*n, out, e))
			return err_wrap(e, "/%s", (*n)->path);
	}
	return true;
}

/* What was copied is what the key was made of: somebody may be at work in the folder. Files that
 * have been changed and changed back have other times. */
static bool check_steady(const struct compile_request *rq, const struct digest *key,
			 struct str copied, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct digest now;
	struct str text, states;

	if (!compile_key_text(&a, rq, &text, e) || !source_states(&a, rq->source, &states, e))
		return false;
	now = digest_of(text);
	return (digest_eq(&now, key) && str_eq(states, copied)) ||
	       err_set(e, ERR_SYSTEM,
		       "%s changed while it was being copied; run imgbuild again (a file that "
		       "grows, such as a log, belongs elsewhere, or into .gitignore)",
		       source_states_differ(&a, copied, states));
}

/* The result's folders exist where install steps expect them, also for a lone compiler call. */
static bool make_parents(const struct source_recipe *s, int workplace, struct error *e)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < s->keep.n; i++) {
		const char *keep = s->keep.v[i].text;

		if (strpbrk(keep, "*?[") || keep[0] != '/')
			continue;
		if (!file_mkdirs(workplace, arena_printf(&a, "out%s", path_dir(&a, keep)), e))
			return false;
	}
	return true;
}

/* A step fails also where sandboxes cannot be had: then that is what is wrong. */
static bool blame_sandbox(struct error *e)
{
	struct error why = { 0 };

	if (!sandbox_check(&why))
		*e = why;
	return false;
}

/* A step that says that it failed has come to its end, too. */
static bool compile_run_steps(const struct compile_request *rq, const struct sandbox *box,
			      const char *log, const struct kept_tree *tree, struct error *e)
{
	bool ok = steps_run(rq, box, log, e);

	if (ok || e->kind == ERR_INPUT)
		kept_tree_note(tree);
	return ok;
}

/* For who mends the recipe: what is wrong is of no concern to a sandbox that cannot be had. */
static void compile_leave(const struct compile_request *rq, const struct workplace *w,
			  const struct compile_turn *turn, const struct error *e)
{
	struct build_remains *r = rq->options->remains;

	if (r && e->kind == ERR_INPUT)
		build_remains_take(r, w->dir.fd, turn->path);
}

static bool compile_collect(const struct compile_request *rq, const struct workplace *w,
			    const struct digest *key, const struct compile_turn *turn,
			    struct error *e)
{
	AUTO_FD out = file_open_own_dir(w->dir.fd, "out", e);

	if (out >= 0 && fragment_collect(rq->store, out, rq->source, key, e))
		return true;
	compile_leave(rq, w, turn, e);
	return false;
}

/* *reused: in the folder that an earlier build has left. */
static bool compile_in_sandbox(struct arena *a, const struct compile_request *rq,
			       const struct digest *key, const struct compile_turn *turn,
			       bool *reused, struct error *e)
{
	AUTO_WORKPLACE own = WORKPLACE_INIT;
	struct workplace *w = rq->workplace ? rq->workplace : &own;
	AUTO_BROUGHT with = BROUGHT_INIT;
	struct compile_request run = *rq;
	struct sandbox box = { .limits = rq->source->limits, .log = turn->log, .stop = rq->stop };
	struct digest root;
	struct str states;
	bool ok;

	/* before much is unpacked for nothing */
	if ((!root_is_there(rq) && !sandbox_check(e)) || !root_get(a, rq, &box.root, e) ||
	    !source_states(a, rq->source, &states, e) || !workplace_open(a, rq->store, w, e) ||
	    !mount_sources(a, rq, &box, e) || !mount_patches(a, rq->source, w, &box, e) ||
	    !copy_trees(a, rq, w->dir.fd, &with, e) || !copy_image(&rq->image, w->dir.fd, e) ||
	    !dependencies_lay_out(rq, w->dir.fd, e) || !check_steady(rq, key, states, e) ||
	    !make_parents(rq->source, w->dir.fd, e))
		return false;
	if (ftruncate(turn->log, 0) < 0)
		return err_sys(e, "write the log %s", turn->path);
	fill_environment(a, rq, &box);
	if (!incremental_enter(a, rq, w->dir.fd, with.cache.place.ours, &box, e))
		return false;
	if (rq->options->launcher && (!root_key(rq->lock, rq->source, &root, e) ||
				      !launcher_enter(a, rq, &root, with.tree.reused, &box, e)))
		return false;
	box.build = w->path;
	box.tree = with.tree.path;
	run.tried_again = *reused = with.tree.reused;
	ok = compile_run_steps(&run, &box, turn->path, &with.tree, e);
	if (fchmod(w->dir.fd, 0700) < 0) /* the build may have closed it to us */
		return ok && err_sys(e, "open the build folder %s", w->path);
	if (!ok)
		compile_leave(rq, w, turn, e);
	return ok ? compile_collect(rq, w, key, turn, e) : blame_sandbox(e);
}

/* What a source is compiled from, for its history. */
struct recollection {
	struct history history;
	struct history_step step;
	struct history_inputs inputs;
};

static bool compile_recollect(struct arena *a, const struct compile_request *rq,
			      struct str key_text, struct recollection *r, struct error *e)
{
	const struct platform *p = compile_platform(rq->lock);

	*r = (struct recollection){
		.history = { .store = rq->store,
			     .progress = rq->progress,
			     .explain = rq->options->explain },
		.step = { "compile", rq->source->file, p ? p->name : rq->lock->architecture,
			  rq->source->name },
	};
	return compile_inputs(a, rq, key_text, &r->inputs, e);
}

static bool compile_find(struct arena *a, const struct compile_request *rq, bool *cached,
			 struct error *e)
{
	struct fragment f;
	struct digest key;
	int got;

	if (!compile_key_digest(a, rq, &key, e))
		return false;
	got = fragment_open(a, rq->store, &key, &f, e);
	*cached = got > 0;
	if (got > 0)
		fragment_close(&f);
	return got >= 0;
}

/* What was compiled without caches is better than what was compiled with them. */
bool compile_is_cached(struct arena *a, const struct compile_request *rq, bool *cached,
		       struct error *e)
{
	const struct compile_options options = incremental_off(rq);
	struct compile_request proper = *rq;

	proper.options = &options;
	if (!compile_find(a, &proper, cached, e))
		return false;
	return *cached || !incremental_serves(rq) || compile_find(a, rq, cached, e);
}

bool compile_has_tools(const struct compile_request *rq)
{
	struct compile_options options = *rq->options;
	struct compile_request with = *rq;

	options.launcher = incremental_launcher(rq);
	with.options = &options;
	return root_is_there(&with);
}

/* Where a build that an earlier one has left its folder fails, it may be the folder's fault ("mkdir
 * build"): then it is of no use. */
static bool compile_try(struct arena *a, const struct compile_request *rq, const struct digest *key,
			const struct compile_turn *turn, struct error *e)
{
	struct compile_request afresh = *rq;
	bool reused = false;

	if (compile_in_sandbox(a, rq, key, turn, &reused, e))
		return true;
	if (!reused || (rq->stop && atomic_load(rq->stop)))
		return false;
	err_clear(e);
	afresh.afresh = true;
	if (!compile_in_sandbox(a, &afresh, key, turn, &reused, e))
		return false;
	kept_tree_forget(a, rq);
	return true;
}

/* Compiles, unless another imgbuild on the same store has just done so. */
static bool compile_anew(struct arena *a, const struct compile_request *rq,
			 const struct digest *key, const struct recollection *r,
			 struct fragment *out, struct error *e)
{
	const char *name = rq->source->name;
	struct compile_options options = *rq->options;
	struct compile_request with = *rq;
	AUTO_COMPILE_TURN turn = COMPILE_TURN_INIT;
	int got = 0;

	with.options = &options;
	if (!compile_take_turn(a, rq, key, &turn, e))
		return false;
	if (turn.waited)
		got = fragment_open(a, rq->store, key, out, e);
	if (got != 0)
		return got > 0 && history_tell(&r->history, &r->step, &r->inputs, NULL, true, e);
	if (!history_tell(&r->history, &r->step, &r->inputs, NULL, false, e))
		return false;
	progress_begin(rq->progress, name, "compiling %s", name);
	options.incremental = incremental_serves(rq);
	options.launcher = incremental_launcher(rq);
	if (options.launcher && !launcher_is_there(a, &with))
		options.launcher = NULL;
	if (!compile_try(a, &with, key, &turn, e))
		return false;
	progress_end(rq->progress, name, false, "compiled %s", name);
	got = fragment_open(a, rq->store, key, out, e);
	out->cached = false;
	return got > 0 || (got == 0 && err_set(e, ERR_SYSTEM, "%s vanished from the store", name));
}

static void warn_unused(const struct compile_request *rq, const char *key, const struct globs *l,
			const struct fragment_unused *unused)
{
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; i < unused->n; i++) {
		if (unused->v[i] < l->n)
			progress_warn(rq->progress,
				      "%s: %s: pattern \"%s\" matches nothing that the build of %s "
				      "installs",
				      place_format(&a, &l->v[unused->v[i]].at), key,
				      l->v[unused->v[i]].text, rq->source->name);
	}
}

/* With one key: the store's result, or a new one if `anew`. 1, 0 when there is none, -1. */
static int compile_by_key(struct arena *a, const struct compile_request *rq, bool anew,
			  struct fragment *out, struct error *e)
{
	struct recollection r;
	struct digest key;
	struct str text;
	int got;

	if (!compile_key_text(a, rq, &text, e) || !compile_recollect(a, rq, text, &r, e))
		return -1;
	key = digest_of(text);
	got = fragment_open(a, rq->store, &key, out, e);
	if (got < 0 || (got == 0 && !anew))
		return got;
	if (got == 0 && !compile_anew(a, rq, &key, &r, out, e))
		return -1;
	if ((got > 0 && !history_tell(&r.history, &r.step, &r.inputs, NULL, true, e)) ||
	    !history_note(&r.history, &r.step, &r.inputs, NULL, e)) {
		fragment_close(out);
		return -1;
	}
	/* others are not given what came out of this machine's caches */
	if (rq->options->used && !incremental_serves(rq))
		rq->options->used(rq->options->used_ctx, rq, &key, out);
	return 1;
}

/* What was compiled without caches is taken first, also by who asks for them. */
bool compile_source(struct arena *a, const struct compile_request *rq, struct fragment *out,
		    struct error *e)
{
	const struct compile_options options = incremental_off(rq);
	struct compile_request proper = *rq;
	bool serves = incremental_serves(rq);
	int got;

	proper.options = &options;
	got = compile_by_key(a, &proper, !serves, out, e);
	if (got == 0)
		got = compile_by_key(a, rq, true, out, e);
	if (got < 0)
		return err_wrap(e, "compile %s", rq->source->name);
	warn_unused(rq, "keep", &rq->source->keep, &out->unused_keep);
	warn_unused(rq, "drop", &rq->source->drop, &out->unused_drop);
	return true;
}
