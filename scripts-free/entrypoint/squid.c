/* SPDX-License-Identifier: Apache-2.0 */
/* Squid, seen from its parent. */

#include "entrypoint/squid.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/proc_net.h"
#include "common/text.h"
#include "entrypoint/loop.h"
#include "entrypoint/trim.h"

#define START_MS 30000

static const char *cache_log(const struct supervisor *s)
{
	return s->conf.cache_log[0] != '\0' ? s->conf.cache_log : s->paths->cache_log;
}

/* What Squid wrote to its log since it was started, at most the last 4 KiB, line by line. */
static void show_cache_log(struct supervisor *s)
{
	int fd = open(cache_log(s), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char buf[4096], *p = buf, *lf;
	struct stat st;
	ssize_t n;
	off_t from;

	if (fd < 0)
		return;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return;
	}
	from = st.st_size > (off_t)sizeof buf ? st.st_size - (off_t)sizeof buf : 0;
	from = from < s->cache_log_start && s->cache_log_start <= st.st_size ? s->cache_log_start
									     : from;
	n = pread(fd, buf, sizeof buf, from);
	close(fd);
	for (; n > 0 && (lf = memchr(p, '\n', (size_t)n)) != NULL; p = lf + 1) {
		log_text(&s->log, LOG_ERROR, "  cache.log: ", p, (size_t)(lf - p));
		n -= lf - p + 1;
	}
}

void squid_report(struct supervisor *s)
{
	char why[64];

	if (s->squid_reported)
		return;
	s->squid_reported = true;
	log_error(&s->log, "Squid process died with %s (PID: %d)",
		  child_ending(s->squid.status, why, sizeof why), s->squid.pid);
	show_cache_log(s);
}

/* Relay handler: one line of a child as INFO `Squid: <line>`; while it starts, the first with FATAL
 * is kept. `arg` is the supervisor. */
static void squid_line(void *arg, const char *line, size_t n)
{
	struct supervisor *s = arg;

	if (s->conf.log_on_stderr)
		log_always(&s->log, "Squid: ", line, n);
	else
		log_text(&s->log, LOG_INFO, "Squid: ", line, n);
	if (s->state == ST_STARTING_SQUID && memmem(line, n, "FATAL", 5) != NULL)
		supervisor_keep(s, line, n);
}

/* The same for a line of Squid's stdout, which is what access logs go to: at every LOG_LEVEL. */
static void squid_access_line(void *arg, const char *line, size_t n)
{
	struct supervisor *s = arg;

	log_always(&s->log, "Squid: ", line, n);
}

static bool squid_launch(struct supervisor *s)
{
	char path[CONF_PATH], conf[CONF_PATH], n[] = "-N", f[] = "-f";
	char *argv[] = { path, n, f, conf, NULL };
	struct child_order o = {
		.argv = argv,
		.board_fd = -1,
		.death_signal = SIGTERM,
		.max_fd = s->set.max_fd,
		.line = squid_line,
		.arg = s,
		.out_line = s->conf.log_on_stderr ? NULL : squid_access_line,
		.wide = s->wide,
		.wide_cap = sizeof s->wide,
	};
	struct stat st;

	text_copy(path, sizeof path, s->paths->squid, strlen(s->paths->squid));
	text_copy(conf, sizeof conf, s->paths->wrapper, strlen(s->paths->wrapper));
	s->said[0] = '\0';
	s->cache_log_start = stat(cache_log(s), &st) == 0 ? st.st_size : 0;
	return child_start(&s->squid, &o);
}

/* Listening sockets tell; where /proc/net cannot be read, the PID file has to. A process that could
 * be looked at before and cannot now is about to end: then somebody else listens, which is why it
 * ends. */
static bool squid_serves(struct supervisor *s)
{
	struct proc_ports found;
	enum proc_held held;
	const char *pid_file = s->conf.pid_file[0] != '\0' ? s->conf.pid_file : s->paths->pid_file;

	if (!proc_ports_listening(s->board->ports, s->board->n_ports, &found))
		return access(pid_file, F_OK) == 0;
	if (found.listening == 0)
		return false;
	held = proc_ports_held_by(&found, s->squid.pid);
	s->squid_seen |= held != PROC_HELD_UNKNOWN;
	return held == PROC_HELD_YES || !s->squid_seen;
}

/* Squid is gone: whoever listens on its ports now is the cause. */
static void name_taken_ports(struct supervisor *s)
{
	struct proc_ports found;

	if (!proc_ports_listening(s->board->ports, s->board->n_ports, &found))
		return;
	for (uint32_t i = 0; i < s->board->n_ports; i++)
		if ((found.listened >> i & 1) != 0)
			log_error(
				&s->log,
				"  Port %u is taken by another process: a second container in the pod, "
				"or one of the host with --network host",
				s->board->ports[i]);
}

static bool exited_early(struct supervisor *s)
{
	char why[64];

	child_ending(s->squid.status, why, sizeof why);
	s->squid_reported = true;
	supervisor_fail(s, "Squid exited during startup with %s", why + strlen("exit "));
	if (s->said[0] != '\0')
		log_error(&s->log, "  Squid%s", s->said);
	name_taken_ports(s);
	show_cache_log(s);
	return false;
}

bool squid_start(struct supervisor *s)
{
	uint64_t deadline = clock_ms() + START_MS;
	int nap = 5;

	log_info(&s->log, "Starting Squid proxy...");
	if (!squid_launch(s))
		return supervisor_fail(s, "Failed to start Squid: %s: %s", s->paths->squid,
				       strerror(errno));
	atomic_store(&s->board->squid_pid, s->squid.pid);
	while (s->state == ST_STARTING_SQUID && s->squid.running && !squid_serves(s)) {
		if (clock_left(deadline, 1000) == 0) {
			supervisor_fail(s,
					"Squid PID file not created within 30 seconds: "
					"Squid does not listen on port %u",
					s->board->ports[0]);
			show_cache_log(s);
			return false;
		}
		supervisor_turn(s, nap);
		nap = nap < 40 ? nap + 1 : nap;
	}
	if (s->state != ST_STARTING_SQUID)
		return false;
	if (!s->squid.running)
		return exited_early(s);
	s->was_ready = true;
	atomic_store(&s->board->phase, BOARD_RUNNING);
	log_info(&s->log, "Squid started with PID %d", s->squid.pid);
	log_info(&s->log, "Container ready, entering monitoring loop");
	trim_memory();
	return true;
}
