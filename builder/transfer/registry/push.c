/* SPDX-License-Identifier: Apache-2.0 */
/* Sends what a plan names. Blobs go side by side; an upload that broke begins anew, for nobody
 * knows what the registry made of it. */

#include "transfer/registry/push.h"

#include "base/parallel.h"
#include "transfer/http/http_url.h"
#include "transfer/registry/push_document.h"
#include "transfer/retry/retry.h"

#define RESTARTS_MAX 3 /* of one upload that was lost */

/* One upload. */
struct uploading {
	struct meter *meter;
	uint64_t told; /* to the meter */
	struct http_patience patience;
	/* of the bytes: many registries name by SHA-256 what came by SHA-512, too */
	struct content_digest sha256;
};

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
	if (c->http.end != HTTP_DONE || !push_is_taken(&c->http)) {
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
	const struct document_part *b = p->turns[i];
	struct uploading u = { .meter = &p->meter };

	if (!send_blob(&a, p, b, &u, e))
		return false;
	push_known_add(p->order->known, p->order->to, b->name);
	push_tell(&u, b->size);
	return true;
}

static bool push_send_all(struct push *p, struct push_result *out, struct error *e)
{
	const struct push_plan *plan = p->order->plan;
	size_t last = plan->documents.v.n - 1;
	int got = push_find_image(p, out, e);

	if (got)
		return got > 0;
	if (!parallel_for(plan->blobs.v.n, SESSION_THREADS, push_work, p, e))
		return false;
	for (size_t i = 0; i < last; i++) {
		if (!push_send_document(p, &plan->documents.v.v[i], NULL, out, e))
			return false;
	}
	return push_send_image(p, &plan->documents.v.v[last], out, e);
}

bool push_in_session(struct session *session, const struct push_order *o, struct push_result *out,
		     struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct push p = { .order = o,
			  .session = session,
			  .turns = document_parts_turns(&a, &o->plan->blobs),
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
