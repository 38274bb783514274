/* SPDX-License-Identifier: Apache-2.0 */
/* InRelease files of all suites at once, but for those that the run has read before. */

#include "input/resolve/state_releases.h"

#include "base/date.h"
#include "base/parallel.h"

/* The newest date of a suite in the lock there was, or 0. */
static int64_t locked_date(const struct lock *old, const struct suite *suite)
{
	const struct locked_state *l = old ? lock_newest_state(old, suite->archive, suite->codename)
					   : NULL;
	int64_t when;

	return l && date_parse(str_of(l->date), &when) ? when : 0;
}

/* What a lock says of it, which outlives what the run remembers. */
static void note_release(struct archive_state *s, const struct release *r)
{
	struct locked_state *l = arena_alloc(s->a, sizeof(*l));

	*l = (struct locked_state){ .archive = r->suite->archive,
				    .codename = r->suite->codename,
				    .date = arena_strdup(s->a, r->date),
				    .inrelease = r->inrelease };
	if (r->valid_until)
		l->valid_until = arena_strdup(s->a, r->valid_until);
	list_each(signer, &r->signers)
		*list_push(s->a, &l->signers) = arena_strdup(s->a, *signer);
	*list_push(s->a, &s->locked) = l;
}

/* The state of a suite that this run has read before, if it is good enough. */
static const struct release *recall_release(const struct archive_state *s,
					    const struct release_context *c,
					    const struct suite *suite, int64_t not_before)
{
	const struct release *r = memo_release(s->memo, suite);
	struct error ignored = { 0 };

	return r && release_judge(r, c->http ? c->now : r->when, c->allow_older ? 0 : not_before,
				  &ignored)
		       ? r
		       : NULL;
}

/* The state of a suite that is to be read. */
struct release_job {
	const struct suite *suite;
	int64_t not_before;
	struct memo_release *out;
};

struct release_jobs {
	const struct release_context *c;
	struct LIST(struct release_job) v;
};

/* In a thread, which has a client of its own: to wait for a mirror and for who checks the signature
 * is most of it. */
static bool ask_for_state(void *ctx, size_t i, struct error *e)
{
	const struct release_jobs *jobs = ctx;
	const struct release_job *j = &jobs->v.v[i];
	struct release_context c = *jobs->c;
	AUTO_ARENA a = { 0 };
	AUTO_HTTP http = HTTP_INIT;

	if (c.http) {
		if (!http_open(&a, &c.http->settings, &http, e))
			return false;
		c.http = &http;
	}
	return release_fetch(&j->out->a, &c, j->suite, j->not_before, &j->out->release, e) ||
	       err_wrap(e, "archive %s", j->suite->entry);
}

static void note_state(struct archive_state *s, const struct suite *suite,
		       const struct release *release)
{
	struct release *r = list_push(s->a, &s->releases);

	*r = *release;
	r->suite = suite;
	note_release(s, r);
}

static bool read_past(struct archive_state *s, const struct release_context *c, struct error *e)
{
	const struct locked_state *exactly = s->order->exactly;
	const struct suite *suite = &s->order->recipe->archive->suites.v[0];
	struct release r;

	if (!release_past(s->a, c, suite, exactly->date, &exactly->inrelease, &r, e))
		return err_wrap(e, "archive %s", suite->entry);
	note_state(s, suite, &r);
	return true;
}

bool state_ask_releases(struct archive_state *s, const struct release_context *c, struct error *e)
{
	const struct archive *archive = s->order->recipe->archive;
	struct release_jobs jobs = { .c = c };
	const struct release **found = arena_array(s->a, archive->suites.n, sizeof(*found));

	s->releases.n = s->locked.n = 0;
	if (s->order->exactly)
		return read_past(s, c, e);
	for (size_t i = 0; i < archive->suites.n; i++) {
		const struct suite *suite = &archive->suites.v[i];
		int64_t not_before = locked_date(s->order->old, suite);
		struct memo_release *fresh;

		found[i] = recall_release(s, c, suite, not_before);
		if (found[i])
			continue;
		fresh = arena_alloc(&s->memo->a, sizeof(*fresh));
		*list_push(&s->memo->a, &s->memo->reading) = fresh;
		*list_push(s->a, &jobs.v) = (struct release_job){ suite, not_before, fresh };
		found[i] = &fresh->release;
	}
	if (!parallel_for(jobs.v.n, 0, ask_for_state, &jobs, e))
		return false;
	for (size_t i = 0; i < archive->suites.n; i++)
		note_state(s, &archive->suites.v[i], found[i]);
	list_each(j, &jobs.v)
		*list_push(&s->memo->a, &s->memo->releases) = &j->out->release;
	return true;
}
