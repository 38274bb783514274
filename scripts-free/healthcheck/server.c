/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets and deadlines. What is answered is decided in reply.c. */

#include "healthcheck/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/clock.h"

#define KEY_LISTENER 0xffffffffu
#define KEY_MANAGER  0xfffffffeu

static bool watch(struct server *s, int op, int fd, uint32_t events, uint32_t key)
{
	struct epoll_event ev = { .events = events, .data.u32 = key };

	return epoll_ctl(s->epoll, op, fd, &ev) == 0;
}

static int listen_on(unsigned port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	int on = 1, off = 0, saved, fd;
	bool bound;

	fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
		bound = bind(fd, (struct sockaddr *)&six, sizeof six) == 0;
		if (!bound && errno == EADDRNOTAVAIL) {         /* IPv6 is switched off */
			close(fd);
			fd = -1;
		}
	}
	if (fd < 0) {
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd < 0)
			return -1;
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
		bound = bind(fd, (struct sockaddr *)&four, sizeof four) == 0;
	}
	if (bound && listen(fd, 4096) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* A descriptor per slot and some for files; the hard limit may not allow all slots. */
static unsigned slots_allowed(void)
{
	struct rlimit r;
	rlim_t wanted = SERVER_SLOTS + 32;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0)
		return 64;
	if (r.rlim_cur < wanted) {
		r.rlim_cur = r.rlim_max < wanted ? r.rlim_max : wanted;
		setrlimit(RLIMIT_NOFILE, &r);
	}
	if (r.rlim_cur >= wanted)
		return SERVER_SLOTS;
	return r.rlim_cur > 48 ? (unsigned)r.rlim_cur - 32 : 16;
}

bool server_open(struct server *s, const struct board *board, unsigned port)
{
	checks_init(&s->checks, board);
	metrics_init(&s->metrics);
	s->limit = slots_allowed();
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->epoll < 0)
		return false;
	s->listener = listen_on(port);
	return s->listener >= 0 && watch(s, EPOLL_CTL_ADD, s->listener, EPOLLIN, KEY_LISTENER);
}

static void drop(struct server *s, struct slot *c)
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
static void finish(struct server *s, struct slot *c)
{
	if (!c->leftover) {
		drop(s, c);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	c->state = SLOT_LINGERING;
	c->until_ms = clock_ms() + SERVER_LINGER_MS;
	watch(s, EPOLL_CTL_MOD, c->fd, EPOLLIN | EPOLLRDHUP, (uint32_t)(c - s->slots));
}

static void hold(struct server *s, struct slot *c, const char *rest, size_t n)
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
		watch(s, EPOLL_CTL_MOD, c->fd, EPOLLOUT, (uint32_t)(c - s->slots));
		return;
	}
	drop(s, c);
}

static void answer(struct server *s, struct slot *c, const struct text *t)
{
	ssize_t n = send(c->fd, t->p, t->len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN)
		drop(s, c);
	else if (n == (ssize_t)t->len)
		finish(s, c);
	else
		hold(s, c, t->p + (n > 0 ? n : 0), t->len - (size_t)(n > 0 ? n : 0));
}

static void keep_sending(struct server *s, struct slot *c)
{
	struct pending *p = &s->pending[c->pending];
	ssize_t n = send(c->fd, p->data + p->at, p->len - p->at, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EAGAIN) {
		drop(s, c);
		return;
	}
	p->at += n > 0 ? (size_t)n : 0;
	if (p->at == p->len) {
		p->used = false;
		c->state = SLOT_LINGERING;
		finish(s, c);
	}
}

static void answer_metrics(struct server *s)
{
	char out[REPLY_MAX];

	for (unsigned i = 0; i < s->limit; i++) {
		struct slot *c = &s->slots[i];
		struct text t = TEXT_OF(out);

		if (c->state != SLOT_WAITING)
			continue;
		metrics_reply(&s->metrics, &s->checks, c->request.method, &t);
		answer(s, c, &t);
	}
}

static void decide(struct server *s, struct slot *c)
{
	char out[REPLY_MAX];
	struct text t = TEXT_OF(out);

	if (reply_wants_metrics(&c->request)) {
		c->state = SLOT_WAITING;
		c->until_ms = c->since_ms + SERVER_TOTAL_MS;
		watch(s, EPOLL_CTL_MOD, c->fd, 0, (uint32_t)(c - s->slots));
		if (metrics_request(&s->metrics, &s->checks))
			watch(s, EPOLL_CTL_ADD, s->metrics.fd, EPOLLIN | EPOLLOUT | EPOLLET, KEY_MANAGER);
		if (!metrics_pending(&s->metrics))
			answer_metrics(s);
		return;
	}
	reply_build(&c->request, &s->checks, &t);
	answer(s, c, &t);
}

static void read_request(struct server *s, struct slot *c)
{
	char buf[4096];
	size_t before;
	ssize_t n = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(s, c);
		return;
	}
	before = c->request.taken;
	if (!http_request_feed(&c->request, buf, (size_t)n))
		return;
	c->leftover = n == sizeof buf || c->request.taken - before < (size_t)n;
	decide(s, c);
}

static void read_rest(struct server *s, struct slot *c)
{
	char buf[16384];
	ssize_t n = recv(c->fd, buf, sizeof buf, MSG_DONTWAIT);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		drop(s, c);
}

/* Frees the slot of the connection that has been here longest without being served. */
static void evict_oldest(struct server *s)
{
	struct slot *oldest = NULL;

	for (unsigned i = 0; i < s->limit; i++) {
		struct slot *c = &s->slots[i];

		if ((c->state == SLOT_READING || c->state == SLOT_LINGERING)
		    && (oldest == NULL || c->since_ms < oldest->since_ms))
			oldest = c;
	}
	if (oldest == NULL)
		return;
	s->evicted++;
	drop(s, oldest);
}

static void take_connection(struct server *s, int fd)
{
	struct slot *c = s->slots;

	if (s->used >= s->limit)
		evict_oldest(s);
	while (c < s->slots + s->limit && c->state != SLOT_FREE)
		c++;
	if (c == s->slots + s->limit) {
		close(fd);
		return;
	}
	memset(c, 0, sizeof *c);
	c->fd = fd;
	c->state = SLOT_READING;
	c->since_ms = clock_ms();
	c->until_ms = c->since_ms + SERVER_HEAD_MS;
	s->used++;
	http_request_init(&c->request);
	if (!watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)(c - s->slots)))
		drop(s, c);
	else
		read_request(s, c);             /* usually it is there already */
}

static void accept_some(struct server *s)
{
	for (int i = 0; i < 64; i++) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			take_connection(s, fd);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			evict_oldest(s);
			usleep(1000);           /* never a busy loop on what cannot be helped */
			return;
		} else if (errno != ECONNABORTED && errno != EINTR) {
			return;
		}
	}
}

static void slot_event(struct server *s, struct slot *c, uint32_t events)
{
	switch (c->state) {
	case SLOT_FREE:
		break;
	case SLOT_READING:
		read_request(s, c);
		break;
	case SLOT_WAITING:
		if (events & (EPOLLHUP | EPOLLERR))
			drop(s, c);
		break;
	case SLOT_SENDING:
		keep_sending(s, c);
		break;
	case SLOT_LINGERING:
		read_rest(s, c);
		break;
	}
}

static void look_at_deadlines(struct server *s, uint64_t now)
{
	char out[1024];

	for (unsigned i = 0; i < s->limit; i++) {
		struct slot *c = &s->slots[i];
		struct text t = TEXT_OF(out);

		if (c->state == SLOT_FREE || now < c->until_ms)
			continue;
		if (c->state != SLOT_READING) {
			drop(s, c);
			continue;
		}
		c->leftover = true;
		reply_timeout(&t);
		answer(s, c, &t);
	}
	if (metrics_expire(&s->metrics))
		answer_metrics(s);
	if (now - s->checks.refreshed_ms >= 1000)
		checks_refresh(&s->checks);
}

bool server_turn(struct server *s, int ms)
{
	struct epoll_event ev[64];
	int n = epoll_wait(s->epoll, ev, 64, ms);
	uint64_t now;

	if (n < 0 && errno != EINTR)
		return false;
	for (int i = 0; i < n; i++) {
		uint32_t key = ev[i].data.u32;

		if (key == KEY_LISTENER)
			accept_some(s);
		else if (key == KEY_MANAGER && metrics_event(&s->metrics))
			answer_metrics(s);
		else if (key < SERVER_SLOTS)
			slot_event(s, &s->slots[key], ev[i].events);
	}
	now = clock_ms();
	if (now >= s->look_ms) {
		look_at_deadlines(s, now);
		s->look_ms = now + 200;
	}
	return true;
}

void server_run(struct server *s)
{
	checks_refresh(&s->checks);
	while (server_turn(s, 200))
		;
}
