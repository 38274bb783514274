/* SPDX-License-Identifier: Apache-2.0 */
/* The health server, seen from its parent. */

#include "entrypoint/health.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/text.h"
#include "entrypoint/demands.h"
#include "entrypoint/loop.h"

#define N_BORN (HEALTH_RESTARTS + 1)

static bool starts_with(const char *s, size_t n, const char *what)
{
	return n >= strlen(what) && memcmp(s, what, strlen(what)) == 0;
}

/* The server marks its lines with a level; "listening" alone means that it is ready. */
static void health_line(void *arg, const char *line, size_t n)
{
	static const struct mark {
		const char *text;
		enum log_level level;
	} marks[] = {
		{ "[DEBUG] ", LOG_DEBUG },
		{ "[INFO] ", LOG_INFO },
		{ "[WARNING] ", LOG_WARNING },
		{ "[ERROR] ", LOG_ERROR },
	};
	struct supervisor *s = arg;

	if (n == 9 && starts_with(line, n, "listening")) {
		s->health_listening = true;
		return;
	}
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		size_t skip = strlen(marks[i].text);

		if (starts_with(line, n, marks[i].text)) {
			log_text(&s->log, marks[i].level, "Health: ", line + skip, n - skip);
			return;
		}
	}
	log_text(&s->log, LOG_INFO, "Health: ", line, n);
}

/* CACHE_DIR, if it is set, is watched beside the configuration's own. */
static void add_cache_dir(struct supervisor *s)
{
	struct board *b = s->board;

	for (uint32_t i = 0; i < b->n_caches; i++)
		if (strcmp(b->caches[i], s->set.cache_dir) == 0)
			return;
	if (s->set.cache_dir[0] != '\0' && b->n_caches < CONF_CACHES)
		text_copy(b->caches[b->n_caches++], CONF_PATH, s->set.cache_dir,
			  strlen(s->set.cache_dir));
}

/* The health server may be reading: what it sees meanwhile is old or new, and asked for again soon.
 */
static void fill_ports(struct supervisor *s)
{
	uint16_t ports[CONF_PORTS] = { (uint16_t)s->set.squid_port };
	uint32_t n = 0, wanted = 0;
	size_t first, second;

	for (int special = 0; special < 2; special++) /* the first port is asked for metrics */
		for (size_t i = 0; i < s->conf.n_ports; i++)
			if (s->conf.ports[i].special == (special == 1)) {
				wanted |= (uint32_t)!s->conf.ports[i].conditional << n;
				ports[n++] = s->conf.ports[i].port;
			}
	memcpy(s->board->ports, ports, sizeof ports);
	s->board->n_ports = n > 0 ? n : 1;
	s->board->wanted = n > 0 ? wanted : 1;
	s->board->twice = (uint16_t)demands_twice(&s->conf, &first, &second);
}

void health_follow(struct supervisor *s)
{
	fill_ports(s);
}

static void fill_board(struct supervisor *s)
{
	struct board *b = s->board;
	const char *cert = "";

	b->health_port = s->set.health_port;
	b->n_caches = 0;
	fill_ports(s);
	for (size_t i = 0; i < s->conf.n_ports && cert[0] == '\0'; i++)
		cert = s->conf.ports[i].cert;
	for (size_t i = 0; i < s->conf.n_caches; i++)
		text_copy(b->caches[b->n_caches++], CONF_PATH, s->conf.caches[i].path,
			  strlen(s->conf.caches[i].path));
	add_cache_dir(s);
	text_copy(b->conf, sizeof b->conf, s->conf_file, strlen(s->conf_file));
	text_copy(b->cert, sizeof b->cert, cert, strlen(cert));
	text_copy(b->ssl_db, sizeof b->ssl_db, s->conf.ssl_db, strlen(s->conf.ssl_db));
}

static bool health_launch(struct supervisor *s)
{
	char path[CONF_PATH], verb[] = "--serve";
	char *argv[] = { path, verb, NULL };
	struct child_order o = {
		.argv = argv,
		.board_fd = s->board_fd,
		.death_signal = SIGTERM,
		.line = health_line,
		.arg = s,
	};

	text_copy(path, sizeof path, s->paths->health, strlen(s->paths->health));
	s->health_listening = false;
	memmove(s->health_born + 1, s->health_born, (N_BORN - 1) * sizeof s->health_born[0]);
	s->health_born[0] = clock_ms();
	return child_start(&s->health, &o);
}

bool health_start(struct supervisor *s)
{
	uint64_t deadline = clock_ms() + 5000;
	char why[64];

	fill_board(s);
	log_info(&s->log, "Starting health check server on port %u", s->set.health_port);
	if (!health_launch(s))
		return supervisor_fail(s, "Failed to start health check server: %s: %s",
				       s->paths->health, strerror(errno));
	while (s->state == ST_STARTING_HEALTH && s->health.running && !s->health_listening &&
	       clock_left(deadline, 1000) > 0)
		supervisor_turn(s, clock_left(deadline, 1000));
	if (s->state != ST_STARTING_HEALTH)
		return false;
	if (!s->health.running)
		return supervisor_fail(s, "Health check server failed to start (port %u): %s",
				       s->set.health_port,
				       child_ending(s->health.status, why, sizeof why));
	if (!s->health_listening)
		return supervisor_fail(s,
				       "Health check server failed to start: "
				       "not listening on port %u after 5 s",
				       s->set.health_port);
	log_info(&s->log, "Health check server started (PID: %d)", s->health.pid);
	return true;
}

uint64_t health_next_start(const uint64_t *born, size_t n, uint64_t now)
{
	if (born[n - 1] != 0 && now - born[n - 1] < HEALTH_WINDOW_MS)
		return 0;
	return now - born[0] >= 1000 ? now : born[0] + 1000;
}

void health_lost(struct supervisor *s)
{
	char why[64];

	log_warn(&s->log, "Health check server died with %s",
		 child_ending(s->health.status, why, sizeof why));
	s->health_due = health_next_start(s->health_born, N_BORN, clock_ms());
	if (s->health_due != 0)
		return;
	log_error(&s->log, "Health check server died %d times within a minute",
		  HEALTH_RESTARTS + 1);
	supervisor_post(s, EV_FAILED, 0);
}

void health_restart(struct supervisor *s)
{
	s->health_due = 0;
	atomic_fetch_add(&s->board->health_restarts, 1);
	if (health_launch(s)) {
		log_info(&s->log, "Health check server restarted (PID: %d)", s->health.pid);
		return;
	}
	log_warn(&s->log, "Failed to start health check server: %s", strerror(errno));
	s->health_due = health_next_start(s->health_born, N_BORN, clock_ms());
	if (s->health_due == 0) {
		log_error(&s->log, "Health check server cannot be started again");
		supervisor_post(s, EV_FAILED, 0);
	}
}
