/* SPDX-License-Identifier: Apache-2.0 */
/* One download: hashed on its way to a temporary file, which gets its name when all of it is right.
 */

#include "transfer/registry/pull_blob.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/statvfs.h>

#include "base/size.h"
#include "transfer/http/http.h"
#include "transfer/retry/retry.h"

struct download {
	struct sink base; /* on the way to `put` */
	struct pull_blobs *from;
	const struct document_part *part;
	uint64_t told; /* to the meter */
	struct http_patience patience;
	struct store_put put;
	int *held;		    /* gets a descriptor of what `put` wrote; NULL: not wanted */
	struct content_hash sha512; /* of a blob that is named by it */
	bool partial;		    /* `put` holds the first put.sink.size bytes */
	char resume[128];	    /* proves which blob they are of */
};

static bool pull_blob_write(struct sink *base, struct str chunk, struct error *e)
{
	struct download *d = (struct download *)base;

	if (!d->put.sink.base.write(&d->put.sink.base, chunk, e))
		return false;
	if (d->part->digest.sha512)
		content_hash_add(&d->sha512, chunk);
	meter_tell(&d->from->meter, &d->told, d->put.sink.size);
	return true;
}

static void pull_blob_drop(struct download *d)
{
	store_put_abort(&d->put);
	d->put = (struct store_put)STORE_PUT_INIT;
	content_hash_drop(&d->sha512);
	d->partial = false;
	d->resume[0] = '\0';
}

/* A body begins. At 0 whatever we had is of another try, and goes. */
static bool pull_blob_begin(struct http_request *r, uint64_t at, struct error *e)
{
	struct download *d = r->owner;

	if (at != 0)
		return true;
	pull_blob_drop(d);
	d->partial = true;
	if (d->part->digest.sha512)
		content_hash_begin(&d->sha512, true);
	d->put.file.names_later = d->from->names_later;
	return store_put_begin(d->from->store, &d->put, d->part->label, e);
}

/* As store_put_commit(), for a blob that is named by SHA-512. */
static bool pull_blob_commit(struct download *d, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct document_part *part = d->part;
	struct content_digest found = content_hash_end(&d->sha512);
	struct digest blob;

	if (d->put.sink.size != part->size)
		return err_set(e, ERR_VERIFY, "%s: expected %llu bytes, found %llu bytes",
			       part->label, (unsigned long long)part->size,
			       (unsigned long long)d->put.sink.size);
	if (!content_digest_eq(&found, &part->digest))
		return err_set(e, ERR_VERIFY, "%s: expected %s, found %s", part->label, part->name,
			       content_digest_text(&a, &found));
	return store_put_commit(&d->put, NULL, &blob, NULL, e) &&
	       store_note_content(d->from->store, &part->digest, &blob, e);
}

static bool pull_blob_put(struct download *d, struct error *e)
{
	struct store_expect expect = { .size = d->part->size };

	if (d->part->digest.sha512)
		return pull_blob_commit(d, e);
	expect.digest = content_digest_short(&d->part->digest);
	return store_put_commit(&d->put, &expect, NULL, NULL, e);
}

/* 1 it is in the store, 0 it ended early, -1. */
static int pull_blob_keep(struct download *d, const struct http_request *r, struct error *e)
{
	bool ok;

	if (!r->framed && d->put.sink.size < d->part->size)
		return 0;
	d->partial = false;
	if (d->held) /* what was hashed on its way into this file is what is in it */
		*d->held = fcntl(d->put.file.fd, F_DUPFD_CLOEXEC, 0);
	ok = pull_blob_put(d, e);
	if (d->held && *d->held >= 0)
		(void)flock(*d->held, LOCK_UN); /* its writer's: it is a blob like others now */
	if (!ok && d->held)
		fd_closep(d->held);
	return ok ? 1 : -1;
}

/* What the end of one request means: 1 done, 0 again, -1. */
static int pull_blob_ended(struct arena *a, struct download *d, struct session_call *c, bool last,
			   struct error *e)
{
	struct session *s = d->from->session;
	const struct http_request *r = &c->http;
	bool body = r->end == HTTP_DONE && (r->status == 200 || r->status == 206);
	int got = body ? pull_blob_keep(d, r, e) : 0;

	if (got)
		return got;
	if (r->status == 200 || r->status == 206)
		snprintf(d->resume, sizeof(d->resume), "%s", r->resume);
	if (r->end == HTTP_DONE && r->status == 416)
		pull_blob_drop(d);
	else if (!body && !http_may_retry(r))
		last = true;
	if (!last)
		return 0;
	if (body)
		err_set(e, ERR_NETWORK, "%s/%s: %s: it ended early", s->ref->host, s->ref->name,
			d->part->label);
	else if (r->end == HTTP_DONE)
		session_refused(a, s, c, e);
	else
		session_failed(s, c, e);
	return -1;
}

static int pull_blob_try(struct arena *a, struct download *d, struct session_call *c, bool last,
			 struct error *e)
{
	struct session *s = d->from->session;

	*c = (struct session_call){ .what = d->part->label, .once = true };
	c->http = (struct http_request){
		.url = session_url(a, s, "blobs/%s", d->part->name),
		.max = d->part->size,
		.start = pull_blob_begin,
		.body = &d->base,
		.owner = d,
	};
	if (d->partial && d->put.sink.size && d->put.sink.size < d->part->size && d->resume[0]) {
		c->http.from = d->put.sink.size;
		c->http.validator = d->resume;
	}
	http_patience_begin(&s->settings, &d->patience, &c->http);
	if (!session_send(a, s, c, e))
		return -1;
	return pull_blob_ended(a, d, c, last, e);
}

/* A size is what a stranger says: not every one is worth the beginning. */
static bool has_room(const struct store *s, const struct document_part *p, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct statvfs v;

	if (s->blobs < 0 || fstatvfs(s->blobs, &v) < 0 || v.f_frsize == 0 ||
	    p->size / v.f_frsize <= v.f_bavail)
		return true;
	return err_set(e, ERR_SYSTEM, "%s has %s; the store %s has room for %s", p->label,
		       size_text(&a, p->size), s->path, size_text(&a, v.f_bavail * v.f_frsize));
}

bool pull_blob(struct pull_blobs *from, const struct document_part *p, bool *fetched, int *held,
	       struct error *e)
{
	struct download d = { .base = { .write = pull_blob_write },
			      .from = from,
			      .part = p,
			      .put = STORE_PUT_INIT,
			      .held = held };
	const struct http_settings *settings = &from->session->settings;
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = -1;
	struct session_call c;
	uint64_t ms;
	int got = store_open_content(from->store, &p->digest, p->size, &fd, e);

	*fetched = got == 0;
	if (held) {
		*held = fd;
		fd = -1;
	}
	if (got == 0 && from->offline)
		return err_set(e, ERR_NETWORK,
			       "%s is not in the store, and --offline forbids fetching; run once "
			       "without --offline",
			       p->label);
	if (got == 0 && !has_room(from->store, p, e))
		return false;
	for (unsigned tries = 1; got == 0; tries++) {
		got = pull_blob_try(&a, &d, &c, tries >= settings->tries, e);
		if (got == 0 && !http_patience_wait(settings, &d.patience, &c.http, tries, &ms))
			got = pull_blob_ended(&a, &d, &c, true, e);
		else if (got == 0)
			http_pause(ms);
	}
	pull_blob_drop(&d);
	if (got > 0)
		meter_tell(&from->meter, &d.told, p->size);
	return got > 0;
}
