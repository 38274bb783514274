/* SPDX-License-Identifier: Apache-2.0 */
/* From a requirement to a wheel, or else to a source distribution. */

#include "input/resolve/python_index.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/pip_settings.h"
#include "format/text/python_marker.h"
#include "format/text/requirements.h"
#include "format/text/simple_index.h"
#include "format/text/wheel_tags.h"
#include "transfer/http/http_url.h"
#include "transfer/retry/retry.h"

#define PIP_CONF_MAX (1u << 20)
#define PAGE_MAX ((size_t)32 << 20)
#define TAGS_SHOWN 200
#define PYTHON_BUILDER "python3-build"
#define PAGE_FORMS \
	"application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"

struct python_search {
	struct arena *a;
	const struct source_recipe *recipe;
	struct wheel_target target;
	struct http http;
	struct strings indexes;
	struct progress *progress;
};

/* What a page has for a requirement. */
struct python_found {
	const struct simple_file *best;
	unsigned rank;
	const struct simple_file *other;  /* a file that would do, of another hash */
	struct buf tags;		  /* of wheels that do not fit */
	const char *best_page;		  /* that has it */
	struct str build;		  /* of the best */
	const struct simple_file *source; /* the source distribution */
	const char *source_page;	  /* that has it */
	const struct simple_file *newer;  /* a file that would do, of another Python */
};

static bool python_add_settings(struct python_search *s, const char *path, struct pip_settings *out,
				struct error *e)
{
	struct str text;

	if (access(path, F_OK) < 0 && (errno == ENOENT || errno == ENOTDIR))
		return true;
	return io_read_file(s->a, AT_FDCWD, path, PIP_CONF_MAX, &text, e) &&
	       pip_settings_read(s->a, text, path, out, e);
}

/* The files that pip reads, in its order. A file that a variable names takes the user's place. */
static bool python_find_settings(struct python_search *s, struct pip_settings *out, struct error *e)
{
	const char *file = getenv("PIP_CONFIG_FILE"), *home = getenv("HOME");
	bool named = file && file[0] && access(file, F_OK) == 0;

	pip_settings_ask_environment(s->a, out);
	if (!python_add_settings(s, "/etc/pip.conf", out, e))
		return false;
	if (named)
		return python_add_settings(s, file, out, e);
	return !home || !home[0] ||
	       (python_add_settings(s, arena_printf(s->a, "%s/.pip/pip.conf", home), out, e) &&
		python_add_settings(s, arena_printf(s->a, "%s/.config/pip/pip.conf", home), out,
				    e));
}

static bool python_find_indexes(struct python_search *s, struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;
	struct pip_settings settings = { .global = { .index = { .key = NULL } } };

	if (l->from.n) {
		s->indexes = l->from;
		return true;
	}
	if (!l->indexes_alone && (!python_find_settings(s, &settings, e) ||
				  !pip_settings_indexes(s->a, &settings, &s->indexes, e)))
		return false;
	list_append(s->a, &s->indexes, &l->indexes);
	return true;
}

/* "1.0" is "1.0.0"; "1.0+cpu" is "1.0_cpu" in names of files. */
static bool python_same_version(struct str file, const char *wanted)
{
	size_t n = strlen(wanted);
	int order;

	if (python_release_compare(file, str_of(wanted), &order))
		return order == 0;
	for (size_t i = 0; file.n == n && i < n; i++) {
		char x = file.p[i] == '_' ? '+' : file.p[i], y = wanted[i];

		if (tolower((unsigned char)x) != tolower((unsigned char)y))
			return false;
	}
	return file.n == n;
}

static bool python_has_hash(const struct dependency *d, const struct simple_file *f)
{
	struct content_digest is = content_digest_sha256(f->sha256);
	bool other = false;

	for (size_t i = 0; i < d->hashes.n; i++) {
		if (f->has_sha256 && content_digest_eq(&d->hashes.v[i], &is))
			return true;
		other |= d->hashes.v[i].sha512 || !f->has_sha256;
	}
	return other; /* the bytes will tell */
}

/* "NAME-VERSION.tar.gz" (PEP 625); older ones have a "-" in the name, and other ends. */
static bool python_is_source(struct python_search *s, const struct dependency *d,
			     const struct simple_file *f)
{
	struct str base = str_of(f->name), end = simple_sdist_end(base);
	const char *dash;

	base.n -= end.n;
	dash = memrchr(base.p, '-', base.n);
	return end.n && dash &&
	       strcmp(requirement_name(s->a, (struct str){ base.p, (size_t)(dash - base.p) }),
		      d->name) == 0 &&
	       python_same_version(str_from(base, (size_t)(dash - base.p) + 1), d->version);
}

/* As pip orders wheels that would do: one that nobody took back, the better tag, the greater build.
 */
static bool python_is_better(const struct simple_file *f, unsigned rank, struct str build,
			     const struct python_found *than)
{
	const struct simple_file *best = than->best;
	int order;

	if (!best || !f->yanked != !best->yanked)
		return !best || !f->yanked;
	if (rank != than->rank)
		return rank > than->rank;
	order = simple_compare_builds(build, than->build);
	return order ? order > 0 : strcmp(f->name, best->name) > 0;
}

/* Whether this Python is one that the file is for, and it is one that the requirement names. */
static bool python_may_take(const struct dependency *d, const struct simple_file *f,
			    struct python_found *found)
{
	if (f->python && !python_release_fits(str_of(f->python)))
		found->newer = f;
	else if (!python_has_hash(d, f))
		found->other = f;
	else
		return true;
	return false;
}

static void python_look_at_wheel(const struct dependency *d, const char *page,
				 const struct simple_file *f, const struct simple_wheel *w,
				 unsigned rank, struct python_found *found)
{
	if (!python_may_take(d, f, found) || !python_is_better(f, rank, w->build, found))
		return;
	found->best = f;
	found->best_page = page;
	found->rank = rank;
	found->build = w->build;
}

static void python_look_at(struct python_search *s, const struct dependency *d, const char *page,
			   const struct simple_file *f, struct python_found *found)
{
	struct simple_wheel w;
	unsigned rank;

	if (!simple_split_wheel(f->name, &w)) {
		if (python_is_source(s, d, f) && python_may_take(d, f, found) &&
		    (!found->source || !f->yanked || found->source->yanked)) {
			found->source = f; /* pip takes the last one of a page */
			found->source_page = page;
		}
		return;
	}
	if (strcmp(requirement_name(s->a, w.name), d->name) != 0 ||
	    !python_same_version(w.version, d->version))
		return;
	rank = wheel_tag_rank(w.tag, &s->target);
	if (rank == 0)
		buf_printf(&found->tags, "%s" STR_FMT, found->tags.n ? ", " : "", STR_ARG(w.tag));
	else
		python_look_at_wheel(d, page, f, &w, rank, found);
}

/* Whether the recipe's toolchain has what builds a wheel. */
static bool python_can_build(const struct source_recipe *r)
{
	return strings_has(&r->toolchain->packages, PYTHON_BUILDER) ||
	       strings_has(&r->build_depends, PYTHON_BUILDER);
}

/* Whether an index is asked: a lock that has addresses needs none, but the recipe may name one. */
static bool python_asks_index(const struct python_search *s, const struct dependency *d)
{
	return d->files.n == 0 || !d->files.v[0].url || s->recipe->dependencies.from.n > 0;
}

static bool python_refuse(const struct python_search *s, const struct dependency *d,
			  struct python_found *found, struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;
	const char *what = arena_printf(s->a, "Python 3.%u on %s", s->target.minor,
					s->target.machine);

	if (found->source)
		err_set(e, ERR_INPUT,
			"%s %s has no wheel for %s, only a source distribution: the toolchain "
			"python-build, instead of %s, builds it",
			d->name, d->version, what, s->recipe->toolchain->name);
	else if (found->other)
		err_set(e, ERR_VERIFY,
			"%s %s: the index has %s, whose hash %s does not name; write its hashes "
			"anew with %s",
			d->name, d->version, found->other->name, path_base(l->file), l->again);
	else if (found->newer)
		err_set(e, ERR_INPUT,
			"%s %s: %s is for Python %s, and Debian 13 has Python 3.%u; name a version "
			"that is for it",
			d->name, d->version, found->newer->name, found->newer->python,
			s->target.minor);
	else if (found->tags.n)
		err_set(e, ERR_INPUT, "%s %s has no wheel for %s; it has them for %s", d->name,
			d->version, what, buf_cstr(&found->tags));
	else if (!python_asks_index(s, d))
		err_set(e, ERR_INPUT,
			"%s %s: no file of the lock has such a name: its first one is %s; write it "
			"anew with %s",
			d->name, d->version, d->files.v[0].name, l->again);
	else
		err_set(e, ERR_INPUT, "%s %s: the index has no such version", d->name, d->version);
	return dependency_fail_at(&s->recipe->dependencies, d, e);
}

/* Without "/../" behind the host, as RFC 3986 (5.2.4) removes it. */
static const char *python_clean(struct arena *a, const char *url)
{
	char *text = arena_strdup(a, url);
	char *host = strstr(text, "://"), *at;

	host = host ? strchr(host + 3, '/') : NULL;
	while (host && (at = strstr(host, "/../"))) {
		char *before = at;

		while (before > host && *--before != '/')
			;
		memmove(before, at + 3, strlen(at + 3) + 1);
	}
	return text;
}

static bool python_take_file(struct python_search *s, const char *page, const struct dependency *d,
			     const struct simple_file *f, struct dependency_offer *out,
			     struct error *e)
{
	char url[HTTP_URL_MAX], base[HTTP_URL_MAX];
	const char *fault = f->base ? http_url_join(page, f->base, base) : NULL;

	if (!fault)
		fault = http_url_join(f->base ? base : page, f->url, url);
	if (fault)
		return err_set(e, ERR_NETWORK, "%s: the address of %s: %s", page, f->name, fault);
	*list_push(s->a, &out->addresses) = python_clean(s->a, url);
	if (f->yanked)
		progress_warn(s->progress, "%s %s: its authors have taken %s back%s%s", d->name,
			      d->version, f->name, f->yanked[0] ? ": " : "", f->yanked);
	out->path = arena_printf(s->a, "%s%s", d->path, f->name);
	out->has_sha256 = f->has_sha256;
	out->sha256 = f->sha256;
	return true;
}

static bool python_take_best(struct python_search *s, const struct dependency *d,
			     struct python_found *found, struct dependency_offer *out,
			     struct error *e)
{
	if (found->best)
		return python_take_file(s, found->best_page, d, found->best, out, e);
	if (found->source && python_can_build(s->recipe))
		return python_take_file(s, found->source_page, d, found->source, out, e);
	return python_refuse(s, d, found, e);
}

/* What the lock file itself has. */
static bool python_take_locked(struct python_search *s, const struct dependency *d,
			       struct dependency_offer *out, struct error *e)
{
	struct python_found found = { .tags = { .a = s->a, .max = TAGS_SHOWN } };
	struct simple_file *files = arena_array(s->a, d->files.n, sizeof(*files));

	for (size_t i = 0; i < d->files.n; i++) {
		const struct python_lock_file *f = &d->files.v[i];

		files[i] = (struct simple_file){ .name = f->name,
						 .url = f->url,
						 .has_sha256 = !f->hash.sha512 };
		if (files[i].has_sha256)
			files[i].sha256 = content_digest_short(&f->hash);
		python_look_at(s, d, f->url, &files[i], &found);
	}
	return python_take_best(s, d, &found, out, e);
}

/* The first index that has such a wheel; else the first with a source distribution. */
static bool python_ask(struct python_search *s, const struct dependency *d,
		       struct dependency_offer *out, struct error *e)
{
	struct python_found found = { .tags = { .a = s->a, .max = TAGS_SHOWN } };
	const struct strings own = { (const char **)&d->origin, 1, 1 };
	const struct strings *indexes = d->origin && !s->recipe->dependencies.from.n ? &own
										     : &s->indexes;

	for (size_t i = 0; i < indexes->n && !found.best; i++) {
		const char *page = arena_printf(s->a, "%s/%s/", indexes->v[i], d->name), *from;
		struct simple_files files = { NULL, 0, 0 };
		struct str body;
		int status;

		if (!http_get_page(s->a, &s->http, page, PAGE_FORMS, PAGE_MAX, &body, &from,
				   &status, e))
			return err_wrap(e, "%s %s", d->name, d->version);
		if (status != 200 && status != 404)
			return err_set(e, ERR_NETWORK, "%s %s: %s: HTTP %d%s", d->name, d->version,
				       page, status, http_auth_hint(status));
		if (!simple_index_read(s->a, body, page, &files, e))
			return false;
		for (size_t k = 0; k < files.n; k++)
			python_look_at(s, d, from, &files.v[k], &found);
	}
	return python_take_best(s, d, &found, out, e);
}

/* Whether settings have to name an index. */
static bool python_needs_index(const struct python_search *s, const size_t *of, size_t n)
{
	const struct dependencies *l = &s->recipe->dependencies;

	for (size_t i = 0; i < n; i++) {
		const struct dependency *d = &l->v.v[of[i]];

		if (python_asks_index(s, d) && !d->origin)
			return true;
	}
	return false;
}

static bool python_ask_all(struct python_search *s, const size_t *of, size_t n,
			   struct dependency_offer *offers, struct error *e)
{
	const struct dependencies *l = &s->recipe->dependencies;

	if (!python_find_indexes(s, e))
		return false;
	if (s->indexes.n == 0 && python_needs_index(s, of, n)) {
		err_set(e, ERR_INPUT,
			"nothing says which index has what %s names; name one here, \"from\": "
			"[\"https://...\"], in the requirements file (--index-url), or in pip.conf",
			l->file);
		return err_at(e, l->at.file, l->at.line, l->at.col);
	}
	for (size_t i = 0; i < n; i++) {
		const struct dependency *d = &l->v.v[of[i]];

		if (!(python_asks_index(s, d) ? python_ask(s, d, &offers[of[i]], e)
					      : python_take_locked(s, d, &offers[of[i]], e)))
			return false;
	}
	return true;
}

bool python_offers(struct arena *a, const struct source_recipe *r, const struct platform *p,
		   const size_t *of, size_t n, struct dependency_offer *offers,
		   struct progress *progress, struct error *e)
{
	struct python_search s = { .a = a,
				   .recipe = r,
				   .progress = progress,
				   .target = { wheel_python_of(""), p->machine->uname[0] },
				   .http = HTTP_INIT };
	bool ok = http_open(a, NULL, &s.http, e) && python_ask_all(&s, of, n, offers, e);

	http_close(&s.http);
	return ok;
}
