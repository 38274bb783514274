/* SPDX-License-Identifier: Apache-2.0 */
/* Source versions against mirrors. Some mirrors lack .dsc and .debian.tar files of the security
 * pool: a version counts only when all its files are in the store. */

#include "input/resolve/source_version.h"

#include "base/path.h"
#include "format/debian/debian_names.h"
#include "transfer/download/fetch.h"
#include "input/lock/local_download.h"
#include "input/resolve/constraint.h"
#include "input/resolve/dependency_files.h"
#include "input/resolve/state_pins.h"
#include "input/lock/lock_wants.h"

static void take_version(struct arena *a, const struct archive_state *s,
			 const struct source_recipe *r, const struct index_source *v,
			 struct locked_source *out)
{
	*out = (struct locked_source){ .name = r->name, .state = state_locked(s, v->suite) };
	out->package = str_dup(a, v->name);
	out->version = str_dup(a, v->version);
	out->format = str_dup(a, v->format);
	for (size_t i = 0; i < v->files.n; i++) {
		const struct index_file *f = &v->files.v[i];
		struct locked_file *file = list_push(a, &out->files);

		*file = (struct locked_file){ .name = str_dup(a, f->name),
					      .size = f->size,
					      .sha256 = f->sha256 };
		file->path = arena_printf(a, "%.*s/%.*s", STR_ARG(v->directory), STR_ARG(f->name));
	}
}

/* Has all files of a version in the store. 1; 0 and *reason; -1. */
static int have_files(struct arena *a, const struct archive_state *s, const struct locked_source *v,
		      const char **reason, struct error *e)
{
	struct want *wants = arena_array(a, v->files.n, sizeof(*wants));
	struct error fetch = { 0 };

	for (size_t i = 0; i < v->files.n; i++) {
		const struct locked_file *f = &v->files.v[i];

		wants[i] = (struct want){
			.name = f->name, .sha256 = f->sha256, .size = f->size, .optional = true
		};
		mirrors_urls(a, s->order->mirrors, v->state->archive, f->path, v->state->date,
			     &wants[i].urls);
	}
	if (!fetch_wants(s->order->store, wants, v->files.n, s->order->offline, s->order->progress,
			 &fetch)) {
		if (fetch.kind != ERR_NETWORK) {
			*e = fetch;
			return -1;
		}
		*reason = "its files cannot be had from any mirror";
		return 0;
	}
	for (size_t i = 0; i < v->files.n; i++) {
		if (wants[i].missing) {
			*reason = arena_printf(a, "no mirror has %s", wants[i].name);
			return 0;
		}
	}
	return 1;
}

/* "trixie 6.13-2, trixie-security 6.13-3" */
static const char *list_versions(struct arena *a, const struct index_source *const *v, size_t n)
{
	struct buf text = { .a = a, .max = 400 };

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%.*s in %s", i ? ", " : "", STR_ARG(v[i]->version),
			   v[i]->suite->codename);
	return buf_cstr(&text);
}

/* Whether the lock before has a source that fits. 1, 0 or -1. */
static int has_locked(const struct archive_state *s, const struct lock *old,
		      const struct source_recipe *r, const struct component *c,
		      const struct locked_source **locked, struct error *e)
{
	*locked = old ? lock_source(old, r->name) : NULL;
	if (!*locked || !(*locked)->state || !state_suite(s, (*locked)->state) ||
	    strcmp((*locked)->package, r->debian_source) != 0 ||
	    (c && c->suite && strcmp((*locked)->state->codename, c->suite) != 0))
		return 0;
	return constraint_holds(c ? c->version : NULL, str_of((*locked)->version), e);
}

/* What the lock before has, when nothing that the archive names can be had: its digests came from a
 * signed index too. 1, 0 or -1. */
static int fall_back(struct arena *a, const struct archive_state *s, const struct lock *old,
		     const struct source_recipe *r, const struct component *c,
		     struct locked_source *out, struct error *e)
{
	const struct locked_source *locked;
	const char *ignored;
	int ok = has_locked(s, old, r, c, &locked, e);

	if (ok > 0)
		ok = have_files(a, s, locked, &ignored, e);
	if (ok > 0)
		*out = *locked;
	return ok;
}

/* What is locked and may stay, stays. */
static int keep_locked(const struct archive_state *s, const struct source_recipe *r,
		       const struct component *c, struct locked_source *out, struct error *e)
{
	const struct lock_order *o = s->order;
	const struct locked_source *locked;
	int ok;

	if (!o->update || strings_has(o->update, r->name) ||
	    strings_has(o->update, r->debian_source))
		return 0;
	ok = has_locked(s, o->old, r, c, &locked, e);
	if (ok > 0)
		*out = *locked;
	return ok;
}

/* What a suite of a lower priority has is taken only when the component names the suite. */
static bool may_have_source(const struct component *c, const struct index_source *first,
			    const struct index_source *v)
{
	return c && c->suite ? strcmp(v->suite->codename, c->suite) == 0
			     : v->priority == first->priority;
}

static const char *why_no_source(struct arena *a, const struct source_recipe *r,
				 const struct component *c, const struct index_source *const *v,
				 size_t n)
{
	if (n == 0)
		return arena_printf(a, "no suite has a source package %s", r->debian_source);
	return arena_printf(a, "source %s: no version%s%s satisfies %s (%s)", r->debian_source,
			    c && c->suite ? " of " : "", c && c->suite ? c->suite : "",
			    c && c->version ? c->version : "it", list_versions(a, v, n));
}

static int lock_debian(struct arena *a, const struct archive_state *s,
		       const struct source_recipe *r, const struct component *c,
		       struct locked_source *out, const char **reason, struct error *e)
{
	const struct index_source *const *v;
	const char *passed_over = NULL;
	int fits = keep_locked(s, r, c, out, e);
	size_t n;

	if (fits != 0)
		return fits;
	v = index_source_versions(&s->index, r->debian_source, &n);
	for (size_t i = 0; fits == 0 && i < n; i++) {
		if (may_have_source(c, v[0], v[i]))
			fits = constraint_holds(c ? c->version : NULL, v[i]->version, e);
		if (fits <= 0)
			continue;
		take_version(a, s, r, v[i], out);
		fits = have_files(a, s, out, reason, e);
		if (fits == 0 && !passed_over)
			passed_over = arena_printf(a, "%s %s of %s is newer, but %s",
						   r->debian_source, out->version,
						   out->state->codename, *reason);
	}
	if (fits == 0 && passed_over)
		fits = fall_back(a, s, s->order->old, r, c, out, e);
	if (fits == 0 && passed_over)
		fits = fall_back(a, s, s->order->first, r, c, out, e);
	if (fits > 0)
		out->warning = passed_over;
	if (fits != 0)
		return fits;
	*reason = passed_over ? passed_over : why_no_source(a, r, c, v, n);
	return 0;
}

static int lock_upstream(struct arena *a, const struct source_recipe *r, const char *version,
			 struct locked_source *out, const char **reason, struct error *e)
{
	int fits = constraint_holds(version, str_of(r->version ? r->version : ""), e);
	const char *slash = r->urls.n ? strrchr(r->urls.v[0], '/') : NULL;
	struct locked_file *file;

	if (fits <= 0) {
		*reason = arena_printf(a, "source %s %s does not satisfy %s", r->name,
				       r->version ? r->version : "without version",
				       version ? version : "");
		return fits;
	}
	*out = (struct locked_source){ .name = r->name,
				       .package = r->name,
				       .format = "tarball",
				       .version = r->version ? r->version : "",
				       .urls = r->urls };
	if (r->urls.n == 0)
		return 1;
	file = list_push(a, &out->files);
	*file = (struct locked_file){ .name = slash ? slash + 1 : r->urls.v[0],
				      .size = UINT64_MAX,
				      .sha256 = r->sha256 };
	file->path = file->name;
	return 1;
}

/* The name that a download has in locks and messages: the last part of where it is. */
static const char *download_name(struct arena *a, const struct source_recipe *r)
{
	struct str name, rest;
	const char *from = r->local ? r->local : r->urls.v[0];

	str_cut(str_of(path_base(from)), '?', &name, &rest);
	str_cut(name, '#', &name, &rest);
	return name_is_file(name) ? str_dup(a, name) : r->name;
}

/* What the lock before says of the same file. */
static bool download_is_locked(const struct archive_state *s, const struct source_recipe *r,
			       uint64_t *size)
{
	const struct locked_source *old = s->order->old ? lock_source(s->order->old, r->name)
							: NULL;

	if (!old || old->files.n != 1 || old->files.v[0].size == UINT64_MAX ||
	    !digest_eq(&old->files.v[0].sha256, &r->sha256))
		return false;
	*size = old->files.v[0].size;
	return true;
}

/* The size of what the digest names: by having it. */
static bool download_get_size(const struct archive_state *s, const struct source_recipe *r,
			      const char *name, uint64_t *size, struct error *e)
{
	struct want want = { .name = name,
			     .urls = r->urls,
			     .sha256 = r->sha256,
			     .size = UINT64_MAX,
			     .addressed = true };

	if (r->local)
		return local_download_store(s->order->store, r, size, e);
	if (download_is_locked(s, r, size))
		return true;
	if (!fetch_wants(s->order->store, &want, 1, s->order->offline, s->order->progress, e))
		return err_at(e, r->at.file, r->at.line, r->at.col);
	return fetch_measure(s->order->store, &r->sha256, name, size, e);
}

static int lock_download(struct arena *a, const struct archive_state *s,
			 const struct source_recipe *r, const char *version,
			 struct locked_source *out, const char **reason, struct error *e)
{
	int fits = constraint_holds(version, str_of(r->version), e);
	struct locked_file *file;

	if (fits <= 0) {
		*reason = arena_printf(a, "the download %s does not satisfy %s", r->version,
				       version ? version : "");
		return fits;
	}
	*out = (struct locked_source){ .name = r->name,
				       .package = r->name,
				       .format = "download",
				       .version = r->version,
				       .urls = r->urls };
	file = list_push(a, &out->files);
	file->name = file->path = download_name(a, r);
	file->sha256 = r->sha256;
	return download_get_size(s, r, file->name, &file->size, e) ? 1 : -1;
}

/* A folder of the repository, and what its language's lock file names. */
static int lock_folder(struct arena *a, const struct archive_state *s,
		       const struct source_recipe *r, const char *version,
		       struct locked_source *out, const char **reason, struct error *e)
{
	int fits = lock_upstream(a, r, version, out, reason, e);

	if (fits <= 0 || !r->dependencies.form)
		return fits;
	return dependencies_lock(a, s, r, out, e) ? 1 : -1;
}

int source_lock(struct arena *a, const struct archive_state *s, const struct source_recipe *r,
		const struct component *c, struct locked_source *out, const char **reason,
		struct error *e)
{
	*reason = NULL;
	if (r->debian_source)
		return lock_debian(a, s, r, c, out, reason, e);
	if (r->unpack.form)
		return lock_download(a, s, r, c ? c->version : NULL, out, reason, e);
	if (r->folder)
		return lock_folder(a, s, r, c ? c->version : NULL, out, reason, e);
	return lock_upstream(a, r, c ? c->version : NULL, out, reason, e);
}
