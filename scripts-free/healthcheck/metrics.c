/* SPDX-License-Identifier: Apache-2.0 */
/* Fetching Squid's counters without ever waiting, and writing the page. */

#include "healthcheck/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cert.h"
#include "common/clock.h"
#include "common/dir_list.h"
#include "healthcheck/manager_reply.h"
#include "healthcheck/reply.h"

#define FORMS 2 /* ways to ask; which one works depends on Squid's version */

void metrics_init(struct metrics *m)
{
	memset(m, 0, sizeof *m);
	m->fd = -1;
}

bool metrics_pending(const struct metrics *m)
{
	return m->fd >= 0;
}

static bool metrics_connect(struct metrics *m, unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	m->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (m->fd < 0)
		return false;
	m->sent = false;
	m->len = 0;
	if (connect(m->fd, (struct sockaddr *)&a, sizeof a) == 0 || errno == EINPROGRESS)
		return true;
	close(m->fd);
	m->fd = -1;
	return false;
}

static void metrics_end(struct metrics *m, enum metrics_result result)
{
	if (m->fd >= 0)
		close(m->fd);
	m->fd = -1;
	m->result = result;
	m->fetched_ms = clock_ms();
}

bool metrics_request(struct metrics *m, struct checks *c)
{
	if (metrics_pending(m) ||
	    (m->result != METRICS_UNKNOWN && clock_ms() - m->fetched_ms < METRICS_FRESH_MS))
		return false;
	m->port = c->board->ports[0];
	m->until_ms = clock_ms() + METRICS_FETCH_MS;
	if (!checks_alive(c) || c->suspended || !metrics_connect(m, m->port)) {
		metrics_end(m, METRICS_DOWN);
		return false;
	}
	return true;
}

static bool send_request(struct metrics *m)
{
	char request[256];
	int n = snprintf(
		request, sizeof request,
		m->form == 0 ? "GET /squid-internal-mgr/counters HTTP/1.0\r\n"
			       "Host: 127.0.0.1:%u\r\nUser-Agent: healthcheck\r\n\r\n"
			     : "GET http://127.0.0.1:%u/squid-internal-mgr/counters HTTP/1.0\r\n"
			       "User-Agent: healthcheck\r\n\r\n",
		m->port);

	m->sent = send(m->fd, request, (size_t)n, MSG_NOSIGNAL) == n;
	return m->sent;
}

/* The answer is there. If this form of asking was refused, the other one is tried next time. */
static void metrics_judge(struct metrics *m)
{
	int status = manager_reply_open(m->data, m->len);

	if (status == 200) {
		metrics_end(m, METRICS_OK);
	} else {
		m->form = (m->form + 1) % FORMS;
		metrics_end(m, status == 0 ? METRICS_DOWN : METRICS_REFUSED);
	}
}

bool metrics_event(struct metrics *m)
{
	ssize_t n;

	if (m->fd < 0)
		return false;
	if (!m->sent && !send_request(m)) {
		if (errno == EAGAIN || errno == ENOTCONN)
			return false;
		metrics_end(m, METRICS_DOWN);
		return true;
	}
	while (m->len < sizeof m->data - 1) {
		n = recv(m->fd, m->data + m->len, sizeof m->data - 1 - m->len, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		if (n <= 0)
			break;
		m->len += (size_t)n;
	}
	metrics_judge(m);
	return true;
}

bool metrics_expire(struct metrics *m)
{
	if (m->fd < 0 || clock_ms() < m->until_ms)
		return false;
	metrics_end(m, METRICS_DOWN);
	return true;
}

static void metrics_sample(struct text *out, const char *name, const char *type, const char *help,
			   unsigned long long value)
{
	text_addf(out, "# HELP %s %s\n# TYPE %s %s\n%s %llu\n", name, help, name, type, name,
		  value);
}

static void add_process(struct text *out)
{
	unsigned long long pages;
	char buf[64];
	ssize_t n;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	if (sscanf(buf, "%*u %llu", &pages) == 1)
		metrics_sample(out, "process_resident_memory_bytes", "gauge",
			       "Resident memory of the health server",
			       pages * (unsigned long long)getpagesize());
}

static void add_supervisor(const struct board *b, struct text *out)
{
	int64_t from, to;

	metrics_sample(out, "supervisor_health_restarts_total", "counter",
		       "Restarts of the health server", atomic_load(&b->health_restarts));
	metrics_sample(out, "supervisor_reaped_orphans_total", "counter", "Orphans reaped by PID 1",
		       atomic_load(&b->reaped));
	metrics_sample(out, "supervisor_dropped_log_lines_total", "counter",
		       "Log lines that nobody took", atomic_load(&b->dropped));
	if (b->cert[0] != '\0' && cert_file_dates(b->cert, &from, &to) && to > 0)
		metrics_sample(out, "squid_certificate_expiry_timestamp_seconds", "gauge",
			       "End of the signing certificate's validity", (unsigned long long)to);
}

/* The helper keeps the sum of its certificates in a file of its own. */
static void add_ssl_db(const struct board *b, struct text *out)
{
	char path[CONF_PATH + 8], buf[32];
	unsigned long long size;
	ssize_t n;
	int fd;

	if (b->ssl_db[0] == '\0')
		return;
	snprintf(path, sizeof path, "%s/size", b->ssl_db);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	if (sscanf(buf, "%20llu", &size) == 1)
		metrics_sample(out, "squid_ssl_db_bytes", "gauge",
			       "Size of the certificate database", size);
}

void metrics_reply(struct metrics *m, struct checks *c, enum request_method method,
		   struct text *out)
{
	char body[REPLY_MAX - 512];
	struct text t = TEXT_OF(body);

	if (m->result == METRICS_REFUSED && checks_alive(c)) {
		reply_with(
			out, 501, method, "text/plain",
			"Metrics not available: the configuration does not let the cache manager "
			"be reached from localhost (http_access allow localhost manager)\n");
		return;
	}
	metrics_sample(&t, "squid_up", "gauge", "1 if Squid answered with its counters",
		       m->result == METRICS_OK && checks_alive(c));
	if (m->result == METRICS_OK && checks_alive(c))
		manager_reply_samples(m->data, &t);
	add_supervisor(c->board, &t);
	add_ssl_db(c->board, &t);
	add_process(&t);
	if (t.cut)
		reply_with(out, 500, method, "text/plain",
			   "Internal Server Error: metrics too long\n");
	else
		reply_with(out, 200, method, METRICS_TYPE, body);
}
