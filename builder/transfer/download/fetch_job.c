/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a download: what to try again, what to resume, when to go to the next URL, what to
 * say in the end. Starts requests but never waits for them. */

#include "transfer/download/fetch_job.h"

#include <stdio.h>

#include "transfer/retry/retry.h"
#include "transfer/http/http_url.h"

#define HOST_FAILURES_MAX 2

static struct str job_url_authority(const char *url)
{
	const char *slashes = strstr(url, "://");
	const char *from = slashes ? slashes + 3 : url;

	return (struct str){ url, (size_t)(from - url) + strcspn(from, "/?#") };
}

struct fetch_host *fetch_host_of(struct arena *a, struct fetch_hosts *hosts, const char *url)
{
	struct str authority = job_url_authority(url);
	struct fetch_host *host;

	for (size_t i = 0; i < hosts->v.n; i++) {
		if (str_eq(hosts->v.v[i]->authority, authority))
			return hosts->v.v[i];
	}
	host = arena_alloc(a, sizeof(*host));
	host->authority = authority;
	*list_push(a, &hosts->v) = host;
	return host;
}

static bool is_large(const struct fetch_job *j)
{
	return !j->want->unknown && j->want->size >= FETCH_LARGE;
}

/* On average, since the request began; it may have gone on where an earlier one ended. */
static bool comes_quickly(const struct fetch_job *j, const struct http_settings *s, uint64_t now_ms)
{
	uint64_t ms = now_ms - j->started_ms, bytes = fetch_job_bytes(j);

	if (ms < s->alone_ms)
		return true;
	return bytes > j->request.from && (bytes - j->request.from) * 1000 >= s->alone_rate * ms;
}

bool fetch_host_has_room(const struct fetch_host *host, const struct http_settings *s,
			 const struct fetch_job *j, uint64_t now_ms)
{
	if (host->running >= s->per_host)
		return false;
	return !host->large || (!is_large(j) && !comes_quickly(host->large, s, now_ms));
}

static void drop_partial(struct fetch_job *j)
{
	store_put_abort(&j->put);
	j->put = (struct store_put)STORE_PUT_INIT;
	j->partial = false;
	j->resume[0] = '\0';
}

/* A body begins. At 0 whatever we had is of another try, and goes. */
static bool job_body_begin(struct http_request *r, uint64_t at, struct error *e)
{
	struct fetch_job *j = r->owner;

	if (at != 0)
		return true;
	drop_partial(j);
	j->partial = true;
	return store_put_begin(j->store, &j->put, j->want->name, e);
}

void fetch_job_start(struct fetch_job *j, struct http *h, struct fetch_host *host, uint64_t now_ms)
{
	j->request = (struct http_request){
		.url = j->urls.v[j->url],
		.max = j->want->unknown ? WANT_UNKNOWN_MAX : j->want->size,
		.start = job_body_begin,
		.body = &j->put.sink.base,
		.owner = j,
	};
	if (j->partial && j->put.sink.size && j->put.sink.size < j->want->size && j->resume[0]) {
		j->request.from = j->put.sink.size;
		j->request.validator = j->resume;
	}
	http_patience_begin(&h->settings, &j->patience, &j->request);
	j->state = FETCH_RUNNING;
	j->tries++;
	j->host = host;
	host->running++;
	if (is_large(j))
		host->large = j;
	j->started_ms = now_ms;
	http_start(h, &j->request);
}

/* Those that answer have it not. Others may be out of reach: where only some servers can be reached
 * at all, nothing would ever be known to be gone. */
static bool is_nowhere(const struct fetch_job *j)
{
	return !j->wrong && j->not_found;
}

static void job_finish(struct fetch_job *j)
{
	drop_partial(j);
	if (j->optional && is_nowhere(j))
		j->state = FETCH_MISSING;
	else
		j->state = FETCH_FAILED;
}

void fetch_job_give_up_url(struct fetch_job *j)
{
	j->state = FETCH_WAITING;
	j->tries = 0;
	j->patience.since_ms = 0;
	j->ready_ms = 0;
	j->resume[0] = '\0'; /* another server's validators are other ones */
	if (++j->url >= j->urls.n)
		job_finish(j);
}

/* Where the bytes came from in the end, for messages. */
static const char *job_origin(const struct fetch_job *j)
{
	return j->request.final_url;
}

static void note_trouble(struct arena *a, struct fetch_job *j, const char *reason)
{
	j->trouble = arena_printf(a, "%s: %s", job_origin(j), reason);
}

/* The server had bytes, and they are not ours. Its other tries would bring the same. */
static void wrong_bytes(struct arena *a, struct fetch_job *j, const char *found)
{
	j->wrong = arena_printf(a, "found %s at %s", found, job_origin(j));
	fetch_job_give_up_url(j);
}

/* A transfer failed in a way that may pass: again, later; or the next URL. */
static void try_again(struct arena *a, struct fetch_job *j, const struct http_settings *s,
		      const char *reason)
{
	const struct http_request *r = &j->request;
	uint64_t ms;

	note_trouble(a, j, reason);
	if (r->end != HTTP_SILENT && j->tries < s->tries &&
	    http_patience_wait(s, &j->patience, r, j->tries, &ms)) {
		j->state = FETCH_WAITING;
		j->ready_ms = http_clock_ms() + ms;
		if (r->retry_after_s != UINT64_MAX)
			j->host->ready_ms = j->ready_ms;
		return;
	}
	j->host->failures++;
	if (!j->host->answered || j->host->failures >= HOST_FAILURES_MAX)
		j->host->dead = true;
	fetch_job_give_up_url(j);
}

/* All of the file seems to be there. */
static bool check_whole(struct arena *a, struct fetch_job *j, struct error *e)
{
	const struct store_expect x = { j->want->sha256, j->want->size };
	uint64_t size = j->put.sink.size;
	struct error why = { 0 };

	if (store_put_commit(&j->put, j->want->unknown ? NULL : &x, NULL, NULL, &why)) {
		j->partial = false;
		j->state = FETCH_HAVE;
		j->host->answered = true;
		j->host->failures = 0;
		return true;
	}
	if (why.kind != ERR_VERIFY) {
		*e = why;
		return false;
	}
	wrong_bytes(a, j,
		    arena_printf(a, "%llu bytes with SHA-256 %s", (unsigned long long)size,
				 j->put.name));
	return true;
}

/* There was an answer; what does it say? */
static bool job_answered(struct arena *a, struct fetch_job *j, const struct http_settings *s,
			 struct error *e)
{
	const struct http_request *r = &j->request;

	if (r->status == 200 || r->status == 206) {
		/* without a length of its own, a reply that was cut looks like one that ended */
		if (r->framed || j->want->size == UINT64_MAX || j->put.sink.size >= j->want->size)
			return check_whole(a, j, e);
		try_again(a, j, s, "the reply ended early");
		return true;
	}
	if (r->status == 416 && r->from) {
		drop_partial(j);
		try_again(a, j, s, r->reason);
		return true;
	}
	if (http_may_retry(r)) {
		try_again(a, j, s, r->reason);
		return true;
	}
	if (r->status == 404 || r->status == 410)
		j->not_found++;
	note_trouble(a, j, r->reason);
	fetch_job_give_up_url(j);
	return true;
}

bool fetch_job_ended(struct arena *a, struct fetch_job *j, const struct http_settings *s,
		     struct error *e)
{
	const struct http_request *r = &j->request;

	j->host->running--;
	if (j->host->large == j)
		j->host->large = NULL;
	if (r->status == 200 || r->status == 206)
		snprintf(j->resume, sizeof(j->resume), "%s", r->resume);
	switch (r->end) {
	case HTTP_DONE:
		return job_answered(a, j, s, e);
	case HTTP_CUT:
	case HTTP_UNREACHABLE:
	case HTTP_SILENT:
	case HTTP_STALLED:
		try_again(a, j, s, r->reason);
		return true;
	case HTTP_TOO_LARGE:
		wrong_bytes(a, j, r->reason);
		return true;
	case HTTP_REFUSED:
		note_trouble(a, j, r->reason);
		fetch_job_give_up_url(j);
		return true;
	case HTTP_LOCAL:
		*e = r->error; /* it names the file: store_put_begin() was told */
		return false;
	}
	return true;
}

uint64_t fetch_job_bytes(const struct fetch_job *j)
{
	if (j->state == FETCH_HAVE)
		return j->want->size == UINT64_MAX ? 0 : j->want->size;
	return j->partial ? j->put.sink.size : 0;
}

/* Of a file that a recipe or a lock gives an address of. */
static bool fetch_job_addressed_error(const struct fetch_job *j, const char *hex, struct error *e)
{
	if (j->wrong)
		return err_set(
			e, ERR_VERIFY,
			"%s: expected %llu bytes with SHA-256 %s, %s; what is published there "
			"has changed: find out why before you run imgbuild update",
			j->want->name, (unsigned long long)j->want->size, hex, j->wrong);
	if (is_nowhere(j) && j->want->size == UINT64_MAX) /* nobody has had it yet */
		return err_set(e, ERR_NETWORK, "%s: it is not there (%s)", j->want->name,
			       j->trouble);
	if (is_nowhere(j))
		return err_set(e, ERR_NETWORK,
			       "%s: it is not there any more (%s); name another address or another "
			       "version, then run imgbuild update",
			       j->want->name, j->trouble);
	return err_set(e, ERR_NETWORK, "%s: %s; check the network", j->want->name,
		       j->trouble ? j->trouble : "every server that may have it is down");
}

bool fetch_job_error(const struct fetch_job *j, struct error *e)
{
	char hex[DIGEST_TEXT];

	digest_hex(&j->want->sha256, hex);
	if (j->wrong && j->want->size == UINT64_MAX && !j->want->unknown)
		return err_set(e, ERR_VERIFY, "%s: expected SHA-256 %s, %s", j->want->name, hex,
			       j->wrong);
	if (j->want->unknown)
		return err_set(e, ERR_NETWORK, "%s: %s", j->want->name,
			       j->wrong	    ? j->wrong
			       : j->trouble ? j->trouble
					    : "every server that may have it is down");
	if (j->want->addressed)
		return fetch_job_addressed_error(j, hex, e);
	if (j->wrong)
		return err_set(
			e, ERR_VERIFY,
			"%s: expected %llu bytes with SHA-256 %s, %s; the mirror may be in the "
			"middle of an update: try again later or another one with --mirror",
			j->want->name, (unsigned long long)j->want->size, hex, j->wrong);
	if (j->urls.n == 0)
		return err_set(e, ERR_NETWORK,
			       "%s: no server is known that has it; name a mirror of its archive "
			       "with --mirror NAME=URL",
			       j->want->name);
	if (is_nowhere(j))
		return err_set(
			e, ERR_NETWORK,
			"%s: no mirror that answers has it any more (%s); run: imgbuild update",
			j->want->name, j->trouble);
	return err_set(e, ERR_NETWORK,
		       "%s: %s; check the network or name another mirror with --mirror",
		       j->want->name,
		       j->trouble ? j->trouble : "every server that may have it is down");
}

void fetch_job_drop(struct fetch_job *j)
{
	store_put_abort(&j->put);
}
