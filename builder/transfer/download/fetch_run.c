/* SPDX-License-Identifier: Apache-2.0 */
/* Gives downloads their turn: so many at once, so many per server, each when its wait is over, and
 * none from a server that has shown it is not there. Knows no rules of a single download. */

#include "transfer/download/fetch_run.h"

#include <stdlib.h>

#define TICK_MS 100 /* progress is told no more often */

struct fetch_loop {
	struct arena *a;
	struct http *http;
	struct fetch_jobs *jobs;
	struct LIST(struct fetch_job *) order; /* the same, in their turns */
	struct fetch_hosts hosts;
	size_t running, left;
	uint64_t total, told_ms;
	struct progress *progress;
	const char *id;
};

static bool is_final(const struct fetch_job *j)
{
	return j->state != FETCH_WAITING && j->state != FETCH_RUNNING;
}

/* The server that a waiting job is to ask, past those known to be dead. NULL: none is left, and the
 * job has ended. */
static struct fetch_host *next_host(struct fetch_loop *run, struct fetch_job *j)
{
	while (!is_final(j)) {
		struct fetch_host *host = fetch_host_of(run->a, &run->hosts, j->urls.v[j->url]);

		if (!host->dead)
			return host;
		fetch_job_give_up_url(j);
	}
	return NULL;
}

/* Starts a job if it may; *wake_ms becomes the time at which it may if that is earlier. */
static void offer_job(struct fetch_loop *run, struct fetch_job *j, uint64_t now, uint64_t *wake_ms)
{
	const struct http_settings *s = &run->http->settings;
	struct fetch_host *host = next_host(run, j);
	uint64_t ready;

	if (!host) {
		run->left--;
		return;
	}
	ready = j->ready_ms > host->ready_ms ? j->ready_ms : host->ready_ms;
	if (ready > now) {
		*wake_ms = ready < *wake_ms ? ready : *wake_ms;
	} else if (run->running < s->total && fetch_host_has_room(host, s, j, now)) {
		fetch_job_start(j, run->http, host, now);
		run->running++;
	}
}

static void offer_all(struct fetch_loop *run, uint64_t now, uint64_t *wake_ms)
{
	list_each(j, &run->order) {
		if ((*j)->state == FETCH_WAITING)
			offer_job(run, *j, now, wake_ms);
	}
}

static void tell_fetched(struct fetch_loop *run, uint64_t now, bool always)
{
	uint64_t done = 0;

	if (!run->progress || (!always && now < run->told_ms + TICK_MS))
		return;
	run->told_ms = now;
	for (size_t i = 0; i < run->jobs->v.n; i++)
		done += fetch_job_bytes(&run->jobs->v.v[i]);
	progress_advance(run->progress, run->id, done, run->total);
}

static bool fetch_step(struct fetch_loop *run, struct error *e)
{
	uint64_t now = http_clock_ms();
	uint64_t wake = now + TICK_MS;
	struct http_request *r;
	struct fetch_job *j;

	offer_all(run, now, &wake);
	tell_fetched(run, now, false);
	if (run->left == 0)
		return true;
	r = http_next(run->http, (unsigned)(wake - now));
	if (!r)
		return true;
	j = r->owner;
	run->running--;
	if (!fetch_job_ended(run->a, j, &run->http->settings, e))
		return false;
	if (is_final(j))
		run->left--;
	if (j->state == FETCH_HAVE && j->want->arrived)
		j->want->arrived(j->want->ctx);
	return true;
}

/* What nobody knows the size of is as small as can be; of one size, the first goes first. */
static int compare_order(const void *x, const void *y)
{
	const struct fetch_job *a = *(struct fetch_job *const *)x,
			       *b = *(struct fetch_job *const *)y;
	uint64_t m = a->want->unknown ? 0 : a->want->size, n = b->want->unknown ? 0 : b->want->size;

	if (a->want->first != b->want->first)
		return a->want->first ? -1 : 1;
	return m != n ? (m < n) - (m > n) : (a > b) - (a < b);
}

static void order_jobs(struct fetch_loop *run)
{
	list_each(j, &run->jobs->v)
		*list_push(run->a, &run->order) = j;
	if (run->order.n)
		qsort(run->order.v, run->order.n, sizeof(*run->order.v), compare_order);
}

bool fetch_run(struct arena *a, struct http *h, struct fetch_jobs *jobs, struct progress *progress,
	       const char *id, struct error *e)
{
	struct fetch_loop run = {
		.a = a,
		.http = h,
		.jobs = jobs,
		.progress = progress,
		.id = id,
	};

	for (size_t i = 0; i < jobs->v.n; i++) {
		uint64_t size = jobs->v.v[i].want->size;

		run.left += !is_final(&jobs->v.v[i]);
		if (size != UINT64_MAX)
			run.total += size;
	}
	order_jobs(&run);
	while (run.left) {
		if (!fetch_step(&run, e))
			return false;
	}
	tell_fetched(&run, http_clock_ms(), true);
	return true;
}
