/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests and the tag: what stands in their place, and what the registry makes of them. */

#include "transfer/registry/push_document.h"

#include <stdio.h>

#include "transfer/registry/artifact.h"
#include "transfer/registry/referrers.h"

/* 201 is what the specification has; 200, 202 and 204 come from registries that store in their own
 * time. */
bool push_is_taken(const struct http_request *r)
{
	return r->status >= 200 && r->status <= 204 && r->status != 203;
}

bool push_head(struct arena *a, struct push *p, const char *what, const char *url, bool *there,
	       struct session_call *c, struct error *e)
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
	if (!push_is_taken(&c.http))
		return push_refused_document(a, p, &c, d, x->tag, e);
	if (!push_told_digest(&c, d, &said) && said)
		return err_set(e, ERR_VERIFY, "%s: the registry stored it as %.140s", x->what,
			       said);
	snprintf(out->digest, sizeof(out->digest), "%s",
		 said ? said : content_digest_text(a, &d->digest));
	out->manifests++;
	return !d->subject || session_header(&c, "OCI-Subject") || referrers_note(p->session, d, e);
}

static struct push_document push_name_document(struct arena *a, const struct push *p,
					       const struct document *d, const char *tag)
{
	const char *digest = content_digest_text(a, &d->digest);

	return (struct push_document){
		.d = d,
		.tag = tag,
		.what = tag ? arena_printf(a, "tag %s", tag)
			    : arena_printf(a, "manifest %.19s", digest),
		.url = session_url(a, p->session, "manifests/%s", tag ? tag : digest),
	};
}

/* Asks what stands in a document's place: 1 this very one, 0 something else or nothing, -1. */
static int push_ask_document(struct arena *a, struct push *p, const struct push_document *x,
			     struct session_call *c, bool *there, struct push_result *out,
			     struct error *e)
{
	const char *said;

	if (!push_head(a, p, x->what, x->url, there, c, e))
		return -1;
	if (!*there || !push_told_digest(c, x->d, &said))
		return 0;
	snprintf(out->digest, sizeof(out->digest), "%s", said);
	return 1;
}

bool push_send_document(struct push *p, const struct document *d, const char *tag,
			struct push_result *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct push_document x = push_name_document(&a, p, d, tag);
	struct session_call c;
	const char *etag;
	bool there;
	int got = push_ask_document(&a, p, &x, &c, &there, out, e);

	if (got)
		return got > 0;
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

bool push_send_image(struct push *p, const struct document *d, struct push_result *out,
		     struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct push_document x;

	if (p->order->expected)
		return push_send_document(p, d, p->order->to->tag, out, e);
	x = push_name_document(&a, p, d, p->order->to->tag);
	return push_put_document(&a, p, &x, out, e);
}

int push_find_image(struct push *p, struct push_result *out, struct error *e)
{
	const struct push_plan *plan = p->order->plan;
	AUTO_ARENA a = { 0 };
	struct push_document x = push_name_document(&a, p,
						    &plan->documents.v.v[plan->documents.v.n - 1],
						    p->order->to->tag);
	struct session_call c;
	bool there;
	int got = p->order->expected ? 0 : push_ask_document(&a, p, &x, &c, &there, out, e);

	for (size_t i = 0; got > 0 && i < plan->blobs.v.n; i++)
		push_known_add(p->order->known, p->order->to, plan->blobs.v.v[i].name);
	if (got > 0)
		p->there = plan->blobs.v.n;
	return got;
}
