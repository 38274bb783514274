/* SPDX-License-Identifier: Apache-2.0 */
/* One process with one loop. Each direction of the link sends one block after another; a direction
 * that is busy reads nothing, so that what waits, waits in the sender's socket. */

#include "support/fixture_bench_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/fixture_bench.h"

#define CALLS_MAX 128
#define BLOCK 16384
#define AHEAD_MS 1	      /* how far ahead of the clock a direction may be busy */
#define WAITING_MAX (4 << 20) /* bytes that a receiver may leave lying about */

struct link_block {
	struct link_block *next;
	double due;   /* ms */
	size_t n, at; /* n = 0: the end */
	char bytes[BLOCK];
};

/* A direction of a connection. */
struct link_way {
	int from, to;
	struct link_block *first, *last;
	size_t waiting;	   /* bytes */
	bool begun, ended; /* something was read; so was the end */
	bool over;	   /* the end was passed on */
};

struct link_call {
	struct link_way ways[2]; /* to the server, to the client */
};

struct link_loop {
	int listener;
	unsigned to;
	double bytes_per_ms, round_trip;
	double free_at[2]; /* when a direction has sent all that it read */
	struct link_call *calls[CALLS_MAX];
	size_t n;
};

static void way_drop(struct link_way *w)
{
	while (w->first) {
		struct link_block *b = w->first;

		w->first = b->next;
		free(b);
	}
}

static void call_drop(struct link_loop *l, size_t i)
{
	struct link_call *c = l->calls[i];

	way_drop(&c->ways[0]);
	way_drop(&c->ways[1]);
	close(c->ways[0].from);
	close(c->ways[0].to);
	free(c);
	l->calls[i] = l->calls[--l->n];
}

static void call_take(struct link_loop *l)
{
	int client = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int server = client >= 0 && l->n < CALLS_MAX ? bench_dial(l->to, SOCK_NONBLOCK) : -1;
	struct link_call *c = server >= 0 ? calloc(1, sizeof(*c)) : NULL;

	if (!c) {
		if (client >= 0)
			close(client);
		if (server >= 0)
			close(server);
		return;
	}
	c->ways[0] = (struct link_way){ .from = client, .to = server };
	c->ways[1] = (struct link_way){ .from = server, .to = client };
	l->calls[l->n++] = c;
}

static bool way_can_read(const struct link_loop *l, const struct link_way *w, int direction,
			 double now)
{
	return !w->ended && w->waiting < WAITING_MAX && l->free_at[direction] < now + AHEAD_MS;
}

/* Reads a block if there is one. false: the connection is broken. */
static bool way_read(struct link_loop *l, struct link_way *w, int direction, double now)
{
	struct link_block *b;
	double *free_at = &l->free_at[direction];
	ssize_t n;

	if (!way_can_read(l, w, direction, now))
		return true;
	b = calloc(1, sizeof(*b));
	n = b ? read(w->from, b->bytes, BLOCK) : -1;
	if (n < 0) {
		free(b);
		return b && errno == EAGAIN;
	}
	*free_at = (*free_at > now ? *free_at : now) + (double)n / l->bytes_per_ms;
	b->n = (size_t)n;
	b->due = *free_at + l->round_trip / 2;
	if (direction == 0 && !w->begun)
		b->due += l->round_trip;
	w->begun = true;
	w->ended = n == 0;
	w->waiting += b->n;
	if (w->last && b->due < w->last->due) /* behind the first bytes, which are late */
		b->due = w->last->due;
	if (w->last)
		w->last->next = b;
	else
		w->first = b;
	w->last = b;
	return true;
}

/* Writes what has arrived. false: the connection is broken. */
static bool way_write(struct link_way *w, double now)
{
	while (w->first && w->first->due <= now) {
		struct link_block *b = w->first;
		ssize_t n = b->n ? write(w->to, b->bytes + b->at, b->n - b->at) : 0;

		if (n < 0)
			return errno == EAGAIN;
		b->at += (size_t)n;
		w->waiting -= (size_t)n;
		if (b->at < b->n)
			return true;
		if (!b->n) {
			shutdown(w->to, SHUT_WR);
			w->over = true;
		}
		w->first = b->next;
		w->last = w->first ? w->last : NULL;
		free(b);
	}
	return true;
}

/* Who is served first changes, so that all get the same. */
static void loop_serve(struct link_loop *l, size_t turn)
{
	double now = bench_now();

	for (size_t k = 0; k < l->n; k++) {
		struct link_call *c = l->calls[(k + turn) % l->n];

		for (int d = 0; d < 2; d++) {
			struct link_way *w = &c->ways[d];

			if (!way_read(l, w, d, now) || !way_write(w, now))
				c->ways[0].over = c->ways[1].over = true;
		}
	}
	for (size_t k = l->n; k-- > 0;) {
		if (l->calls[k]->ways[0].over && l->calls[k]->ways[1].over)
			call_drop(l, k);
	}
}

/* What to wait for: sockets, and the next moment when something is due. */
static double loop_watch(const struct link_loop *l, struct pollfd *p, double now)
{
	double next = now + 1e3;

	p[0] = (struct pollfd){ .fd = l->listener, .events = POLLIN };
	for (size_t i = 0; i < l->n; i++) {
		const struct link_way *ways = l->calls[i]->ways;
		struct pollfd *ends = &p[1 + 2 * i];

		ends[0] = (struct pollfd){ .fd = ways[0].from };
		ends[1] = (struct pollfd){ .fd = ways[0].to };
		for (int d = 0; d < 2; d++) {
			const struct link_way *w = &ways[d];

			if (way_can_read(l, w, d, now))
				ends[d].events |= POLLIN;
			else if (!w->ended && w->waiting < WAITING_MAX &&
				 l->free_at[d] - AHEAD_MS < next)
				next = l->free_at[d] - AHEAD_MS;
			if (w->first && w->first->due <= now)
				ends[!d].events |= POLLOUT;
			else if (w->first && w->first->due < next)
				next = w->first->due;
		}
		/* nothing to ask of a socket: a hang-up of it would not let us sleep */
		ends[0].fd = ends[0].events ? ends[0].fd : -1;
		ends[1].fd = ends[1].events ? ends[1].fd : -1;
	}
	return next;
}

static _Noreturn void link_run(struct link_loop *l)
{
	static struct pollfd watched[1 + 2 * CALLS_MAX];

	signal(SIGPIPE, SIG_IGN);
	/* a link waits for no processor; this one does, without the right to this */
	setpriority(PRIO_PROCESS, 0, -10);
	for (size_t turn = 0;; turn++) {
		double now = bench_now(), wait = loop_watch(l, watched, now) - now;
		long ns = wait > 0 ? (long)(wait * 1e6) : 0;
		const struct timespec t = { ns / 1000000000, ns % 1000000000 };

		if (ppoll(watched, 1 + 2 * l->n, &t, NULL) < 0)
			_exit(1);
		loop_serve(l, turn);
		if (watched[0].revents)
			call_take(l);
	}
}

void bench_link_open(struct bench_link *l, unsigned to, double megabits, double round_trip_ms)
{
	struct link_loop loop = { .to = to,
				  .bytes_per_ms = megabits * 1e3 / 8,
				  .round_trip = round_trip_ms };
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	loop.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(loop.listener, (struct sockaddr *)&at, n) != 0 ||
	    listen(loop.listener, CALLS_MAX) != 0 ||
	    getsockname(loop.listener, (struct sockaddr *)&at, &n) != 0)
		bench_die("link");
	l->port = ntohs(at.sin_port);
	l->pid = fork();
	if (l->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		link_run(&loop);
	}
	if (l->pid < 0)
		bench_die("link");
	close(loop.listener);
}

void bench_link_close(struct bench_link *l)
{
	kill(l->pid, SIGKILL);
	waitpid(l->pid, NULL, 0);
}
