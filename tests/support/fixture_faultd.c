/* SPDX-License-Identifier: Apache-2.0 */
/* The fault server. Blocking sockets and a thread for each connection: what it sends is exactly
 * what the script says, in that order. */

#include "support/fixture_faultd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

struct faultd_connection {
	struct faultd *server;
	pthread_t thread;
	int fd;
	bool done;
	char request[FAULTD_REQUEST_MAX]; /* its head, and a small body; NUL-terminated */
	char path[1024];		  /* set once its reply is chosen */
};

static void faultd_must(bool ok, const char *what)
{
	if (!ok) {
		perror(what);
		abort();
	}
}

static void pause_ms(unsigned ms)
{
	nanosleep(&(struct timespec){ ms / 1000, (long)(ms % 1000) * 1000000 }, NULL);
}

static bool send_all(int fd, struct str s, unsigned drip_ms)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, drip_ms ? 1 : s.n, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = str_from(s, (size_t)n);
		if (drip_ms)
			pause_ms(drip_ms);
	}
	return true;
}

/* Whether all of it has come: the head, and a body that finds room behind it. */
static bool faultd_is_whole(const struct faultd_connection *c, size_t n)
{
	const char *end = strstr(c->request, "\r\n\r\n"), *length;
	size_t body;

	if (!end)
		return false;
	length = strcasestr(c->request, "\r\nContent-Length: ");
	body = length && length < end ? strtoul(length + 18, NULL, 10) : 0;
	end += 4;
	return body > (size_t)(c->request + sizeof(c->request) - 1 - end) ||
	       end + body <= c->request + n;
}

static bool read_request(struct faultd_connection *c)
{
	size_t n = 0;

	while (n < sizeof(c->request) - 1) {
		ssize_t got = recv(c->fd, c->request + n, sizeof(c->request) - 1 - n, 0);

		if (got <= 0)
			return false;
		n += (size_t)got;
		c->request[n] = '\0';
		if (faultd_is_whole(c, n))
			return true;
	}
	return false;
}

/* How many entries of the script are for this path; the n-th of them (or the last) in *out. */
static size_t faultd_find(const struct faultd *d, const char *path, size_t nth,
			  const struct fault_reply **out)
{
	size_t found = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct fault_reply *r = &d->script[i];

		if (path ? !r->path || strcmp(r->path, path) != 0 : r->path != NULL)
			continue;
		if (found++ <= nth)
			*out = r;
	}
	return found;
}

/* The reply to this request, by the number of earlier requests for its path. */
static const struct fault_reply *faultd_choose(struct faultd *d, struct faultd_connection *c)
{
	static const struct fault_reply not_found = { .status = 404, .body = { "no\n", 3 } };
	const struct fault_reply *reply = &not_found;
	char path[sizeof(c->path)] = "?";
	size_t nth = 0;

	sscanf(c->request, "%*s %1023s", path);
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->accepted; i++)
		nth += strcmp(d->connections[i].path, path) == 0;
	memcpy(c->path, path, sizeof(path));
	pthread_mutex_unlock(&d->lock);
	if (!faultd_find(d, path, nth, &reply))
		faultd_find(d, NULL, nth, &reply);
	return reply;
}

/* The first byte that the request asks for, if the reply obeys ranges; 0 otherwise. */
static size_t range_start(const struct faultd_connection *c, const struct fault_reply *r)
{
	const char *range = strcasestr(c->request, "\r\nRange: bytes=");
	const char *condition = strcasestr(c->request, "\r\nIf-Range: ");
	size_t from;

	if (!r->ranges || !range)
		return 0;
	if (condition && (!r->etag || strncmp(condition + 12, r->etag, strlen(r->etag)) != 0))
		return 0;
	from = strtoul(range + 15, NULL, 10);
	return from < r->body.n ? from : 0;
}

static struct str faultd_head(struct arena *a, const struct fault_reply *r, size_t from)
{
	struct buf out = { .a = a };

	buf_printf(&out, "HTTP/1.1 %d Scripted\r\nConnection: close\r\n",
		   from	       ? 206
		   : r->status ? r->status
			       : 200);
	if (from)
		buf_printf(&out, "Content-Range: bytes %zu-%zu/%zu\r\n", from, r->body.n - 1,
			   r->body.n);
	if (r->etag)
		buf_printf(&out, "ETag: %s\r\n", r->etag);
	if (r->framing == FAULT_LENGTH)
		buf_printf(&out, "Content-Length: %zu\r\n", r->body.n - from);
	else if (r->framing == FAULT_CLAIM)
		buf_printf(&out, "Content-Length: %llu\r\n", (unsigned long long)r->claim);
	else if (r->framing == FAULT_CHUNKED)
		buf_puts(&out, "Transfer-Encoding: chunked\r\n");
	if (r->headers)
		buf_puts(&out, r->headers);
	buf_puts(&out, "\r\n");
	return buf_str(&out);
}

/* The bytes that follow the head, as framed and as cut. */
static struct str faultd_tail(struct arena *a, const struct fault_reply *r, size_t from)
{
	struct str body = r->body.p ? str_from(r->body, from) : STR("");
	struct buf out = { .a = a };

	if (r->framing == FAULT_CHUNKED) {
		size_t half = body.n / 2;

		if (half)
			buf_printf(&out, "%zx\r\n" STR_FMT "\r\n", half, (int)half, body.p);
		if (body.n)
			buf_printf(&out, "%zx\r\n" STR_FMT "\r\n", body.n - half,
				   (int)(body.n - half), body.p + half);
		buf_puts(&out, "0\r\n\r\n");
		body = buf_str(&out);
	}
	if (r->cuts && r->cut < body.n)
		body.n = r->cut;
	return body;
}

static void faultd_answer(struct faultd_connection *c, const struct fault_reply *r)
{
	AUTO_ARENA a = { 0 };
	bool only_head = strncmp(c->request, "HEAD ", 5) == 0;
	size_t from = range_start(c, r);
	bool alive = true;

	pause_ms(r->delay_ms);
	if (r->framing == FAULT_RAW) {
		for (uint64_t i = 0; alive && i <= r->repeat; i++)
			alive = send_all(c->fd, r->body, r->drip_ms);
		return;
	}
	alive = send_all(c->fd, faultd_head(&a, r, from), r->drip_ms);
	if (alive && !only_head)
		send_all(c->fd, faultd_tail(&a, r, from), r->drip_ms);
}

static void end_connection(struct faultd_connection *c, enum fault_end end)
{
	char byte[256];

	if (end == FAULT_RST) {
		struct linger now = { 1, 0 };

		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		return; /* close() does the rest */
	}
	if (end == FAULT_FIN)
		shutdown(c->fd, SHUT_WR);
	/* until the peer, or faultd_stop(), ends it */
	while (recv(c->fd, byte, sizeof(byte), 0) > 0)
		continue;
}

static void *faultd_serve(void *user)
{
	struct faultd_connection *c = user;
	struct faultd *d = c->server;

	if (read_request(c)) {
		const struct fault_reply *r = faultd_choose(d, c);

		faultd_answer(c, r);
		end_connection(c, r->end);
	}
	pthread_mutex_lock(&d->lock);
	close(c->fd);
	c->done = true;
	d->now--;
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

static void *accept_all(void *user)
{
	struct faultd *d = user;

	for (;;) {
		int fd = accept(d->listener, NULL, NULL);
		struct faultd_connection *c;

		if (fd < 0)
			return NULL;
		pthread_mutex_lock(&d->lock);
		faultd_must(d->accepted < FAULTD_CONNECTIONS, "too many connections for faultd");
		c = &d->connections[d->accepted];
		*c = (struct faultd_connection){ .server = d, .fd = fd };
		faultd_must(pthread_create(&c->thread, NULL, faultd_serve, c) == 0,
			    "pthread_create");
		d->accepted++;
		d->now++;
		d->most = d->now > d->most ? d->now : d->most;
		pthread_mutex_unlock(&d->lock);
	}
}

void faultd_start(struct faultd *d, const struct fault_reply *script, size_t n)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);

	*d = (struct faultd){ .script = script, .n = n };
	pthread_mutex_init(&d->lock, NULL);
	d->connections = calloc(FAULTD_CONNECTIONS, sizeof(*d->connections));
	faultd_must(d->connections != NULL, "calloc");
	d->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	faultd_must(d->listener >= 0, "socket");
	faultd_must(bind(d->listener, (struct sockaddr *)&at, size) == 0, "bind");
	faultd_must(listen(d->listener, FAULTD_CONNECTIONS) == 0, "listen");
	faultd_must(getsockname(d->listener, (struct sockaddr *)&at, &size) == 0, "getsockname");
	d->port = ntohs(at.sin_port);
	faultd_must(pthread_create(&d->acceptor, NULL, accept_all, d) == 0, "pthread_create");
}

void faultd_stop(struct faultd *d)
{
	shutdown(d->listener, SHUT_RDWR);
	pthread_join(d->acceptor, NULL);
	close(d->listener);
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->accepted; i++) {
		if (!d->connections[i].done)
			shutdown(d->connections[i].fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; i < d->accepted; i++)
		pthread_join(d->connections[i].thread, NULL);
	free(d->connections);
	pthread_mutex_destroy(&d->lock);
}

const char *faultd_url(struct arena *a, const struct faultd *d, const char *path)
{
	return arena_printf(a, "http://127.0.0.1:%u%s", d->port, path);
}

size_t faultd_hits(struct faultd *d, const char *path)
{
	size_t hits = 0;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->accepted; i++)
		hits += path ? strcmp(d->connections[i].path, path) == 0
			     : d->connections[i].path[0] != '\0';
	pthread_mutex_unlock(&d->lock);
	return hits;
}

unsigned faultd_most(struct faultd *d)
{
	unsigned most;

	pthread_mutex_lock(&d->lock);
	most = d->most;
	pthread_mutex_unlock(&d->lock);
	return most;
}

bool faultd_saw(struct faultd *d, const char *path, const char *text)
{
	bool saw = false;

	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->accepted; i++) {
		const struct faultd_connection *c = &d->connections[i];

		saw |= (path ? strcmp(c->path, path) == 0 : c->path[0] != '\0') &&
		       strstr(c->request, text);
	}
	pthread_mutex_unlock(&d->lock);
	return saw;
}
