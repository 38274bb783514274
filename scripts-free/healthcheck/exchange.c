/* SPDX-License-Identifier: Apache-2.0 */
/* From the first byte of a request to the end of its connection. */

#include "healthcheck/exchange.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

void exchange_drop(struct server *s, struct slot *c)
{
	if (c->state == SLOT_FREE)
		return;
	if (c->state == SLOT_SENDING)
		s->pending[c->pending].used = false;
	close(c->fd);
	c->state = SLOT_FREE;
	s->used--;
}

/* The answer is on its way. With bytes left unread, closing now would send a reset that can
 * overtake it, so the connection lingers until the client has closed. */
static void exchange_finish(struct server *s, struct slot *c)
{
	if (!c->leftover) {
		exchange_drop(s, c);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	c->state = SLOT_LINGERING;
	c->until_ms = clock_ms() + SERVER_LINGER_MS;
	server_watch(s, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLRDHUP, (uint32_t)(c - s->slots));
}

static void exchange_hold(struct server *s, struct slot *c, const char *rest, size_t n)
{
	for (int i = 0; i < SERVER_PENDING; i++) {
		struct pending *p = &s->pending[i];

		if (p->used)
			continue;
		p->used = true;
		p->at = 0;
		p->len = n;
		memcpy(p->data, rest, n);
		c->pending = i;
		c->state = SLOT_SENDING;
		c->until_ms = c->since_ms + SERVER_TOTAL_MS;
		server_watch(s, EPOLL_CTL_MOD, c->fd, EPOLLOUT, (uint32_t)(c - s->slots));
		return;
	}
	exchange_drop(s, c);
}

void exchange_answer(struct server *s, struct slot *c, const struct text *t)
{
	ssize_t n = send(c->fd, t->p, t->len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN)
		exchange_drop(s, c);
	else if (n == (ssize_t)t->len)
		exchange_finish(s, c);
	else
		exchange_hold(s, c, t->p + (n > 0 ? n : 0), t->len - (size_t)(n > 0 ? n : 0));
}

static void keep_sending(struct server *s, struct slot *c)
{
	struct pending *p = &s->pending[c->pending];
	ssize_t n = send(c->fd, p->data + p->at, p->len - p->at, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN) {
		exchange_drop(s, c);
		return;
	}
	p->at += n > 0 ? (size_t)n : 0;
	if (p->at == p->len) {
		p->used = false;
		c->state = SLOT_LINGERING;
		exchange_finish(s, c);
	}
}

void exchange_metrics(struct server *s)
{
	char out[REPLY_MAX];

	for (unsigned i = 0; i < s->limit; i++) {
		struct slot *c = &s->slots[i];
		struct text t = TEXT_OF(out);

		if (c->state != SLOT_WAITING)
			continue;
		metrics_reply(&s->metrics, &s->checks, c->request.method, &t);
		exchange_answer(s, c, &t);
	}
}

static void exchange_decide(struct server *s, struct slot *c)
{
	char out[REPLY_MAX];
	struct text t = TEXT_OF(out);

	if (reply_wants_metrics(&c->request)) {
		c->state = SLOT_WAITING;
		c->until_ms = c->since_ms + SERVER_TOTAL_MS;
		server_watch(s, EPOLL_CTL_MOD, c->fd, 0, (uint32_t)(c - s->slots));
		if (metrics_request(&s->metrics, &s->checks))
			server_watch(s, EPOLL_CTL_ADD, s->metrics.fd, EPOLLIN | EPOLLOUT | EPOLLET,
				     SERVER_KEY_MANAGER);
		if (!metrics_pending(&s->metrics))
			exchange_metrics(s);
		return;
	}
	reply_build(&c->request, &s->checks, &t);
	exchange_answer(s, c, &t);
}

void exchange_read(struct server *s, struct slot *c)
{
	char buf[4096];
	size_t before;
	ssize_t n = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		exchange_drop(s, c);
		return;
	}
	before = c->request.taken;
	if (!http_request_feed(&c->request, buf, (size_t)n))
		return;
	c->leftover = n == sizeof buf || c->request.taken - before < (size_t)n ||
		      c->request.status != 0; /* refused before its end: the rest may follow */
	exchange_decide(s, c);
}

static void read_rest(struct server *s, struct slot *c)
{
	char buf[16384];
	ssize_t n = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		exchange_drop(s, c);
}

void exchange_event(struct server *s, struct slot *c, uint32_t events)
{
	switch (c->state) {
	case SLOT_FREE:
		break;
	case SLOT_READING:
		exchange_read(s, c);
		break;
	case SLOT_WAITING:
		if (events & (EPOLLHUP | EPOLLERR))
			exchange_drop(s, c);
		break;
	case SLOT_SENDING:
		keep_sending(s, c);
		break;
	case SLOT_LINGERING:
		read_rest(s, c);
		break;
	}
}
