/* SPDX-License-Identifier: Apache-2.0 */
/* From an image that is ready to one that has been judged and is in its place. */

#include "line/build.h"

#include "line/chain.h"
#include "line/run_memo.h"
#include "transfer/store/store_turn.h"

#include <fcntl.h>
#include <sys/file.h>

static void add_outdated(struct arena *a, const struct chain *c, struct audit_request *req)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct lock *lock = &c->v[i].lock;

		for (size_t k = 0; k < lock->sources.n; k++) {
			const struct locked_source *s = &lock->sources.v[k];

			if (s->warning)
				*list_push(a, &req->outdated) =
					arena_printf(a, "%s; %s is used", s->warning, s->version);
		}
	}
}

/* Does the pattern name a file, and not whatever a folder has? */
static bool glob_names_file(const char *pattern)
{
	const char *base = path_base(pattern);

	return *base && *base != '*';
}

/* The programs that a recipe names: those that it starts, those that it keeps by name, and the
 * packages it lists. */
static void expect_named(struct arena *a, const struct recipe *r, struct audit_expected *out)
{
	const struct strings *started[] = { &r->config.entrypoint, &r->config.cmd,
					    &r->config.health.test };

	for (size_t i = 0; i < ARRAY_SIZE(started); i++) {
		for (size_t k = 0; k < started[i]->n && k < 2; k++)
			*list_push(a, &out->paths) = strchr(started[i]->v[k], '/')
							     ? started[i]->v[k]
							     : arena_printf(a, "/usr/bin/%s",
									    started[i]->v[k]);
	}
	for (size_t i = 0; i < r->components.n; i++) {
		const struct component *c = &r->components.v[i];

		for (size_t k = 0; k < c->keep.n; k++)
			if (glob_names_file(c->keep.v[k].text))
				*list_push(a, &out->paths) = c->keep.v[k].text;
		for (size_t k = 0; k < c->providers.n; k++)
			for (size_t p = 0; p < c->providers.v[k].packages.n; p++)
				*list_push(a, &out->packages) = c->providers.v[k].packages.v[p];
	}
}

static struct audit_limit publish_limit(struct arena *a, const struct budget_limit *l)
{
	return (struct audit_limit){ l->set ? place_format(a, &l->at) : NULL, l->most };
}

/* A base's budget is about the base. */
static void publish_fill_budget(struct arena *a, const struct budget *b, struct audit_budget *out)
{
	enum severity from = SEV_NEVER;

	out->compressed = publish_limit(a, &b->compressed);
	out->layers = publish_limit(a, &b->layers);
	out->packages = publish_limit(a, &b->packages);
	if (b->cve && severity_parse(str_of(b->cve), &from))
		out->cve = (struct audit_limit){ place_format(a, &b->cve_at), from };
}

void build_fill_audit(struct arena *a, const struct recipe *r, struct audit_request *req)
{
	req->policy = r->audit_policy;
	req->recipe = r->file;
	req->accepts_of = r->file;
	for (const struct recipe *one = r; one; one = one->base) {
		for (size_t i = 0; i < one->accept.n; i++) {
			const struct accepted_finding *x = &one->accept.v[i];

			*list_push(a, &req->accept) = (struct audit_accept){
				x->rule, x->path, x->reason, x->until, place_format(a, &x->at)
			};
		}
		expect_named(a, one, &req->expected);
	}
	req->expected.where = r->file;
	publish_fill_budget(a, &r->budget, &req->budget);
}

/* What the audit cannot know from the image alone: which files the recipe answers for. */
static void fill_owned(struct arena *a, const struct tree *t, struct audit_request *req)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]->owner->kind != OWNER_PACKAGE)
			*list_push(a, &req->owned) = t->v[i]->path;
	}
}

static bool publish_write_archive(const struct build_order *o, const struct image *img,
				  struct error *e)
{
	struct image formed = *img;

	formed.form = o->form;
	if (!o->archive)
		return true;
	if (strcmp(o->archive, "-") == 0)
		return image_stream_archive(o->store, &formed, o->archive_fd, e);
	return image_write_archive(o->store, &formed, o->archive, e);
}

/* Judges what was written for one platform. */
static bool audit_chain(struct arena *a, const struct build_order *o, const struct chain *c,
			const char *written, struct build_result *out, struct error *e)
{
	struct audit_request req = { .image = written,
				     .platform = c->platform->name,
				     .memo = o->memo ? &o->memo->layers : NULL,
				     .certificates = o->memo ? &o->memo->certificates : NULL,
				     .progress = o->progress };
	struct audit_result *r = list_push(a, &out->audits);

	build_fill_audit(a, chain_top(c)->recipe, &req);
	fill_owned(a, &c->tree, &req);
	add_outdated(a, c, &req);
	if (o->cve)
		req.cve = *o->cve;
	progress_begin(o->progress, "audit", "reading %s again", out->name);
	if (!audit_image(a, &req, r, e))
		return false;
	out->rejected |= audit_failed(r, r->fail_on) || r->over_budget;
	progress_end(o->progress, "audit", false, "%zu findings, %zu accepted",
		     r->findings.n - r->accepted, r->accepted);
	return true;
}

/* The recipe's own tests of files and settings. Commands need a container, which no build needs. */
static bool test_chain(struct arena *a, const struct build_order *o, const struct chain *c,
		       const char *written, struct build_result *out, struct error *e)
{
	const struct recipe *r = chain_top(c)->recipe;
	const struct structure_request req = {
		.image = written,
		.platform = c->platform->name,
		.files = &r->tests,
		.no_commands = "a build runs no containers: imgbuild test does",
		.progress = o->progress
	};
	struct structure_result *t;

	if (r->tests.n == 0)
		return true;
	t = list_push(a, &out->tests);
	progress_begin(o->progress, "test", "testing %s", out->name);
	if (!structure_begin(a, &req, t, e) || !structure_run(a, &req, t, e))
		return false;
	out->rejected |= t->failed > 0;
	progress_end(o->progress, "test", false, "%zu passed, %zu failed, %zu skipped", t->passed,
		     t->failed, t->skipped);
	return true;
}

/* "out/x" of "out/x/". */
static const char *publish_plain_path(struct arena *a, const char *output)
{
	struct str path = str_of(output);

	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return str_dup(a, path);
}

/* "out/x.rejected" beside "out/x" and "out/x/". */
static const char *publish_waiting_place(struct arena *a, const char *output)
{
	return arena_printf(a, "%s.rejected", publish_plain_path(a, output));
}

/* "/srv/out/x", whatever way leads there. */
static const char *publish_real_place(struct arena *a, const char *output)
{
	const char *path = publish_plain_path(a, output), *dir = path_dir(a, path);
	struct error ignored = { 0 };

	if (!file_real_path(a, dir[0] ? dir : ".", &dir, &ignored))
		dir = ".";
	return arena_printf(a, "%s/%s", dir, path_base(path));
}

struct publish_waiting {
	const struct build_order *order;
	const char *name;
};

static void publish_tell_waiting(void *ctx)
{
	const struct publish_waiting *w = ctx;

	progress_note(w->order->progress, "%s waits for another build that writes it", w->name);
}

/* Builds of one image share the place where it waits for its judgement: one goes after the other.
 * Others, beside it in the same folder, do not wait. Where there are no locks, and with another
 * store, whoever comes second fails, and harms nothing. */
static int publish_take_turn(struct arena *a, const struct build_order *o,
			     const struct build_result *out)
{
	struct publish_waiting w = { o, out->name };

	return store_turn_take(o->store, publish_real_place(a, out->output), publish_tell_waiting,
			       &w);
}

/* Held until it is decided what it is: an interruption takes it away (base/interrupt.h). */
static int hold_layout(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)!flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

/* Nobody asked for the name under which an image waits for the audit: "layout out/x.rejected: ..."
 */
static bool name_output(const char *waiting, struct error *e)
{
	char *name = strstr(e->context, waiting), *end = name ? name + strlen(waiting) : NULL;
	size_t suffix = strlen(".rejected");

	if (end)
		memmove(end - suffix, end, strlen(end) + 1);
	return false;
}

static bool publish_write_layout(const struct build_order *o, const struct image *img,
				 const char *path, struct error *e)
{
	bool done;

	progress_work_begin(o->progress, "layout", path);
	done = image_write_layout(o->store, img, path, e);
	progress_work_end(o->progress, 0);
	return done;
}

/* Judges what waits; what may have its place is moved there. */
static bool publish_judged(struct arena *a, const struct build_order *o, const struct chains *all,
			   const char *waiting, struct build_result *out, struct error *e)
{
	for (size_t i = 0; i < all->n; i++) {
		progress_subject(o->progress, "%s %s", out->name, all->v[i].platform->name);
		if (!audit_chain(a, o, &all->v[i], waiting, out, e) ||
		    !test_chain(a, o, &all->v[i], waiting, out, e))
			return false;
	}
	if (!out->rejected)
		return image_move_layout(waiting, out->output, e);
	out->output = waiting;
	return true;
}

bool chains_publish(struct arena *a, const struct build_order *o, const struct chains *all,
		    const struct image *img, struct build_result *out, struct error *e)
{
	const char *waiting = publish_waiting_place(a, out->output);
	AUTO_FD turn = publish_take_turn(a, o, out), held = -1;

	if (o->no_audit)
		return publish_write_layout(o, img, out->output, e) &&
		       publish_write_archive(o, img, e);
	if (!publish_write_layout(o, img, waiting, e))
		return name_output(waiting, e);
	held = hold_layout(waiting);
	if (!publish_judged(a, o, all, waiting, out, e))
		return false;
	fd_closep(&held); /* it waits no more */
	return out->rejected || publish_write_archive(o, img, e);
}
