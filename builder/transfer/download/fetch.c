/* SPDX-License-Identifier: Apache-2.0 */
/* From wants to downloads: which of them are one file, which are in the store already, and what
 * became of the rest. Their order decides the order of downloads and which failure is told. */

#include "transfer/download/fetch.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/parallel.h"
#include "transfer/download/fetch_run.h"

#define STEP "fetch"
#define NAMED_MAX 8 /* missing files that one message names */

struct plan {
	struct arena *a;
	const struct store *store;
	const struct fetch_options *options;
	struct want *wants;
	size_t *order; /* indexes of wants, sorted by digest, then index */
	size_t n;
	struct fetch_jobs jobs; /* one per digest, in order of its first want */
};

static int compare_wants(const void *x, const void *y, void *wants)
{
	const size_t *a = x, *b = y;
	const struct want *w = wants;
	int order = w[*a].unknown - w[*b].unknown;

	if (!order && !w[*a].unknown)
		order = memcmp(w[*a].sha256.b, w[*b].sha256.b, sizeof(w->sha256.b));
	return order ? order : (*a > *b) - (*a < *b);
}

static int by_first(const void *x, const void *y)
{
	const struct fetch_job *a = x, *b = y;

	return (a->want > b->want) - (a->want < b->want);
}

static void add_url(struct arena *a, struct fetch_job *j, const char *url)
{
	if (!strings_has(&j->urls, url))
		*list_push(a, &j->urls) = url;
}

/* Makes one job of the wants order[first..] that have one digest. */
static bool add_job(struct plan *p, size_t first, struct error *e)
{
	struct fetch_job *j = list_push(p->a, &p->jobs.v);

	*j = (struct fetch_job){
		.want = &p->wants[p->order[first]],
		.first = first,
		.optional = true,
		.store = p->store,
		.put = STORE_PUT_INIT,
	};
	for (size_t i = first; i < p->n; i++, j->count++) {
		const struct want *w = &p->wants[p->order[i]];

		if (i > first &&
		    (w->unknown || j->want->unknown || !digest_eq(&w->sha256, &j->want->sha256)))
			break;
		if (w->size != j->want->size)
			return err_set(e, ERR_INPUT,
				       "%s and %s have the same SHA-256 and different sizes",
				       j->want->name, w->name);
		j->optional &= w->optional;
		for (size_t u = 0; u < w->urls.n; u++)
			add_url(p->a, j, w->urls.v[u]);
	}
	return true;
}

static bool make_jobs(struct plan *p, struct error *e)
{
	p->order = arena_array(p->a, p->n, sizeof(*p->order));
	for (size_t i = 0; i < p->n; i++)
		p->order[i] = i;
	qsort_r(p->order, p->n, sizeof(*p->order), compare_wants, p->wants);
	for (size_t i = 0; i < p->n; i += p->jobs.v.v[p->jobs.v.n - 1].count) {
		if (!add_job(p, i, e))
			return false;
	}
	if (p->jobs.v.n)
		qsort(p->jobs.v.v, p->jobs.v.n, sizeof(*p->jobs.v.v), by_first);
	return true;
}

/* Looks for one file in the store, and hashes it: a damaged one is removed and counts as absent. */
static bool fetch_look(void *ctx, size_t i, struct error *e)
{
	struct plan *p = ctx;
	struct fetch_job *j = &p->jobs.v.v[i];
	AUTO_FD fd = -1;
	int got = 0;

	if (!j->want->unknown)
		got = store_open_blob(p->store, &j->want->sha256, j->want->size, &fd, e);
	if (got > 0)
		j->state = FETCH_HAVE;
	return got >= 0;
}

/* Keeps the jobs that are still to be done, in order. */
static struct fetch_jobs jobs_to_do(const struct plan *p)
{
	struct fetch_jobs todo = { 0 };

	for (size_t i = 0; i < p->jobs.v.n; i++) {
		if (p->jobs.v.v[i].state != FETCH_HAVE)
			*list_push(p->a, &todo.v) = p->jobs.v.v[i];
	}
	return todo;
}

static bool refuse_offline(struct plan *p, const struct fetch_jobs *todo, struct error *e)
{
	struct buf names = { .a = p->a };
	size_t missing = 0;

	for (size_t i = 0; i < todo->v.n; i++) {
		const struct fetch_job *j = &todo->v.v[i];

		if (j->optional)
			continue;
		if (missing < NAMED_MAX)
			buf_printf(&names, "%s%s", missing ? ", " : "", j->want->name);
		missing++;
	}
	if (missing > NAMED_MAX)
		buf_printf(&names, " and %zu more", missing - NAMED_MAX);
	return missing == 0 ||
	       err_set(e, ERR_NETWORK,
		       "not in the store, and --offline forbids fetching: %s; run once "
		       "without --offline",
		       buf_cstr(&names));
}

static void mark_missing(struct plan *p, const struct fetch_job *j)
{
	for (size_t i = j->first; i < j->first + j->count; i++)
		p->wants[p->order[i]].missing = true;
}

/* Tells the wants of a job where it was found, and what it is where that was not known. The URL is
 * the caller's own. */
static void mark_found(struct plan *p, const struct fetch_job *j)
{
	for (size_t i = j->first; i < j->first + j->count; i++) {
		struct want *w = &p->wants[p->order[i]];

		w->url = j->urls.v[j->url];
		if (w->unknown) {
			w->sha256 = j->put.sink.digest;
			w->size = j->put.sink.size;
		}
	}
}

/* The first failure is told, and how many more there are. */
static bool fetch_report(struct plan *p, const struct fetch_jobs *todo, struct error *e)
{
	const struct fetch_job *worst = NULL;
	size_t failed = 0;

	for (size_t i = 0; i < todo->v.n; i++) {
		const struct fetch_job *j = &todo->v.v[i];

		if (j->state == FETCH_MISSING)
			mark_missing(p, j);
		if (j->state == FETCH_HAVE)
			mark_found(p, j);
		if (j->state != FETCH_FAILED)
			continue;
		if (failed++ == 0)
			worst = j;
	}
	if (!worst)
		return true;
	fetch_job_error(worst, e);
	p->wants[p->order[worst->first]].blamed = true;
	if (failed > 1)
		err_wrap(e, "%zu of %zu files cannot be fetched; the first", failed, todo->v.n);
	return false;
}

static bool fetch_download(struct plan *p, struct fetch_jobs *todo, struct error *e)
{
	AUTO_HTTP http = HTTP_INIT;
	bool ok;

	if (!http_open(p->a, p->options->settings, &http, e))
		return false;
	http.settings.progress = p->options->progress;
	for (size_t i = 0; i < todo->v.n; i++) {
		if (todo->v.v[i].urls.n == 0)
			todo->v.v[i].state = FETCH_FAILED;
	}
	progress_begin(p->options->progress, STEP, "%zu of %zu files", todo->v.n, p->jobs.v.n);
	ok = fetch_run(p->a, &http, todo, p->options->progress, STEP, e);
	http_close(&http); /* before the files: what still runs writes to them */
	for (size_t i = 0; i < todo->v.n; i++)
		fetch_job_drop(&todo->v.v[i]);
	if (!ok || !fetch_report(p, todo, e))
		return false;
	progress_end(p->options->progress, STEP, false, "%zu files", todo->v.n);
	return true;
}

bool fetch_wants_with(const struct store *s, const struct fetch_options *options,
		      struct want *wants, size_t n, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct plan p = { .a = &a, .store = s, .options = options, .wants = wants, .n = n };
	struct fetch_jobs todo;

	if (!make_jobs(&p, e) || !parallel_for(p.jobs.v.n, 0, fetch_look, &p, e))
		return false;
	todo = jobs_to_do(&p);
	for (size_t i = 0; i < n; i++) {
		wants[i].missing = false;
		wants[i].url = NULL;
	}
	if (todo.v.n && options->offline) {
		for (size_t i = 0; i < todo.v.n; i++) {
			if (todo.v.v[i].optional)
				mark_missing(&p, &todo.v.v[i]);
		}
		return refuse_offline(&p, &todo, e);
	}
	if (todo.v.n)
		return fetch_download(&p, &todo, e);
	if (n == 0)
		return true;
	progress_begin(options->progress, STEP, "%zu files", p.jobs.v.n);
	progress_end(options->progress, STEP, true, "%zu files", p.jobs.v.n);
	return true;
}

bool fetch_wants(const struct store *s, struct want *wants, size_t n, bool offline,
		 struct progress *progress, struct error *e)
{
	struct fetch_options options = { .offline = offline, .progress = progress };

	return fetch_wants_with(s, &options, wants, n, e);
}

bool fetch_measure(const struct store *s, const struct digest *sha256, const char *name,
		   uint64_t *size, struct error *e)
{
	AUTO_FD fd = -1;
	struct stat st;
	int there = store_open_blob(s, sha256, UINT64_MAX, &fd, e);

	if (there <= 0)
		return there == 0 && err_set(e, ERR_SYSTEM, "%s vanished from the store", name);
	if (fstat(fd, &st) < 0)
		return err_sys(e, "stat %s", name);
	*size = (uint64_t)st.st_size;
	return true;
}
