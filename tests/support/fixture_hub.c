/* SPDX-License-Identifier: Apache-2.0 */
/* The registry that keeps. A request is read to its end before it is answered, one after the other.
 */

#include "support/fixture_hub.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/digest.h"

#define HUB_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define HUB_INDEX "application/vnd.oci.image.index.v1+json"

struct hub_request {
	struct arena a;
	char method[16], path[2048];
	const char *type;
	struct str body;
};

static struct hub_thing *hub_find(struct hub_thing *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(v[i].name, name) == 0)
			return &v[i];
	}
	return NULL;
}

static const char *hub_digest(struct hub *h, struct str text)
{
	struct digest d = digest_of(text);

	return arena_printf(&h->a, "sha256:%s", digest_hex_dup(&h->a, &d));
}

static void hub_set(struct hub *h, const char *name, const char *type, struct str text)
{
	struct hub_thing *m = hub_find(h->manifests.v, h->manifests.n, name);

	if (!m)
		m = list_push(&h->a, &h->manifests);
	*m = (struct hub_thing){ arena_strdup(&h->a, name), arena_strdup(&h->a, type),
				 str_copy(&h->a, text) };
}

/* Under a tag or a digest: of a manifest that is put, its name is its digest too. */
static const char *hub_set_both(struct hub *h, const char *repository, const char *tag,
				const char *type, struct str text)
{
	const char *digest = hub_digest(h, text);

	hub_set(h, arena_printf(&h->a, "%s@%s", repository, digest), type, text);
	if (tag)
		hub_set(h, arena_printf(&h->a, "%s:%s", repository, tag), type, text);
	return digest;
}

static const char *hub_set_blob(struct hub *h, struct str text)
{
	const char *name = hub_digest(h, text);

	if (!hub_find(h->blobs.v, h->blobs.n, name))
		*list_push(&h->a, &h->blobs) = (struct hub_thing){ name, NULL,
								   str_copy(&h->a, text) };
	return name;
}

/* ---- answers ---- */

static void hub_send(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		text = str_from(text, (size_t)n);
	}
}

static void hub_answer(const struct hub_request *r, int fd, int status, const char *headers,
		       struct str body)
{
	AUTO_ARENA a = { 0 };

	hub_send(fd, str_of(arena_printf(&a,
					 "HTTP/1.1 %d Kept\r\nConnection: close\r\n"
					 "Content-Length: %zu\r\n%s\r\n",
					 status, body.n, headers)));
	if (strcmp(r->method, "HEAD") != 0)
		hub_send(fd, body);
}

static void hub_give(struct hub_request *r, int fd, const struct hub_thing *x)
{
	if (!x)
		hub_answer(r, fd, 404, "", STR(""));
	else if (x->type)
		hub_answer(r, fd, 200, arena_printf(&r->a, "Content-Type: %s\r\n", x->type),
			   x->text);
	else
		hub_answer(r, fd, 200, "", x->text);
}

static const char *hub_name(struct hub_request *r, const char *repository, const char *reference)
{
	return arena_printf(&r->a, "%s%s%s", repository, strchr(reference, ':') ? "@" : ":",
			    reference);
}

/* The digest of the subject that a manifest names, or "". */
static struct str hub_subject(struct str text)
{
	const char *at = memmem(text.p, text.n, "\"subject\":{", 11), *end;

	at = at ? memmem(at, (size_t)(text.p + text.n - at), "\"digest\":\"", 10) : NULL;
	if (!at)
		return STR("");
	at += 10;
	end = memchr(at, '"', (size_t)(text.p + text.n - at));
	return end ? (struct str){ at, (size_t)(end - at) } : STR("");
}

static void hub_manifests(struct hub *h, struct hub_request *r, int fd, const char *repository,
			  const char *reference)
{
	struct str subject;
	const char *digest;

	if (strcmp(r->method, "PUT") != 0) {
		hub_give(r, fd,
			 hub_find(h->manifests.v, h->manifests.n,
				  hub_name(r, repository, reference)));
		return;
	}
	h->put++;
	digest = hub_set_both(h, repository, strchr(reference, ':') ? NULL : reference, r->type,
			      r->body);
	subject = hub_subject(r->body);
	hub_answer(r, fd, 201,
		   h->has_referrers && subject.n
			   ? arena_printf(&r->a, "OCI-Subject: " STR_FMT "\r\n", STR_ARG(subject))
			   : arena_printf(&r->a, "Docker-Content-Digest: %s\r\n", digest),
		   STR(""));
}

static void hub_referrers(struct hub *h, struct hub_request *r, int fd, const char *repository,
			  const char *digest)
{
	const char *prefix = arena_printf(&r->a, "%s@", repository);
	struct buf text = { .a = &r->a };
	bool first = true;

	if (!h->has_referrers) {
		hub_answer(r, fd, 404, "", STR(""));
		return;
	}
	buf_puts(&text, "{\"schemaVersion\":2,\"mediaType\":\"" HUB_INDEX "\",\"manifests\":[");
	list_each(m, &h->manifests) {
		if (strncmp(m->name, prefix, strlen(prefix)) != 0 ||
		    !str_eq(hub_subject(m->text), str_of(digest)))
			continue;
		buf_printf(&text, "%s{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu}",
			   first ? "" : ",", m->type, m->name + strlen(prefix), m->text.n);
		first = false;
	}
	buf_puts(&text, "]}");
	hub_answer(r, fd, 200, "Content-Type: " HUB_INDEX "\r\n", buf_str(&text));
}

static void hub_blobs(struct hub *h, struct hub_request *r, int fd, const char *name)
{
	if (strcmp(r->method, "POST") == 0)
		hub_answer(r, fd, 202, "Location: /up?id=1\r\n", STR(""));
	else
		hub_give(r, fd, hub_find(h->blobs.v, h->blobs.n, name));
}

static void hub_dispatch(struct hub *h, struct hub_request *r, int fd)
{
	static const struct {
		const char *word;
		void (*answer)(struct hub *h, struct hub_request *r, int fd, const char *repository,
			       const char *name);
	} rooms[] = { { "/manifests/", hub_manifests }, { "/referrers/", hub_referrers } };
	const char *line = arena_printf(&r->a, "%s %s", r->method, r->path);
	char *at;

	if (h->refuses && strncmp(line, h->refuses, strlen(h->refuses)) == 0) {
		hub_answer(r, fd, 403, "", STR(""));
		return;
	}
	if (strncmp(r->path, "/up?", 4) == 0) {
		hub_set_blob(h, r->body);
		hub_answer(r, fd, 201, "", STR(""));
		return;
	}
	for (size_t i = 0; strncmp(r->path, "/v2/", 4) == 0 && i < ARRAY_SIZE(rooms); i++) {
		at = strstr(r->path, rooms[i].word);
		if (!at)
			continue;
		*at = '\0';
		rooms[i].answer(h, r, fd, r->path + 4, at + strlen(rooms[i].word));
		return;
	}
	at = strstr(r->path, "/blobs/");
	if (at)
		hub_blobs(h, r, fd, at + 7);
	else
		hub_answer(r, fd, strcmp(r->path, "/v2/") == 0 ? 200 : 404, "", STR(""));
}

/* ---- the server ---- */

static const char *hub_header(struct hub_request *r, struct str head, const char *name)
{
	const char *at = strcasestr(head.p, name), *end;

	if (!at || at > head.p + head.n)
		return "";
	at += strlen(name);
	end = strstr(at, "\r\n");
	return str_dup(&r->a, (struct str){ at, (size_t)(end - at) });
}

/* Reads all of a request; false when the peer has gone. */
static bool hub_read(struct hub_request *r, int fd)
{
	struct buf text = { .a = &r->a };
	char part[8192];
	size_t head = 0, body = 0;

	while (!head || text.n < head + body) {
		ssize_t n = recv(fd, part, sizeof(part), 0);
		const char *end;

		if (n <= 0)
			return false;
		buf_add(&text, (struct str){ part, (size_t)n });
		if (text.p[0] < 'A' || text.p[0] > 'Z') { /* TLS is none of ours */
			hub_send(fd, STR("HTTP/1.1 400 Bad Request\r\n\r\n"));
			return false;
		}
		end = head ? NULL : strstr(buf_cstr(&text), "\r\n\r\n");
		if (!end)
			continue;
		head = (size_t)(end - buf_cstr(&text)) + 4;
		body = strtoul(hub_header(r, buf_str(&text), "\r\nContent-Length: "), NULL, 10);
		if (*hub_header(r, buf_str(&text), "\r\nExpect: "))
			hub_send(fd, STR("HTTP/1.1 100 Continue\r\n\r\n"));
	}
	r->type = hub_header(r, (struct str){ buf_cstr(&text), head }, "\r\nContent-Type: ");
	r->body = str_from(buf_str(&text), head);
	return sscanf(buf_cstr(&text), "%15s %2047s", r->method, r->path) == 2;
}

static void *hub_serve(void *user)
{
	struct hub *h = user;
	int fd;

	while ((fd = accept(h->listener, NULL, NULL)) >= 0) {
		struct hub_request r = { .type = NULL };

		if (hub_read(&r, fd)) {
			pthread_mutex_lock(&h->lock);
			hub_dispatch(h, &r, fd);
			pthread_mutex_unlock(&h->lock);
		}
		shutdown(fd, SHUT_WR);
		close(fd);
		arena_free(&r.a);
	}
	return NULL;
}

void hub_open(struct hub *h, bool has_referrers)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);

	*h = (struct hub){ .has_referrers = has_referrers };
	pthread_mutex_init(&h->lock, NULL);
	h->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert(h->listener >= 0 && bind(h->listener, (struct sockaddr *)&at, size) == 0 &&
		  listen(h->listener, 64) == 0 &&
		  getsockname(h->listener, (struct sockaddr *)&at, &size) == 0);
	h->port = ntohs(at.sin_port);
	cr_assert_eq(pthread_create(&h->thread, NULL, hub_serve, h), 0);
}

void hub_close(struct hub *h)
{
	shutdown(h->listener, SHUT_RDWR);
	pthread_join(h->thread, NULL);
	close(h->listener);
	pthread_mutex_destroy(&h->lock);
	arena_free(&h->a);
}

/* ---- what a test puts and looks at ---- */

const char *hub_image(struct hub *h, const char *name)
{
	return arena_printf(&h->a, "docker://127.0.0.1:%u/%s", h->port, name);
}

const char *hub_put(struct hub *h, const char *repository, const char *tag, const char *type,
		    struct str text)
{
	const char *digest;

	pthread_mutex_lock(&h->lock);
	digest = hub_set_both(h, repository, tag, type, text);
	pthread_mutex_unlock(&h->lock);
	return digest;
}

const char *hub_put_blob(struct hub *h, struct str text)
{
	const char *digest;

	pthread_mutex_lock(&h->lock);
	digest = hub_set_blob(h, text);
	pthread_mutex_unlock(&h->lock);
	return digest;
}

const char *hub_descriptor(struct hub *h, const char *type, const char *digest, size_t size,
			   const char *more)
{
	return arena_printf(&h->a, "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu%s}", type,
			    digest, size, more);
}

const char *hub_put_image(struct hub *h, const char *repository, const char *tag,
			  const char *config, const char *layers)
{
	const char *part = hub_descriptor(h, "application/vnd.oci.image.config.v1+json",
					  hub_put_blob(h, str_of(config)), strlen(config), "");

	return hub_put(h, repository, tag, HUB_MANIFEST,
		       str_of(arena_printf(&h->a,
					   "{\"schemaVersion\":2,\"mediaType\":\"" HUB_MANIFEST
					   "\",\"config\":%s,\"layers\":[%s]}",
					   part, layers)));
}

struct str hub_get(struct hub *h, const char *name)
{
	struct hub_thing *m;

	pthread_mutex_lock(&h->lock);
	m = hub_find(h->manifests.v, h->manifests.n, name);
	pthread_mutex_unlock(&h->lock);
	return m ? m->text : (struct str){ NULL, 0 };
}

static void hub_spoil_one(struct hub *h, struct hub_thing *x, const char *from, const char *to)
{
	const char *at = memmem(x->text.p, x->text.n, from, strlen(from));
	size_t before = at ? (size_t)(at - x->text.p) : 0;
	struct str rest;

	if (!at)
		return;
	rest = str_from(x->text, before + strlen(from));
	x->text = str_of(arena_printf(&h->a, STR_FMT "%s" STR_FMT, (int)before, x->text.p, to,
				      STR_ARG(rest)));
}

void hub_spoil(struct hub *h, const char *from, const char *to)
{
	pthread_mutex_lock(&h->lock);
	list_each(m, &h->manifests)
		hub_spoil_one(h, m, from, to);
	list_each(b, &h->blobs)
		hub_spoil_one(h, b, from, to);
	pthread_mutex_unlock(&h->lock);
}
