/* SPDX-License-Identifier: Apache-2.0 */
/* Sends what a plan names. Blobs go side by side; an upload that broke begins anew, for nobody
 * knows what the registry made of it. */

#include "transfer/registry/push.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/parallel.h"
#include "transfer/http/http_url.h"
#include "transfer/registry/artifact.h"
#include "transfer/retry/retry.h"
#include "transfer/registry/referrers.h"
#include "transfer/registry/transfer_meter.h"

#define RESTARTS_MAX 3 /* of one upload that was lost */

struct push {
	const struct push_order *order;
	struct session *session;
	struct meter meter;
	atomic_size_t sent, mounted, there;
	atomic_ullong bytes;
};

/* One upload. */
struct uploading {
	struct meter *meter;
	uint64_t told; /* to the meter */
	struct http_patience patience;
	/* of the bytes: many registries name by SHA-256 what came by SHA-512, too */
	struct content_digest sha256;
};

/* 201 is what the specification has; 200, 202 and 204 come from registries that store in their own
 * time. */
static bool is_taken(const struct http_request *r)
{
	return r->status >= 200 && r->status <= 204 && r->status != 203;
}

/* Whether the registry has this. */
static bool push_head(struct arena *a, struct push *p, const char *what, const char *url,
		      bool *there, struct session_call *c, struct error *e)
{
	struct strings accept = { 0 };

	*c = (struct session_call){ .what = what, .http = { .url = url, .method = HTTP_HEAD } };
	*list_push(a, &accept) = "Accept: */*";
	for (size_t i = 0; i < p->order->plan->documents.v.n; i++) {
		const char *line = arena_printf(a, "Accept: %s",
						p->order->plan->documents.v.v[i].media_type);

		if (!strings_has(&accept, line))
			*list_push(a, &accept) = line;
	}
	c->http.headers = &accept;
	if (!session_ask(a, p->session, c, e))
		return false;
	c->http.headers = NULL;
	*there = c->http.status == 200;
	return *there || c->http.status == 404 || session_refused(a, p->session, c, e);
}

/* Opens an upload: 1 and the address, 2 the registry has taken the blob from another repository,
 * -1. */
static int open_upload(struct arena *a, struct push *p, const struct document_part *b,
		       const char **location, struct error *e)
{
	const char *from = p->order->mount_from;
	const char *url = from ? session_url(a, p->session, "blobs/uploads/?mount=%s&from=%s",
					     b->name, from)
			       : session_url(a, p->session, "blobs/uploads/");
	struct session_call c = { .what = b->label, .http = { .url = url, .method = HTTP_POST } };
	char address[HTTP_URL_MAX];
	const char *to, *fault;

	if (!session_ask(a, p->session, &c, e))
		return -1;
	if (c.http.status == 201 && from)
		return 2;
	if (c.http.status != 202) {
		session_refused(a, p->session, &c, e);
		return -1;
	}
	to = session_header(&c, "Location");
	fault = to ? http_url_join(url, to, address) : "nowhere";
	if (fault) {
		err_set(e, ERR_NETWORK, "%s: %s: it sends the upload %s", p->session->ref->host,
			b->label, fault);
		return -1;
	}
	address[strcspn(address, "#")] = '\0'; /* the digest is to be a part of the query */
	*location = arena_strdup(a, address);
	return 1;
}

/* Whether a new upload may do better: the connection broke, this one is gone, the server is not
 * well. */
static bool may_restart(const struct http_request *r)
{
	return http_may_retry(r) || (r->end == HTTP_DONE && (r->status == 404 || r->status == 416));
}

static bool push_give_up(struct arena *a, struct push *p, const struct session_call *c,
			 struct error *e)
{
	return c->http.end == HTTP_DONE ? session_refused(a, p->session, c, e)
					: session_failed(p->session, c, e);
}

/* Sends the bytes in one request. 1 done, 0 it may be tried again, -1. */
static int push_put_blob(struct arena *a, struct push *p, const struct document_part *b,
			 const char *location, const struct http_upload *upload,
			 struct session_call *c, struct error *e)
{
	struct uploading *u = upload->owner;
	struct strings headers = { 0 };
	const char *said;

	*list_push(a, &headers) = "Content-Type: application/octet-stream";
	*c = (struct session_call){ .what = b->label, .once = true };
	c->http =
		(struct http_request){ .method = HTTP_PUT, .headers = &headers, .upload = upload };
	c->http.url = arena_printf(a, "%s%cdigest=%s", location, strchr(location, '?') ? '&' : '?',
				   b->name);
	http_patience_begin(&p->session->settings, &u->patience, &c->http);
	if (!session_send(a, p->session, c, e))
		return -1;
	if (may_restart(&c->http))
		return 0;
	if (c->http.end != HTTP_DONE || !is_taken(&c->http)) {
		push_give_up(a, p, c, e);
		return -1;
	}
	said = session_header(c, "Docker-Content-Digest");
	if (!said || strcmp(said, b->name) == 0 ||
	    strcmp(said, content_digest_text(a, &u->sha256)) == 0)
		return 1;
	err_set(e, ERR_VERIFY, "%s: the registry stored it as %.140s", b->label, said);
	return -1;
}

static void count_sent(struct push *p, const struct document_part *b)
{
	atomic_fetch_add(&p->sent, 1);
	atomic_fetch_add(&p->bytes, b->size);
}

static bool upload_blob(struct arena *a, struct push *p, const struct document_part *b,
			const struct http_upload *upload, struct error *e)
{
	const char *url = session_url(a, p->session, "blobs/%s", b->name), *location;
	struct uploading *u = upload->owner;
	struct session_call c;
	bool there = false;
	uint64_t ms;

	for (unsigned tries = 1;; tries++) {
		int got = open_upload(a, p, b, &location, e);

		if (got == 1)
			got = push_put_blob(a, p, b, location, upload, &c, e);
		if (got < 0)
			return false;
		if (got == 2)
			atomic_fetch_add(&p->mounted, 1);
		if (got == 1)
			count_sent(p, b);
		if (got)
			return true;
		if (tries >=
			    (http_may_retry(&c.http) ? p->session->settings.tries : RESTARTS_MAX) ||
		    !http_patience_wait(&p->session->settings, &u->patience, &c.http, tries, &ms))
			return push_give_up(a, p, &c, e);
		http_pause(ms);
		/* the answer may have been lost, not the bytes */
		if (!push_head(a, p, b->label, url, &there, &c, e))
			return false;
		if (there) {
			count_sent(p, b);
			return true;
		}
	}
}

/* Nothing damaged is ever sent: all of it is hashed first, through the descriptor it is sent from.
 */
static bool check_blob(const struct push_part *part, const struct document_part *b,
		       struct content_digest *sha256, struct error *e)
{
	struct content_digest found;
	struct fd_source from;

	if (part->size != b->size)
		return err_set(e, ERR_VERIFY, "%s has %llu bytes, its descriptor says %llu",
			       b->label, (unsigned long long)part->size,
			       (unsigned long long)b->size);
	fd_source_init(&from, part->fd, part->offset, part->size, b->label);
	if (!content_digest_read(&from.base, b->digest.sha512, &found, e))
		return false;
	if (!content_digest_eq(&found, &b->digest))
		return err_set(
			e, ERR_VERIFY,
			"%s is damaged: its bytes have another digest; build the image again",
			b->label);
	*sha256 = found;
	if (!found.sha512)
		return true;
	fd_source_init(&from, part->fd, part->offset, part->size, b->label);
	return content_digest_read(&from.base, false, sha256, e);
}

static void push_tell(void *owner, uint64_t at)
{
	struct uploading *u = owner;

	meter_tell(u->meter, &u->told, at);
}

static bool send_blob(struct arena *a, struct push *p, const struct document_part *b,
		      struct uploading *u, struct error *e)
{
	const char *url = session_url(a, p->session, "blobs/%s", b->name);
	struct push_part part = { -1, -1, 0, 0 };
	struct http_upload upload;
	struct session_call c;
	bool there, ok;

	there = push_known_has(p->order->known, p->order->to, b->name);
	if (!there && !push_head(a, p, b->label, url, &there, &c, e))
		return false;
	if (there) {
		atomic_fetch_add(&p->there, 1);
		return true;
	}
	if (!p->order->from->open(p->order->from->of, &b->digest, &part, e))
		return err_wrap(e, "%s", b->label);
	upload = (struct http_upload){ .fd = part.fd,
				       .offset = part.offset,
				       .size = part.size,
				       .sent = push_tell,
				       .owner = u };
	ok = check_blob(&part, b, &u->sha256, e) && upload_blob(a, p, b, &upload, e);
	fd_closep(&part.own);
	return ok;
}

static bool push_work(void *ctx, size_t i, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct push *p = ctx;
	const struct document_part *b = &p->order->plan->blobs.v.v[i];
	struct uploading u = { .meter = &p->meter };

	if (!send_blob(&a, p, b, &u, e))
		return false;
	push_known_add(p->order->known, p->order->to, b->name);
	push_tell(&u, b->size);
	return true;
}

/* The digest that the registry told: by whatever algorithm, it has to be of these bytes. */
static bool push_told_digest(const struct session_call *c, const struct document *d,
			     const char **said)
{
	*said = session_header(c, "Docker-Content-Digest");
	return *said && content_digest_names(*said, d->text);
}

/* One that the registry does not take; few know SHA-512. */
static bool push_refused_document(struct arena *a, struct push *p, const struct session_call *c,
				  const struct document *d, const char *tag, struct error *e)
{
	session_refused(a, p->session, c, e);
	return d->digest.sha512 && !tag
		       ? err_wrap(e, "the registry may not know manifests that SHA-512 names")
		       : false;
}

static bool push_was_moved(struct push *p, const char *now, struct push_result *out,
			   struct error *e)
{
	const struct reference *to = p->order->to;

	out->moved = true;
	return err_set(
		e, ERR_VERIFY,
		"%s/%s:%s was moved meanwhile: it stands for %s, and not for %s any more; it "
		"is left so",
		to->host, to->name, to->tag, now, p->order->expected);
}

/* Whether the tag stands for what is expected; `c` is the answer to HEAD. Not all registries tell
 * the digest in it. */
static bool push_check_tag(struct arena *a, struct push *p, const struct session_call *c,
			   bool there, struct push_result *out, struct error *e)
{
	const char *expected = p->order->expected, *said;
	struct artifact now = { .etag = NULL };
	int got;

	if (!there)
		return !expected[0] || push_was_moved(p, "nothing", out, e);
	said = session_header(c, "Docker-Content-Digest");
	if (said && strcmp(said, expected) == 0)
		return true;
	got = artifact_get(a, p->session, p->order->to->tag, &now, e);
	if (got < 0)
		return false;
	return strcmp(got ? now.name : "", expected) == 0 ||
	       push_was_moved(p, got ? now.name : "nothing", out, e);
}

/* One document on its way. */
struct push_document {
	const struct document *d;
	const char *tag; /* NULL: under its digest alone */
	const char *what, *url;
	const char *condition; /* what has to stand there, as a header; or NULL */
};

static bool push_put_document(struct arena *a, struct push *p, const struct push_document *x,
			      struct push_result *out, struct error *e)
{
	const struct document *d = x->d;
	struct http_upload upload = { .text = d->text, .fd = -1 };
	struct session_call c = { .what = x->what, .http = { .url = x->url, .method = HTTP_PUT } };
	struct strings headers = { 0 };
	const char *said;

	*list_push(a, &headers) = arena_printf(a, "Content-Type: %s", d->media_type);
	if (x->condition)
		*list_push(a, &headers) = x->condition;
	c.http.headers = &headers;
	c.http.upload = &upload;
	if (!session_ask(a, p->session, &c, e))
		return false;
	if (x->condition && c.http.status == 412)
		return push_was_moved(p, "something else", out, e);
	if (!is_taken(&c.http))
		return push_refused_document(a, p, &c, d, x->tag, e);
	if (!push_told_digest(&c, d, &said) && said)
		return err_set(e, ERR_VERIFY, "%s: the registry stored it as %.140s", x->what,
			       said);
	snprintf(out->digest, sizeof(out->digest), "%s",
		 said ? said : content_digest_text(a, &d->digest));
	out->manifests++;
	return !d->subject || session_header(&c, "OCI-Subject") || referrers_note(p->session, d, e);
}

/* Puts a document under its digest or, the last one, under the tag, unless it stands there. */
static bool send_document(struct push *p, const struct document *d, const char *tag,
			  struct push_result *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *digest = content_digest_text(&a, &d->digest), *said, *etag;
	struct push_document x = {
		.d = d,
		.tag = tag,
		.what = tag ? arena_printf(&a, "tag %s", tag)
			    : arena_printf(&a, "manifest %.19s", digest),
		.url = session_url(&a, p->session, "manifests/%s", tag ? tag : digest),
	};
	struct session_call c;
	bool there;

	if (!push_head(&a, p, x.what, x.url, &there, &c, e))
		return false;
	if (there && push_told_digest(&c, d, &said)) {
		snprintf(out->digest, sizeof(out->digest), "%s", said);
		return true;
	}
	if (tag && p->order->expected) {
		if (!push_check_tag(&a, p, &c, there, out, e))
			return false;
		etag = session_header(&c, "ETag");
		x.condition = !there ? "If-None-Match: *"
			      : etag ? arena_printf(&a, "If-Match: %s", etag)
				     : NULL;
	}
	return push_put_document(&a, p, &x, out, e);
}

static bool push_send_all(struct push *p, struct push_result *out, struct error *e)
{
	const struct push_plan *plan = p->order->plan;

	if (!parallel_for(plan->blobs.v.n, SESSION_LINES, push_work, p, e))
		return false;
	for (size_t i = 0; i < plan->documents.v.n; i++) {
		bool last = i + 1 == plan->documents.v.n;

		if (!send_document(p, &plan->documents.v.v[i], last ? p->order->to->tag : NULL, out,
				   e))
			return false;
	}
	return true;
}

bool push_in_session(struct session *session, const struct push_order *o, struct push_result *out,
		     struct error *e)
{
	struct push p = { .order = o,
			  .session = session,
			  .meter = { .progress = o->options->progress,
				     .id = "push",
				     .total = o->plan->blobs.bytes } };
	bool ok;

	*out = (struct push_result){ 0 };
	ok = push_send_all(&p, out, e);
	out->sent = p.sent;
	out->mounted = p.mounted;
	out->there = p.there;
	out->bytes = p.bytes;
	return ok;
}

bool push_image(const struct push_order *o, struct push_result *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct session session;
	struct strings scopes = { 0 };
	bool ok;

	*out = (struct push_result){ 0 };
	*list_push(&a, &scopes) = arena_printf(&a, "repository:%s:pull,push", o->to->name);
	if (o->mount_from)
		*list_push(&a, &scopes) = arena_printf(&a, "repository:%s:pull", o->mount_from);
	ok = session_open(&session, o->to, o->options, &scopes, e) &&
	     push_in_session(&session, o, out, e);
	session_close(&session);
	return ok;
}
