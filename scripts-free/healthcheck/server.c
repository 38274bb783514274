/* SPDX-License-Identifier: Apache-2.0 */
/* Accepting, deadlines, and the loop. What happens on a connection is in exchange.c. */

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
#include "healthcheck/exchange.h"

static int server_listen(unsigned port)
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
		if (!bound && errno == EADDRNOTAVAIL) { /* IPv6 is switched off */
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
	s->listener = server_listen(port);
	return s->listener >= 0 &&
	       server_watch(s, EPOLL_CTL_ADD, s->listener, EPOLLIN, SERVER_KEY_LISTENER);
}

/* Frees the slot of the connection that has been here longest without being answered; whoever waits
 * for the metrics of a Squid that hangs must not keep a probe out. */
static void evict_oldest(struct server *s)
{
	struct slot *oldest = NULL;

	for (unsigned i = 0; i < s->limit; i++) {
		struct slot *c = &s->slots[i];

		if (c->state != SLOT_FREE && c->state != SLOT_SENDING &&
		    (oldest == NULL || c->since_ms < oldest->since_ms))
			oldest = c;
	}
	if (oldest == NULL)
		return;
	s->evicted++;
	exchange_drop(s, oldest);
}

/* No slot, and none that could be freed: everybody in it is being served. */
static void turn_away(int fd)
{
	char out[512];
	struct text t = TEXT_OF(out);

	reply_busy(&t);
	send(fd, t.p, t.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	close(fd);
}

static void take_connection(struct server *s, int fd)
{
	struct slot *c = s->slots;

	if (s->used >= s->limit)
		evict_oldest(s);
	while (c < s->slots + s->limit && c->state != SLOT_FREE)
		c++;
	if (c == s->slots + s->limit) {
		turn_away(fd);
		return;
	}
	memset(c, 0, sizeof *c);
	c->fd = fd;
	c->state = SLOT_READING;
	c->since_ms = clock_ms();
	c->until_ms = c->since_ms + SERVER_HEAD_MS;
	s->used++;
	http_request_init(&c->request);
	if (!server_watch(s, EPOLL_CTL_ADD, fd, EPOLLIN, (uint32_t)(c - s->slots)))
		exchange_drop(s, c);
	else
		exchange_read(s, c); /* usually it is there already */
}

static void accept_some(struct server *s)
{
	for (int i = 0; i < 64; i++) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			take_connection(s, fd);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			   errno == ENOMEM) {
			evict_oldest(s);
			usleep(1000); /* never a busy loop on what cannot be helped */
			return;
		} else if (errno != ECONNABORTED && errno != EINTR) {
			return;
		}
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
			exchange_drop(s, c);
			continue;
		}
		c->leftover = true;
		reply_timeout(&t);
		exchange_answer(s, c, &t);
	}
	if (metrics_expire(&s->metrics))
		exchange_metrics(s);
	if (now - s->checks.refreshed_ms >= 1000)
		checks_refresh(&s->checks);
}

/* One turn of the loop, waiting at most `ms`. */
static bool server_turn(struct server *s, int ms)
{
	struct epoll_event ev[64];
	int n = epoll_wait(s->epoll, ev, 64, ms);
	uint64_t now;

	if (n < 0 && errno != EINTR)
		return false;
	for (int i = 0; i < n; i++) {
		uint32_t key = ev[i].data.u32;

		if (key == SERVER_KEY_LISTENER)
			accept_some(s);
		else if (key == SERVER_KEY_MANAGER && metrics_event(&s->metrics))
			exchange_metrics(s);
		else if (key < SERVER_SLOTS)
			exchange_event(s, &s->slots[key], ev[i].events);
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
