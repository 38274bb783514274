/* SPDX-License-Identifier: Apache-2.0 */
/* The flow of a build: each line turns the previous result into the next input. */

#include "build/build.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "build/compose.h"
#include "build/made_from.h"
#include "build/unchanged.h"
#include "compile/launcher.h"
#include "lock/make.h"
#include "lock/wants.h"

#define ARCHITECTURE "amd64"

/* A recipe on its way to an image. Bases come first in the chain. */
struct stage {
	const struct recipe *recipe;
	struct lock lock;
	struct composition composition;
	struct compose_order order;
	struct image image;
};

struct chain {
	struct stage *v;
	size_t n;
	struct tree tree;
};

static void chain_close(struct chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		compose_close(&c->v[i].composition);
}

static void chain_open(struct arena *a, const struct recipe *r, struct chain *c)
{
	size_t n = 0;

	for (const struct recipe *one = r; one; one = one->base)
		n++;
	c->v = arena_array(a, n, sizeof(*c->v));
	c->n = n;
	for (const struct recipe *one = r; one; one = one->base) {
		c->v[--n].recipe = one;
		c->v[n].composition = (struct composition)COMPOSITION_INIT;
	}
	tree_init(&c->tree, a);
}

static bool locking(struct arena *a, const struct build_order *o, const struct recipe *r,
		    struct mirrors *mirrors, struct lock_order *out, struct error *e)
{
	*out = (struct lock_order){ .store = o->store, .mirrors = mirrors, .recipe = r,
				    .arch = ARCHITECTURE, .offline = o->offline,
				    .progress = o->progress };
	return mirrors_find(a, o->mirrors, o->mirror_env, r->archive, "/", mirrors, e);
}

/* Makes the lock that is not there yet, as a first `imgbuild lock` would. */
static bool make_lock(struct arena *a, const struct build_order *o, const struct recipe *r,
		      const char *path, struct lock *lock, struct error *e)
{
	struct mirrors mirrors = { 0 };
	struct lock_order order;
	struct buf text = { .a = a };

	progress_note(o->progress, "%s is not there yet: locking", path);
	if (!locking(a, o, r, &mirrors, &order, e) || !lock_make(a, &order, lock, e))
		return false;
	lock->file = path;
	lock_format(lock, &text);
	return file_write_path(path, 0644, buf_str(&text), e);
}

static bool get_lock(struct arena *a, const struct build_order *o, const struct recipe *r,
		     struct lock *lock, struct error *e)
{
	const char *path = recipe_lock_path(a, r->file);
	struct stat st;

	if (!o->locked && stat(path, &st) < 0)
		return make_lock(a, o, r, path, lock, e);
	return lock_load(a, path, lock, e) && lock_check(lock, r, e);
}

static bool get_locks(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	for (struct stage *s = c->v; s < c->v + c->n; s++) {
		if (!get_lock(a, o, s->recipe, &s->lock, e))
			return false;
	}
	return true;
}

/* What the image itself is made of. What only compiling needs is fetched when something has to be
 * compiled: a build whose sources are in the store needs no compiler. */
static bool fetch_image(struct arena *a, const struct build_order *o, struct stage *s,
			struct error *e)
{
	static const char *names[] = { "image", "image-data", "library" };
	const struct strings roles = { names, sizeof(names) / sizeof(names[0]), 0 };
	struct mirrors mirrors = { 0 };
	struct lock_order order;

	return locking(a, o, s->recipe, &mirrors, &order, e) &&
	       lock_obtain(a, &order, &s->lock, &roles, o->locked, e);
}

static bool fetch_toolchains(struct arena *a, const struct build_order *o, struct stage *s,
			     struct error *e)
{
	struct source_list sources = { 0 };
	struct strings roles = { 0 };
	struct mirrors mirrors = { 0 };
	struct lock_order order;

	recipe_sources(a, s->recipe, &sources);
	for (size_t i = 0; i < sources.n; i++) {
		struct compile_request rq = { .store = o->store, .lock = &s->lock, .source = sources.v[i] };
		bool cached = true;

		if (sources.v[i]->debian_source && !lock_source(&s->lock, sources.v[i]->name))
			continue;	/* its provider lost */
		if (!compile_is_cached(a, &rq, &cached, e))
			return false;
		if (!cached) {
			*list_push(a, &roles) = compile_role(a, sources.v[i]);
			if (o->launcher)
				*list_push(a, &roles) = launcher_role(a, sources.v[i]);
			*list_push(a, &roles) = arena_printf(a, "source:%s", sources.v[i]->name);
		}
	}
	strings_unique(&roles);
	return roles.n == 0 ||
	       (locking(a, o, s->recipe, &mirrors, &order, e) &&
		lock_obtain(a, &order, &s->lock, &roles, o->locked, e));
}

static bool fetch_all(struct arena *a, const struct build_order *o, struct chain *c, struct error *e)
{
	for (struct stage *s = c->v; s < c->v + c->n; s++) {
		if (!fetch_image(a, o, s, e) || !fetch_toolchains(a, o, s, e))
			return false;
	}
	return true;
}

/* Two locks of one image must not speak of two versions of a library. */
static void warn_apart(const struct build_order *o, const struct stage *base, const struct stage *s)
{
	for (size_t i = 0; i < s->lock.packages.n; i++) {
		const struct locked_package *p = &s->lock.packages.v[i];
		const struct locked_package *q = lock_package(&base->lock, p->name);

		if (q && package_has_role(p, "library") && package_has_role(q, "image") &&
		    strcmp(p->version, q->version) != 0)
			progress_warn(o->progress,
				      "%s has %s %s, its base has %s; lock both again: imgbuild lock %s %s",
				      s->recipe->name, p->name, p->version, q->version, base->recipe->file,
				      s->recipe->file);
	}
}

static const char *image_name(struct arena *a, const struct build_order *o, const struct recipe *r,
			      bool is_top)
{
	if (!is_top || !o->tag)
		return arena_printf(a, "%s:latest", r->name);
	return strchr(o->tag, ':') ? o->tag : arena_printf(a, "%s:%s", r->name, o->tag);
}

/* The stage's own layers, on those of its base. */
static bool write_layers(struct arena *a, const struct build_order *o, struct tree *tree,
			 struct stage *s, const struct stage *base, struct error *e)
{
	struct layers own = { 0 };
	struct made_from from;

	if (!layer_write_all(a, o->store, tree, &s->composition.layers, s->recipe->compression, &own, e))
		return false;
	for (size_t i = 0; base && i < base->image.layers.v.n; i++)
		*list_push(a, &s->image.layers.v) = base->image.layers.v.v[i];
	for (size_t i = 0; i < own.v.n; i++)
		*list_push(a, &s->image.layers.v) = own.v.v[i];
	s->image.architecture = ARCHITECTURE;
	if (!made_from_now(a, s->recipe, &from, e))
		return false;
	made_from_labels(a, &from, &s->image.record);
	return image_describe(a, s->recipe, base ? &base->image : NULL, &s->image, e);
}

/* Stage by stage: a base's layers are written before what stands on it touches the tree, so they are
 * the same in every image. */
static bool make_images(struct arena *a, const struct build_order *o, struct chain *c,
			struct error *e)
{
	for (struct stage *s = c->v; s < c->v + c->n; s++) {
		const struct stage *base = s > c->v ? s - 1 : NULL;

		s->order = (struct compose_order){ o->store, s->recipe, &s->lock, o->jobs, o->explain,
						   o->progress, o->shell_on_failure, o->launcher,
						   o->makeflags };
		s->image.name = image_name(a, o, s->recipe, s == c->v + c->n - 1);
		if (base)
			warn_apart(o, base, s);
		if (!compose(a, &s->order, &c->tree, &s->composition, e) ||
		    !write_layers(a, o, &c->tree, s, base, e))
			return err_wrap(e, "image %s", s->recipe->name);
	}
	return true;
}

static void summarise(const struct chain *c, struct build_result *out)
{
	const struct image *img = &c->v[c->n - 1].image;

	out->manifest = img->manifest_digest;
	out->layers = img->layers.v.n;
	out->size = img->config.n + img->manifest.n;
	for (size_t i = 0; i < img->layers.v.n; i++)
		out->size += img->layers.v.v[i].size;
	for (size_t i = 0; i < c->tree.n; i++) {
		const char *path = c->tree.v[i]->path;

		out->files += c->tree.v[i]->type == NODE_FILE;
		out->packages += strncmp(path, "var/lib/dpkg/status.d/", 22) == 0 &&
				 !str_ends(str_of(path), STR(".md5sums"));
	}
}

/* What the audit cannot know from the image alone: which files the recipe answers for. */
static void fill_audit(struct arena *a, const struct recipe *r, const struct tree *t,
		       struct audit_request *req)
{
	req->policy = r->audit_policy;
	req->recipe = r->file;
	for (const struct recipe *one = r; one; one = one->base) {
		for (size_t i = 0; i < one->accept.n; i++) {
			const struct accepted_finding *x = &one->accept.v[i];

			*list_push(a, &req->accept) = (struct audit_accept){
				x->rule, x->path, x->reason, x->until, place_format(a, &x->at) };
		}
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]->owner->kind != OWNER_PACKAGE)
			*list_push(a, &req->owned) = t->v[i]->path;
	}
}

static bool write_archive(const struct build_order *o, const struct image *img, struct error *e)
{
	if (!o->archive)
		return true;
	if (strcmp(o->archive, "-") == 0)
		return image_stream_archive(o->store, img, o->archive_fd, e);
	return image_write_archive(o->store, img, o->archive, e);
}

/* Writes the image under a name of its own, judges it there, and only then puts it in its place. */
static bool publish(struct arena *a, const struct build_order *o, const struct chain *c,
		    struct build_result *out, struct error *e)
{
	const struct stage *top = &c->v[c->n - 1];
	const char *waiting = arena_printf(a, "%s.rejected", out->output);
	struct audit_request req = { .image = waiting };

	if (!o->no_audit) {
		fill_audit(a, top->recipe, &c->tree, &req);
		progress_begin(o->progress, "audit", "reading %s again", out->name);
		if (!image_write_layout(o->store, &top->image, waiting, e) ||
		    !audit_image(a, &req, &out->audit, e))
			return false;
		out->rejected = audit_failed(&out->audit, out->audit.fail_on);
		progress_end(o->progress, "audit", false, "%zu findings, %zu accepted",
			     out->audit.findings.n - out->audit.accepted, out->audit.accepted);
		if (out->rejected) {
			out->output = waiting;
			return true;
		}
		if (!image_remove_layout(waiting, e))
			return false;
	}
	return image_write_layout(o->store, &top->image, out->output, e) &&
	       write_archive(o, &top->image, e);
}

static bool build_chain(struct arena *a, const struct build_order *o, struct chain *c,
			struct build_result *out, struct error *e)
{
	if (!(get_locks(a, o, c, e)
	   && fetch_all(a, o, c, e)
	   && make_images(a, o, c, e)
	   && publish(a, o, c, out, e)))
		return false;
	summarise(c, out);
	return true;
}

static bool make_output_folder(struct arena *a, const char *output, struct error *e)
{
	const char *dir = path_dir(a, output);

	return !dir[0] || file_mkdirs(AT_FDCWD, dir, e);
}

static bool locks_exist(struct arena *a, const struct recipe *r)
{
	struct stat st;

	return stat(recipe_lock_path(a, r->file), &st) == 0 && (!r->base || locks_exist(a, r->base));
}

bool build_image(struct arena *a, const struct build_order *o, struct build_result *out,
		 struct error *e)
{
	struct recipe r = { 0 };
	struct chain c = { 0 };
	struct digest key;
	bool have_locks, ok;
	int found;

	if (!recipe_load(a, o->recipe, &r, e))
		return false;
	*out = (struct build_result){ .name = r.name, .output = o->output };
	if (!out->output)
		out->output = arena_printf(a, "out/%s", r.name);
	have_locks = locks_exist(a, &r);
	if (have_locks && !o->archive) {
		if (!unchanged_key(a, o, &r, &key, e))
			return false;
		found = unchanged_find(a, o, &key, out, e);
		if (found)
			return found > 0;
	}
	chain_open(a, &r, &c);
	ok = make_output_folder(a, out->output, e) && build_chain(a, o, &c, out, e);
	if (ok && !out->rejected)
		ok = unchanged_key(a, o, &r, &key, e) &&
		     unchanged_note(a, o, &key, &c.v[c.n - 1].image, out, e);
	chain_close(&c);
	return ok;
}
