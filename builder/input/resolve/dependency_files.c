/* SPDX-License-Identifier: Apache-2.0 */
/* Lock files of cargo, Python and Java have the SHA-256 of files. go.sum and package-lock.json have
 * not: files are fetched once, hashed as Go and npm hash them, and what is found is noted. From
 * then on they are known like all others. */

#include "input/resolve/dependency_files.h"

#include "base/frames.h"
#include "base/jail.h"
#include "base/path.h"
#include "format/archive/go_hash.h"
#include "format/text/base64.h"
#include "format/text/go_sum.h"
#include "input/resolve/cargo_registry.h"
#include "input/resolve/go_proxies.h"
#include "input/resolve/maven_repository.h"
#include "input/resolve/npm_manifest.h"
#include "input/resolve/npm_registry.h"
#include "input/resolve/python_index.h"
#include "transfer/download/fetch.h"
#include "transfer/store/store_content.h"

struct dependency_work {
	struct arena *a;
	const struct archive_state *state;
	const struct source_recipe *source;
	/* one of each for each dependency: */
	struct dependency_offer *offers;
	struct locked_file *files; /* no URL: not found yet */
};

static const char *dependency_label(const struct dependency_work *w, const struct dependency *d)
{
	return arena_printf(w->a, "%s %s", d->name, d->version);
}

/* In the jail: the hash of an archive that somebody serves. */
static bool dependency_hash_child(void *ctx, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct zip *asked = ctx;
	struct digest d;
	struct zip z;

	return zip_open(&a, asked->fd, asked->size, asked->file, &z, e) && go_hash_zip(&z, &d, e) &&
	       out->write(out, (struct str){ (const char *)d.b, sizeof(d.b) }, e);
}

static bool dependency_hash_zip(struct zip *z, struct digest *out, struct error *e)
{
	static const struct jail_limits limits = { .memory = (uint64_t)256 << 20,
						   .cpu_seconds = 300,
						   .wall_seconds = 600 };
	const struct jail_files files = { { z->fd, -1 }, -1, 0 };
	AUTO_ARENA a = { 0 };
	AUTO_JAIL j = { .base.next = NULL };
	struct buf said = { .a = &a, .max = sizeof(out->b) };
	struct buf_sink to;

	buf_sink_init(&to, &said, z->file);
	if (!jail_start(&j, z->file, &limits, &files, dependency_hash_child, z, e) ||
	    !io_copy(&j.base, &to.base, e))
		return false;
	if (said.n != sizeof(out->b))
		return frame_nonsense(e);
	memcpy(out->b, said.p, sizeof(out->b));
	return true;
}

/* 1 it is what go.sum wants, 0 it is not and *found says what it is, -1. */
static int dependency_check_go(const struct dependency_work *w, const struct dependency *d,
			       const struct digest *sha256, uint64_t size, const char **found,
			       struct error *e)
{
	struct zip z = { .file = dependency_label(w, d), .size = size };
	struct error bad = { .kind = ERR_NONE };
	AUTO_FD fd = -1;
	int got = store_open_blob(w->state->order->store, sha256, size, &fd, e);
	struct digest hash;
	bool ok;

	*found = "nothing";
	if (got <= 0)
		return got;
	z.fd = fd;
	ok = str_ends(str_of(d->path), STR(".mod")) ? go_hash_file(fd, "go.mod", &hash, &bad)
						    : dependency_hash_zip(&z, &hash, &bad);
	if (!ok && bad.kind == ERR_SYSTEM) {
		*e = bad;
		return -1;
	}
	*found = ok ? go_sum_hash(w->a, &hash) : arena_printf(w->a, "%s%s", bad.context, bad.cause);
	return ok && digest_eq(&hash, &d->hash);
}

/* As package-lock.json writes it: "sha512-" and base64. */
static const char *dependency_integrity(const struct dependency_work *w,
					const struct content_digest *d)
{
	const struct str bytes = { (const char *)d->b, sizeof(d->b) };

	return arena_printf(w->a, "sha512-%s", base64_encode(w->a, bytes));
}

/* And what is proved is noted, so that the file is found by its SHA-512 again. */
static int dependency_check_npm(const struct dependency_work *w, const struct dependency *d,
				const struct digest *sha256, uint64_t size, const char **found,
				struct error *e)
{
	const struct store *s = w->state->order->store;
	struct content_digest is;
	struct fd_source from;
	AUTO_FD fd = -1;
	int got = store_open_blob(s, sha256, size, &fd, e);

	*found = "nothing";
	if (got <= 0)
		return got;
	fd_source_init(&from, fd, 0, FD_SOURCE_ALL, d->path);
	if (!content_digest_read(&from.base, true, &is, e))
		return -1;
	*found = dependency_integrity(w, &is);
	if (!content_digest_eq(&is, &d->content))
		return 0;
	return store_note_content(s, &is, sha256, e) ? 1 : -1;
}

/* Of a file by its SHA-256, which is known, or by its SHA-512. */
static int dependency_check_python(const struct dependency_work *w, const struct dependency *d,
				   const struct digest *sha256, uint64_t size, const char **found,
				   struct error *e)
{
	struct content_digest is = content_digest_sha256(*sha256);
	struct fd_source from;
	AUTO_FD fd = -1;
	int got;

	*found = content_digest_text(w->a, &is);
	for (size_t i = 0; i < d->hashes.n; i++) {
		if (content_digest_eq(&d->hashes.v[i], &is))
			return 1;
	}
	for (size_t i = 0; i < d->hashes.n; i++) {
		if (!d->hashes.v[i].sha512)
			continue;
		got = store_open_blob(w->state->order->store, sha256, size, &fd, e);
		if (got <= 0)
			return got;
		fd_source_init(&from, fd, 0, FD_SOURCE_ALL, d->path);
		if (!content_digest_read(&from.base, true, &is, e))
			return -1;
		if (content_digest_eq(&d->hashes.v[i], &is))
			return 1;
		fd_closep(&fd);
	}
	return 0;
}

/* The same for any lock file. */
static int dependency_check(const struct dependency_work *w, const struct dependency *d,
			    const struct digest *sha256, uint64_t size, const char **found,
			    struct error *e)
{
	if (w->source->dependencies.form == DEPENDENCY_GO)
		return dependency_check_go(w, d, sha256, size, found, e);
	if (w->source->dependencies.form == DEPENDENCY_NPM)
		return dependency_check_npm(w, d, sha256, size, found, e);
	if (w->source->dependencies.form == DEPENDENCY_PYTHON)
		return dependency_check_python(w, d, sha256, size, found, e);
	*found = digest_hex_dup(w->a, sha256);
	return digest_eq(sha256, &d->hash);
}

static const struct locked_file *dependency_before(const struct dependency_work *w,
						   const struct dependency *d)
{
	const struct lock *old = w->state->order->old;
	const struct locked_source *s = old ? lock_source(old, w->source->name) : NULL;

	for (size_t i = 0; s && locked_source_is_dependencies(s) && i < s->files.n; i++) {
		if (dependency_has_path(d, s->files.v[i].path))
			return &s->files.v[i];
	}
	return NULL;
}

/* Takes what the lock before has, if it is what the lock file wants; of Go and npm only bytes can
 * tell. */
static bool dependency_keep(struct dependency_work *w, size_t i, struct error *e)
{
	const struct dependency *d = &w->source->dependencies.v.v[i];
	const struct locked_file *before = dependency_before(w, d);
	const char *ignored;
	int same;

	if (!before || ((w->source->dependencies.form == DEPENDENCY_GO ||
			 w->source->dependencies.form == DEPENDENCY_NPM) &&
			!store_has_blob(w->state->order->store, &before->sha256, before->size)))
		return true;
	same = dependency_check(w, d, &before->sha256, before->size, &ignored, e);
	if (same > 0)
		w->files[i] = *before;
	return same >= 0;
}

/* What the store has already by its SHA-512 need not be fetched. */
static bool dependency_want_npm(struct dependency_work *w, const struct dependency *d,
				struct want *out, struct error *e)
{
	const struct store *s = w->state->order->store;
	AUTO_FD fd = -1;
	int got = store_open_content(s, &d->content, UINT64_MAX, &fd, e);

	if (got > 0)
		got = store_find_content(s, &d->content, &out->sha256, e);
	out->unknown = got == 0;
	return got >= 0;
}

static bool dependency_want(struct dependency_work *w, size_t i, struct want *out, struct error *e)
{
	const struct dependency *d = &w->source->dependencies.v.v[i];

	*out = (struct want){ .name = dependency_label(w, d),
			      .urls = w->offers[i].addresses,
			      .size = UINT64_MAX,
			      .addressed = true };
	if (w->source->dependencies.form == DEPENDENCY_NPM)
		return dependency_want_npm(w, d, out, e);
	if (w->source->dependencies.form == DEPENDENCY_PYTHON) {
		out->unknown = !w->offers[i].has_sha256;
		out->sha256 = w->offers[i].sha256;
	} else if (w->source->dependencies.form == DEPENDENCY_GO) {
		out->unknown = true;
	} else {
		out->sha256 = d->hash;
	}
	return true;
}

/* Of a file whose digest was known and whose size was not. */
static bool dependency_measure(const struct dependency_work *w, struct want *got, struct error *e)
{
	if (!fetch_measure(w->state->order->store, &got->sha256, got->name, &got->size, e))
		return false;
	if (!got->url)
		got->url = got->urls.v[0];
	return true;
}

/* As the lock file has it. */
static const char *dependency_expected(const struct dependency_work *w, const struct dependency *d)
{
	struct strings all = { NULL, 0, 0 };

	if (w->source->dependencies.form == DEPENDENCY_NPM)
		return dependency_integrity(w, &d->content);
	if (w->source->dependencies.form != DEPENDENCY_PYTHON)
		return go_sum_hash(w->a, &d->hash);
	for (size_t i = 0; i < d->hashes.n; i++)
		*list_push(w->a, &all) = content_digest_text(w->a, &d->hashes.v[i]);
	return strings_join(w->a, &all, " or ");
}

/* What was fetched has to be what the lock file wants. */
static bool dependency_take(struct dependency_work *w, size_t i, struct want *got, struct error *e)
{
	const struct dependencies *l = &w->source->dependencies;
	const struct dependency *d = &l->v.v[i];
	const char *found, *path;
	int same;

	if (got->size == UINT64_MAX && !dependency_measure(w, got, e))
		return false;
	same = dependency_check(w, d, &got->sha256, got->size, &found, e);

	if (same < 0)
		return false;
	if (same == 0) {
		err_set(e, ERR_VERIFY, "%s: expected %s, found %s at %s", dependency_label(w, d),
			dependency_expected(w, d), found, got->url);
		return dependency_fail_at(l, d, e);
	}
	path = w->offers[i].path ? w->offers[i].path : d->path;
	w->files[i] = (struct locked_file){ path, path, got->size, got->sha256, got->url };
	return true;
}

static bool dependency_is_wanted(const struct dependency_work *w, size_t i)
{
	return dependency_is_locked(&w->source->dependencies.v.v[i], w->state->order->platform);
}

/* Those that are not found yet: *of[i] is the dependency of wants[i]. */
static size_t dependencies_missing(struct dependency_work *w, size_t *of)
{
	size_t n = 0;

	for (size_t i = 0; i < w->source->dependencies.v.n; i++) {
		if (!w->files[i].url && dependency_is_wanted(w, i))
			of[n++] = i;
	}
	return n;
}

static bool dependencies_find_addresses(struct dependency_work *w, const size_t *of, size_t n,
					struct error *e)
{
	switch (w->source->dependencies.form) {
	case DEPENDENCY_GO:
		return go_addresses(w->a, w->source, of, n, w->offers, e);
	case DEPENDENCY_PYTHON:
		return python_offers(w->a, w->source, w->state->order->platform, of, n, w->offers,
				     w->state->order->progress, e);
	case DEPENDENCY_NPM:
		return npm_addresses(w->a, w->source, of, n, w->offers, e);
	case DEPENDENCY_MAVEN:
		return maven_addresses(w->a, w->source, of, n, w->offers, e);
	default:
		return cargo_addresses(w->a, w->source, w->offers, e);
	}
}

static bool dependencies_fetch(struct dependency_work *w, const size_t *of, size_t n,
			       struct error *e)
{
	const struct lock_order *o = w->state->order;
	const struct dependencies *l = &w->source->dependencies;
	struct want *wants = arena_array(w->a, n, sizeof(*wants));

	if (o->offline)
		return err_set(
			e, ERR_NETWORK,
			"%s of %s is not locked yet, and --offline forbids fetching; run once "
			"without --offline",
			dependency_label(w, &l->v.v[of[0]]), l->file);
	if (!dependencies_find_addresses(w, of, n, e))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!dependency_want(w, of[i], &wants[i], e))
			return false;
	}
	if (!fetch_wants(o->store, wants, n, false, o->progress, e)) {
		for (size_t i = 0; i < n; i++) {
			if (wants[i].blamed)
				dependency_fail_at(l, &l->v.v[of[i]], e);
		}
		return err_wrap(e, "dependencies of %s", w->source->name);
	}
	for (size_t i = 0; i < n; i++) {
		if (!dependency_take(w, of[i], &wants[i], e))
			return false;
	}
	return true;
}

/* npm ends with EBADPLATFORM there. */
static bool dependencies_check_platform(const struct dependency_work *w, struct error *e)
{
	const struct dependencies *l = &w->source->dependencies;
	const struct platform *p = w->state->order->platform;
	const struct npm_entry *x = dependencies_misfit(l, p);

	if (l->only_line && !platforms_have(&l->only, p)) {
		err_set(e, ERR_INPUT,
			"%s is not for %s, as it says here: lock it for that, too, with %s",
			path_base(l->file), p->name, l->again);
		return err_at(e, l->file, l->only_line, 1);
	}
	if (!x)
		return true;
	err_set(e, ERR_INPUT,
		"%s %s is not for %s (os: %s; cpu: %s; libc: %s), and the lock file does not say that "
		"it is optional",
		x->name, x->version, p->name, x->os.n ? strings_join(w->a, &x->os, ", ") : "any",
		x->cpu.n ? strings_join(w->a, &x->cpu, ", ") : "any",
		x->libc.n ? strings_join(w->a, &x->libc, ", ") : "any");
	return err_at(e, l->file, x->line, 1);
}

/* Most such scripts compile what the package's file has ready-made; some fetch. */
static void dependencies_tell_scripts(const struct dependency_work *w)
{
	const struct dependencies *l = &w->source->dependencies;
	struct strings names = { NULL, 0, 0 };

	list_each(x, &l->entries) {
		if (x->scripts && dependencies_want_entry(l, x, w->state->order->platform) &&
		    !strings_has(&names, x->name))
			*list_push(w->a, &names) = x->name;
	}
	if (names.n)
		progress_note_list(
			w->state->order->progress,
			arena_printf(
				w->a,
				"%s: install scripts are never run; these packages have one: %s",
				l->file, strings_join(w->a, &names, ", ")));
}

/* A source without any file would not be in the lock; so one whose packages are all for others
 * keeps them. */
static bool dependencies_leave_out(const struct dependency_work *w, struct locked_source *out,
				   struct error *e)
{
	const struct dependencies *l = &w->source->dependencies;
	struct locked_source now = *out;
	struct strings gone = { NULL, 0, 0 };
	bool bare = false;

	list_each(x, &l->entries)
		bare = bare || (x->bare && x->optional);
	if (!bare)
		return true;
	now.files.v = arena_array(w->a, out->files.n + 1, sizeof(*now.files.v));
	if (out->files.n)
		memcpy(now.files.v, out->files.v, out->files.n * sizeof(*now.files.v));
	if (!npm_manifests_leave_out(w->a, w->state->order->store, l, w->state->order->platform,
				     &now, &gone, e))
		return err_wrap(e, "dependencies of %s", w->source->name);
	if (!now.files.n || !gone.n)
		return true;
	*out = now;
	progress_note_list(
		w->state->order->progress,
		arena_printf(
			w->a,
			"%s: packages for other platforms are left out, with what only they need: %s",
			l->file, strings_join(w->a, &gone, ", ")));
	return true;
}

bool dependencies_lock(struct arena *a, const struct archive_state *s,
		       const struct source_recipe *r, struct locked_source *out, struct error *e)
{
	static const char *const formats[DEPENDENCY_FORMS] = { [DEPENDENCY_GO] = LOCK_GO,
							       [DEPENDENCY_CARGO] = LOCK_CARGO,
							       [DEPENDENCY_NPM] = LOCK_NPM,
							       [DEPENDENCY_PYTHON] = LOCK_PYTHON,
							       [DEPENDENCY_MAVEN] = LOCK_MAVEN };
	struct dependency_work w = { .a = a, .state = s, .source = r };
	size_t all = r->dependencies.v.n, n;
	size_t *of = arena_array(a, all + 1, sizeof(*of));

	if (!dependencies_check_platform(&w, e))
		return false;
	dependencies_tell_scripts(&w);
	w.files = arena_array(a, all + 1, sizeof(*w.files));
	w.offers = arena_array(a, all + 1, sizeof(*w.offers));
	for (size_t i = 0; i < all; i++) {
		if (dependency_is_wanted(&w, i) && !dependency_keep(&w, i, e))
			return false;
	}
	n = dependencies_missing(&w, of);
	if (n && !dependencies_fetch(&w, of, n, e))
		return false;
	for (size_t i = 0; i < all; i++) {
		if (dependency_is_wanted(&w, i))
			*list_push(a, &out->files) = w.files[i];
	}
	out->format = formats[r->dependencies.form];
	return dependencies_leave_out(&w, out, e);
}
