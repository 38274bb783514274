/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in for snapshot.debian.org. */

#include "support/fixture_snapshot.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/date.h"
#include "base/path.h"
#include "input/lock/lock.h"
#include "support/fixture_files.h"

#define LAG_S (12 * 60 * 60)
#define ASKED "CONNECT snapshot.debian.org:443 "
#define AGREED "HTTP/1.1 200 Connected\r\n\r\n"

static int snapshot_connect(unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 ? fd : -1;
}

/* Carries bytes both ways until one side ends. */
static void snapshot_relay(int a, int b)
{
	struct pollfd p[] = { { .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN } };

	for (;;) {
		char block[65536];

		poll(p, 2, -1);
		for (int i = 0; i < 2; i++) {
			ssize_t n = p[i].revents ? read(p[i].fd, block, sizeof(block)) : -2;

			if (n == -2)
				continue;
			if (n <= 0 || write(p[!i].fd, block, (size_t)n) != n)
				return;
		}
	}
}

/* The head of a request, without reading further. */
static bool asks_for_snapshot(int fd)
{
	char text[4096] = "";
	size_t n = 0;

	while (n < sizeof(text) - 1 && !strstr(text, "\r\n\r\n") && read(fd, text + n, 1) == 1)
		n++;
	return strncmp(text, ASKED, strlen(ASKED)) == 0;
}

static _Noreturn void be_proxy(int listener, unsigned port)
{
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int client = accept(listener, NULL, NULL), server = -1;

		if (asks_for_snapshot(client) && (server = snapshot_connect(port)) >= 0 &&
		    write(client, AGREED, strlen(AGREED)) > 0)
			snapshot_relay(client, server);
		close(server);
		close(client);
	}
}

static void start_proxy(struct snapshot *s)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert_eq(bind(listener, (struct sockaddr *)&at, size), 0);
	cr_assert_eq(listen(listener, 8), 0);
	cr_assert_eq(getsockname(listener, (struct sockaddr *)&at, &size), 0);
	s->proxy = fork();
	if (s->proxy == 0)
		be_proxy(listener, s->server.port);
	close(listener);
	setenv("https_proxy", arena_printf(s->a, "http://127.0.0.1:%u", ntohs(at.sin_port)), 1);
}

const char *snapshot_root(struct snapshot *s, int64_t moment)
{
	char stamp[DATE_STAMP];

	date_stamp(moment, stamp);
	return arena_printf(s->a, "%s/archive/debian/%s", s->dir, stamp);
}

void snapshot_open_at(struct snapshot *s, struct arena *a, int64_t moment)
{
	const struct tls_certificate certificate = { "DNS:snapshot.debian.org", -60, 3600, false };

	*s = (struct snapshot){ .a = a, .dir = files_temporary(a) };
	s->root = snapshot_root(s, moment);
	tls_authority(s->dir);
	tls_certificate(s->dir, "snapshot", &certificate);
	cr_assert(tls_start(&s->server, s->dir, "snapshot", NULL));
	unsetenv("CURL_CA_BUNDLE");
	setenv("SSL_CERT_FILE", arena_printf(a, "%s/ca.pem", s->dir), 1);
	start_proxy(s);
}

void snapshot_open(struct snapshot *s, struct arena *a, const char *lock)
{
	struct lock l = { 0 };
	struct error e = { 0 };
	int64_t when;

	cr_assert(lock_load(a, lock, &l, &e), "%s", e.cause);
	cr_assert(date_parse(str_of(l.states.v[0]->date), &when));
	snapshot_open_at(s, a, when + LAG_S);
}

void snapshot_close(struct snapshot *s)
{
	kill(s->proxy, SIGKILL);
	waitpid(s->proxy, NULL, 0);
	tls_stop(&s->server);
	unsetenv("https_proxy");
	unsetenv("SSL_CERT_FILE");
	files_remove(s->dir);
}

void snapshot_take(struct snapshot *s, const struct archivegen *g, const char *path)
{
	const char *served = arena_printf(s->a, "/debian/%s", path);
	const char *to = arena_printf(s->a, "%s/%s", s->root, path);
	struct error e = { 0 };

	for (size_t i = 0; i < g->script.n; i++) {
		const struct fault_reply *r = &g->script.v[i];

		if (strcmp(r->path, served) != 0)
			continue;
		cr_assert(file_mkdirs(AT_FDCWD, path_dir(s->a, to), &e), "%s", e.cause);
		cr_assert(file_write_path(to, 0644, r->body, &e), "%s", e.cause);
		return;
	}
	cr_assert_fail("the archive has no %s", path);
}
